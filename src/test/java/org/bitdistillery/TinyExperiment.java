package org.bitdistillery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.data.CorpusText;

/// The quick start, cut down to a few seconds: real data, real stages, too few steps to learn anything.
public final class TinyExperiment {

    private static final List<String> SMALL = List.of(
            "task.maxTrainRows=64", "task.maxEvaluationRows=40", "finetune.epochs=2", "distill.epochs=2", "baseline.epochs=1",
            "pretrain.tokens=8192", "pretrain.sequenceLength=64", "pretrain.optimization.batchSize=8",
            "finetune.optimization.batchSize=16", "distill.optimization.batchSize=16", "baseline.optimization.batchSize=16",
            "telemetry.histogramEvery=4", "telemetry.validateEvery=4", "telemetry.validationRows=16", "telemetry.checkpointEvery=3",
            "benchmark.enabled=false", "evaluate.samples=5");

    private static final int STORIES = 400;

    private TinyExperiment() {}

    public static Experiment with(String... overrides) {
        List<String> all = new ArrayList<>(SMALL);
        all.addAll(List.of(overrides));
        return ExperimentFile.withOverrides(ExperimentFile.quickstart(), all);
    }

    /// The same, pre-trained on the first of the starter's stories: its whole text takes longer to tokenize than the steps take.
    ///
    /// @param folder in which the stories are written to a file, if they are not there yet
    public static Experiment withFewStories(Path folder, String... overrides) throws IOException {
        Path file = folder.resolve("stories.txt");
        if (!Files.exists(file)) {
            Files.writeString(file, String.join("\n<|endoftext|>\n", CorpusText.documents(Corpus.DEFAULTS).subList(0, STORIES)));
        }
        List<String> all = new ArrayList<>(List.of("pretrain.corpus.source=files", "pretrain.corpus.files=" + file));
        all.addAll(List.of(overrides));
        return with(all.toArray(String[]::new));
    }
}
