package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.Example;
import org.bitdistillery.data.TaskEncoder;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.event.DataReport;

/// What the teacher's tokenizer makes of a task's rows. Without a tokenizer, as for a teacher that is still to be made, it
/// knows nothing.
final class TokenFacts implements AutoCloseable {

    private static final int SAMPLE = 2_000;
    private static final int LONGEST = 100;
    private static final int BINS = 24;
    private static final int SHOWN = 3;

    private final String name;
    private final TextTokenizer tokenizer;
    private final TaskEncoder encoder;
    private final Experiment experiment;

    private TokenFacts(Experiment experiment, String name, TextTokenizer tokenizer, TaskEncoder encoder) {
        this.experiment = experiment;
        this.name = name;
        this.tokenizer = tokenizer;
        this.encoder = encoder;
    }

    /// @param problems hears what is wrong with tokenizer, labels or prompt
    static TokenFacts of(Experiment experiment, List<String> problems) {
        TeacherStage teacher = experiment.teacher();
        if (teacher.source() == TeacherStage.Source.NEW) {
            return new TokenFacts(experiment, "", null, null);
        }
        TextTokenizer tokenizer = null;
        try {
            Path folder = BaseModel.tokenizer(teacher);
            tokenizer = TextTokenizer.load(folder);
            TaskEncoder encoder = TaskInputs.encoder(experiment.task(), tokenizer, folder);
            String name = teacher.source() == TeacherStage.Source.STARTER ? "the starter teacher" : folder.toString();
            return new TokenFacts(experiment, name, tokenizer, encoder);
        } catch (InvalidInput e) {
            problems.add(e.getMessage());
            if (tokenizer != null) {
                tokenizer.close();
            }
            return new TokenFacts(experiment, "", null, null);
        }
    }

    String name() {
        return name;
    }

    /// The encoder, or null.
    TaskEncoder encoder() {
        return encoder;
    }

    TextTokenizer tokenizer() {
        return tokenizer;
    }

    /// Null without a tokenizer or rows.
    DataReport.TokenLengths lengths(List<TaskRow> rows) {
        if (encoder == null || rows.isEmpty()) {
            return null;
        }
        List<TaskRow> sample = new ArrayList<>(rows);
        if (rows.size() > SAMPLE) {
            Collections.shuffle(sample, new Random(experiment.seed()));
            sample = sample.subList(0, SAMPLE);
        }
        int[] lengths = sample.stream().mapToInt(encoder::wholeLength).toArray();
        int longest = rows.size() <= SAMPLE ? 0 : rows.stream()
                .sorted(Comparator.comparingInt((TaskRow row) -> -row.question().length() - row.reference().length()))
                .limit(LONGEST).mapToInt(encoder::wholeLength).max().orElse(0);
        longest = Math.max(longest, java.util.Arrays.stream(lengths).max().orElse(0));
        int limit = experiment.task().maxTokens();
        int width = Math.max(1, Math.ceilDiv(longest + 1, BINS));
        Integer[] bins = new Integer[Math.ceilDiv(longest + 1, width)];
        java.util.Arrays.fill(bins, 0);
        int tooLong = 0;
        for (int length : lengths) {
            bins[length / width]++;
            tooLong += length > limit ? 1 : 0;
        }
        double mean = java.util.Arrays.stream(lengths).average().orElse(0);
        return new DataReport.TokenLengths(lengths.length, width, List.of(bins), mean, longest, limit, tooLong);
    }

    /// The first rows as the model gets them.
    List<DataReport.Prompt> prompts(List<TaskRow> rows) {
        return encoder == null ? List.of() : rows.stream().limit(SHOWN).map(this::prompt).toList();
    }

    private DataReport.Prompt prompt(TaskRow row) {
        Example example = encoder.encode(row);
        int whole = encoder.wholeLength(row);
        String text = whole > example.length() ? tokenizer.decodeWhole(example.prompt()) : encoder.wholePrompt(row);
        return new DataReport.Prompt(text, tokenizer.decodeWhole(example.answer()), example.length(), whole - example.length());
    }

    @Override
    public void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}
