package org.bitdistillery.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.data.DataHashes;
import org.bitdistillery.data.Example;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.train.TeacherLogits;

/// The teacher's logits on disk (`distill.cachedLogits`): taken over where they were made from the same teacher, rows and
/// tokenizer, made anew where they were not or are damaged.
final class KeptTeacher {

    private static final double MEBIBYTE = 1 << 20;

    private KeptTeacher() {}

    /// @return null where the configuration keeps nothing
    static TeacherLogits logits(RunContext context, DistillStage config, Decoder teacher) {
        if (config.cachedLogits() == 0 || config.logitsWeight() == 0) {
            return null;
        }
        List<Example> rows = context.task().train();
        int vocabulary = teacher.architecture().vocabularySize();
        TeacherLogits.Key key = key(context.distillTeacher(), rows, config, vocabulary);
        Path folder = context.paths().teacherLogits();
        Optional<TeacherLogits> earlier = TeacherLogits.open(folder, key, rows);
        if (earlier.isPresent()) {
            context.note("The teacher's logits of an earlier start are used again.");
            return earlier.get();
        }
        String again = Files.exists(folder) ? " Those that are there are damaged or were made from something else." : "";
        context.note("The teacher's %d largest logits of every token go to disk first: %,.1f MiB.%s".formatted(
                key.k(), TeacherLogits.bytes(rows, config, vocabulary) / MEBIBYTE, again));
        if (config.relates()) {
            context.note("Relations still need the teacher's attention states, so it runs up to its last distilled layer in every step;"
                    + " what is saved are the layers behind it and the output head.");
        }
        return TeacherLogits.make(folder, key, teacher, rows, done -> {
            context.stopIfAsked();
            context.progress(0, "Keeping the teacher's logits: %.0f %%".formatted(100 * done));
        });
    }

    private static TeacherLogits.Key key(Path teacher, List<Example> rows, DistillStage config, int vocabulary) {
        String weights = DataHashes.ofFile(teacher.resolve("config.json")) + hashOfWeights(teacher);
        return new TeacherLogits.Key(
                weights, DataHashes.ofExamples(rows), DataHashes.ofFile(teacher.resolve(TextTokenizer.FILE_NAME)),
                Math.min(config.cachedLogits(), vocabulary), config.temperature(), config.logitsTokens());
    }

    private static String hashOfWeights(Path teacher) {
        StringBuilder hashes = new StringBuilder();
        String[] names = Optional.ofNullable(teacher.toFile().list()).orElse(new String[0]);
        Arrays.stream(names).filter(name -> name.endsWith(".safetensors")).sorted()
                .forEach(name -> hashes.append(':').append(DataHashes.ofFile(teacher.resolve(name))));
        return hashes.toString();
    }
}
