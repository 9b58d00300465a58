package org.bitdistillery.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.BpeTrainer;
import org.bitdistillery.data.CorpusText;
import org.bitdistillery.data.PieceCounts;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskEncoder;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.DType;

/// Where a run's base model begins: the user's folder, the starter teacher of this program, or a new model.
final class BaseModel {

    private static final String STARTER = "/starter-teacher/";
    private static final List<String> STARTER_FILES = List.of("config.json", "model.safetensors", "tokenizer.json");
    private static final int MAX_POSITIONS = 1024;
    private static final double RMS_NORM_EPS = 1e-5;
    private static final double ROPE_THETA = 10_000;

    private BaseModel() {}

    /// Its shape, also before it exists.
    static Architecture architecture(TeacherStage teacher) {
        return switch (teacher.source()) {
            case FOLDER -> ConfigJson.read(Path.of(teacher.path()));
            case NEW -> newArchitecture(teacher);
            case STARTER -> {
                Path folder = temporaryFolder();
                copyResource("config.json", folder);
                Architecture architecture = ConfigJson.read(folder);
                AtomicFiles.deleteFolder(folder);
                yield architecture;
            }
        };
    }

    /// A folder with the tokenizer of a model that exists already; the starter's is unpacked for this process.
    static Path tokenizer(TeacherStage teacher) {
        if (teacher.source() == TeacherStage.Source.FOLDER) {
            return Path.of(teacher.path());
        }
        Path folder = temporaryFolder();
        for (String name : List.of("config.json", TextTokenizer.FILE_NAME)) {
            copyResource(name, folder);
            folder.resolve(name).toFile().deleteOnExit();
        }
        return folder;
    }

    /// The folder in which the base model stands before any pre-training of this run; made where it is missing.
    static Path folder(RunContext context) {
        TeacherStage teacher = context.experiment().teacher();
        if (teacher.source() == TeacherStage.Source.FOLDER) {
            return Path.of(teacher.path());
        }
        Path folder = context.paths().initialBase();
        if (!RunPaths.isModel(folder)) {
            if (teacher.source() == TeacherStage.Source.STARTER) {
                unpackStarter(folder);
            } else {
                initialize(context, teacher, folder);
            }
        }
        return folder;
    }

    /// Llama-style with tied embeddings and heads × head dimension = hidden size.
    private static Architecture newArchitecture(TeacherStage teacher) {
        TeacherStage.Size size = teacher.size();
        return Architecture.llama(teacher.vocabularySize(), size.hiddenSize(), size.layers(), size.heads(), size.heads(),
                size.hiddenSize() / size.heads(), size.intermediateSize(), Math.max(MAX_POSITIONS, teacher.sequenceLength()),
                RMS_NORM_EPS, ROPE_THETA, true, SubLnPlacement.OFF, BpeTrainer.BOS_ID, BpeTrainer.EOS_ID);
    }

    private static void unpackStarter(Path folder) {
        Path unfinished = HandOver.unfinished(folder);
        STARTER_FILES.forEach(name -> copyResource(name, unfinished));
        AtomicFiles.replaceFolder(unfinished, folder);
    }

    private static void initialize(RunContext context, TeacherStage teacher, Path folder) {
        context.note("Training a tokenizer of %,d tokens on the corpus.".formatted(teacher.vocabularySize()));
        String tokenizer = BpeTrainer.train(pieces(context, teacher), teacher.vocabularySize());
        Path companions = temporaryFolder();
        AtomicFiles.write(companions.resolve(TextTokenizer.FILE_NAME), tokenizer);
        try (Decoder random = Decoder.random(newArchitecture(teacher), context.experiment().seed())) {
            HandOver.save(random, folder, DType.F32, companions);
        }
        AtomicFiles.deleteFolder(companions);
    }

    /// The corpus and the task's training rows with their answers, so that label words become tokens.
    private static PieceCounts pieces(RunContext context, TeacherStage teacher) {
        PieceCounts pieces = new PieceCounts();
        CorpusText.forEach(teacher.corpus(), pieces::add);
        TaskData task = context.taskData();
        for (TaskRow row : task.train()) {
            pieces.add(TaskEncoder.asText(context.experiment().task(), row, task.labelWords()));
        }
        return pieces;
    }

    private static void copyResource(String name, Path folder) {
        try (InputStream in = BaseModel.class.getResourceAsStream(STARTER + name)) {
            Files.copy(in, folder.resolve(name));
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder.resolve(name), e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("bitdistillery");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
