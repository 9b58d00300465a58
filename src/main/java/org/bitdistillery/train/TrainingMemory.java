package org.bitdistillery.train;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Subln;
import org.bitdistillery.platform.Machine;
import org.bitdistillery.train.MemoryEstimate.Training;

/// What [MemoryEstimate] predicts beside what training takes. Measures the process that it runs in: ask once a process.
public final class TrainingMemory {

    private static final int STEPS = 2;

    private TrainingMemory() {}

    /// @param predicted bytes, the program's own included
    /// @param peak      largest resident set of this process in bytes, or -1 where the operating system does not tell
    public record Comparison(String shape, String mode, long predicted, long peak) {}

    /// @param sequences of 128 tokens in a step
    public static Comparison compare(TrainingBenchmark.Size size, TrainingBenchmark.Mode mode, int sequences) {
        Architecture shape = size.architecture();
        Random random = new Random(1);
        int[][] ids = new int[sequences][];
        Arrays.setAll(ids, _ -> random.ints(TrainingBenchmark.SEQUENCE, 0, shape.vocabularySize()).toArray());
        MemoryEstimate estimate = switch (mode) {
            case FP16_SFT -> {
                Decoder model = Decoder.random(shape, 1);
                yield train(model, Objective.crossEntropy(), Batch.packed(ids), null, null);
            }
            case BITNET_SFT -> train(student(shape, SubLnPlacement.OFF), Objective.crossEntropy(), Batch.packed(ids), null, null);
            case DISTILL -> {
                try (Decoder teacher = Decoder.random(shape, 1);
                        Distillation objective = new Distillation(DistillStage.DEFAULTS, teacher, shape.layers())) {
                    yield train(student(shape, SubLnPlacement.PAPER), objective, Batch.packed(ids), DistillStage.DEFAULTS, shape);
                }
            }
        };
        return new Comparison(size.name(), mode.key(), MemoryEstimate.PROGRAM + estimate.bytes(), Machine.peakResidentBytes());
    }

    private static Decoder student(Architecture shape, SubLnPlacement placement) {
        try (Decoder base = Decoder.random(shape, 2)) {
            return Subln.student(base, placement);
        }
    }

    private static MemoryEstimate train(Decoder model, Objective objective, Batch batch, DistillStage config, Architecture teacher) {
        try (model; AdamW optimizer = new AdamW(model, 0.01, 1)) {
            OptimizerStep step = new OptimizerStep(model, objective, optimizer);
            for (int i = 0; i < STEPS; i++) {
                step.apply(List.of(batch), 1e-6);
            }
            boolean ternary = model.mode().quantizesActivations();
            return MemoryEstimate.of(new Training(model.architecture(), ternary, batch.sequences(), batch.width()), config, teacher);
        }
    }
}
