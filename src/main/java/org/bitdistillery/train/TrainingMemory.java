package org.bitdistillery.train;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.MemorySaving;
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
    public static Comparison compare(
            TrainingBenchmark.Size size, TrainingBenchmark.Mode mode, int sequences, Set<MemorySaving> savings) {
        Architecture shape = size.architecture();
        Compute compute = Compute.DEFAULTS;
        for (MemorySaving saving : savings) {
            compute = saving.in(compute);
        }
        Random random = new Random(1);
        int[][] ids = new int[sequences][];
        Arrays.setAll(ids, _ -> random.ints(TrainingBenchmark.SEQUENCE, 0, shape.vocabularySize()).toArray());
        Batch batch = Batch.packed(ids);
        MemoryEstimate estimate = switch (mode) {
            case FP16_SFT -> {
                try (Decoder model = Decoder.random(shape, 1)) {
                    train(model, Objective.crossEntropy(), batch, compute);
                    yield MemoryEstimate.of(new Training(model.architecture(), false, sequences, batch.width(), compute));
                }
            }
            case BITNET_SFT -> {
                try (Decoder model = student(shape, SubLnPlacement.OFF, compute)) {
                    train(model, Objective.crossEntropy(), batch, compute);
                    yield MemoryEstimate.of(new Training(model.architecture(), true, sequences, batch.width(), compute));
                }
            }
            case DISTILL -> distill(shape, batch, compute);
        };
        return new Comparison(size.name(), mode.key(), MemoryEstimate.PROGRAM + estimate.bytes(), Machine.peakResidentBytes());
    }

    private static MemoryEstimate distill(Architecture shape, Batch batch, Compute compute) {
        try (Decoder teacher = compute.compactTeacher() ? Decoder.randomTeacher(shape, 1) : Decoder.random(shape, 1);
                Decoder student = student(shape, SubLnPlacement.PAPER, compute)) {
            boolean shared = compute.compactTeacher() && teacher.shareEmbeddings(student);
            try (Distillation objective = new Distillation(DistillStage.DEFAULTS, teacher, shape.layers())) {
                train(student, objective, batch, compute);
            }
            return MemoryEstimate.of(
                    new Training(student.architecture(), true, batch.sequences(), batch.width(), compute), DistillStage.DEFAULTS,
                    new MemoryEstimate.Teacher(shape, shared));
        }
    }

    private static Decoder student(Architecture shape, SubLnPlacement placement, Compute compute) {
        try (Decoder base = Decoder.random(shape, 1)) {
            Decoder student = Subln.student(base, placement);
            if (compute.frozenEmbeddings()) {
                student.freezeEmbeddings();
            }
            return student;
        }
    }

    private static void train(Decoder model, Objective objective, Batch batch, Compute compute) {
        try (AdamW optimizer = new AdamW(model, 0.01, 1, compute.optimizerState())) {
            OptimizerStep step = new OptimizerStep(model, objective, optimizer, compute);
            for (int i = 0; i < STEPS; i++) {
                step.apply(List.of(batch), 1e-6);
            }
        }
    }
}
