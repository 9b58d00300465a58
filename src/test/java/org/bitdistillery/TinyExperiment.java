package org.bitdistillery;

import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;

/// The quick start, cut down to a few seconds: real data, real stages, too few steps to learn anything.
public final class TinyExperiment {

    private static final List<String> SMALL = List.of(
            "task.maxTrainRows=64", "task.maxEvaluationRows=40", "finetune.epochs=2", "distill.epochs=2", "baseline.epochs=1",
            "pretrain.tokens=8192", "pretrain.sequenceLength=64", "pretrain.optimization.batchSize=8",
            "finetune.optimization.batchSize=16", "distill.optimization.batchSize=16", "baseline.optimization.batchSize=16",
            "telemetry.histogramEvery=4", "telemetry.validateEvery=4", "telemetry.validationRows=16", "telemetry.checkpointEvery=3",
            "benchmark.enabled=false", "evaluate.samples=5");

    private TinyExperiment() {}

    public static Experiment with(String... overrides) {
        List<String> all = new ArrayList<>(SMALL);
        all.addAll(List.of(overrides));
        return ExperimentFile.withOverrides(ExperimentFile.quickstart(), all);
    }
}
