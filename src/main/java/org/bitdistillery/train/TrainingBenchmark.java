package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;

/// Training throughput (forward, backward and update) on packed sequences, beside the machine's matrix multiplication peak in
/// the same process: their ratio says how much of the machine the training uses, however busy the machine is.
public final class TrainingBenchmark {

    public static final int SEQUENCE = 128;

    private static final int[] PEAK_SIZES = {512, 1024, 2048};
    private static final long PEAK_NANOS = 400_000_000;

    private TrainingBenchmark() {}

    /// Shapes with tied embeddings and as many key heads as query heads.
    public enum Size {
        S(256, 4, 4, 768, 4096), M(768, 8, 12, 2048, 8192);

        private final Architecture architecture;

        Size(int hidden, int layers, int heads, int intermediate, int vocabulary) {
            architecture = Architecture.llama(vocabulary, hidden, layers, heads, heads, hidden / heads, intermediate, 4 * SEQUENCE, 1e-5, 10_000,
                    true, SubLnPlacement.OFF, 1, 2);
        }

        public Architecture architecture() {
            return architecture;
        }

        /// Multiplications and additions of a forward pass over one token of a sequence: projections, head, and the attention
        /// products over the whole square, as they are computed.
        public double forwardFlops() {
            Architecture shape = architecture;
            double head = (double) shape.vocabularySize() * shape.hiddenSize();
            double attention = 2.0 * SEQUENCE * shape.layers() * shape.heads() * shape.headDim();
            return 2 * (shape.projectionParameters() + head + attention);
        }
    }

    public enum Mode {
        FP16_SFT("fp16Sft", 3), BITNET_SFT("bitnetSft", 3), DISTILL("distill", 4);

        private final String key;
        private final int forwardPasses;

        Mode(String key, int forwardPasses) {
            this.key = key;
            this.forwardPasses = forwardPasses;
        }

        public String key() {
            return key;
        }

        /// Of a training step, in forward passes: one forward and two of the backward pass, and one of the teacher's.
        public int forwardPasses() {
            return forwardPasses;
        }
    }

    /// @param mfu model FLOPs over time and peak, median over the rounds, 0..1
    public record Row(String shape, String mode, double tokensPerSecond, double mfu) {}

    /// @param gemmPeakGflops best over the rounds
    public record Report(double gemmPeakGflops, List<Row> rows) {}

    /// @param batch    sequences of a step
    /// @param rounds   measurements of each mode, each beside one of the peak
    /// @param progress hears a line for each measurement
    public static Report run(List<Size> sizes, int threads, int batch, int rounds, Consumer<String> progress) {
        Torch.threads(threads);
        List<Row> rows = new ArrayList<>();
        double best = 0;
        for (Size size : sizes) {
            try (Models models = new Models(size, batch)) {
                Map<Mode, double[]> rates = new EnumMap<>(Mode.class);
                Map<Mode, double[]> shares = new EnumMap<>(Mode.class);
                for (Mode mode : Mode.values()) {
                    rates.put(mode, new double[rounds]);
                    shares.put(mode, new double[rounds]);
                    models.tokensPerSecond(mode, 1);
                }
                for (int round = 0; round < rounds; round++) {
                    for (Mode mode : Mode.values()) {
                        double before = gemmPeak();
                        double rate = models.tokensPerSecond(mode, size == Size.S ? 6 : 2);
                        double peak = Math.max(before, gemmPeak());
                        best = Math.max(best, peak);
                        rates.get(mode)[round] = rate;
                        shares.get(mode)[round] = rate * mode.forwardPasses() * size.forwardFlops() / peak;
                        progress.accept("%s %-9s %,8.0f tokens/s beside a peak of %,.0f GFLOP/s".formatted(
                                size, mode.key(), rate, peak / 1e9));
                    }
                }
                rates.forEach((mode, values) -> rows.add(new Row(size.name(), mode.key(), median(values), median(shares.get(mode)))));
            }
        }
        return new Report(best / 1e9, List.copyOf(rows));
    }

    /// Where the time of one mode's training steps goes.
    public static List<OperatorProfile.Row> profile(Size size, Mode mode, int threads, int batch) {
        Torch.threads(threads);
        try (Models models = new Models(size, batch)) {
            models.tokensPerSecond(mode, 1);
            return OperatorProfile.of(() -> models.tokensPerSecond(mode, 2), "outside of operators");
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// Operations a second of the best of some square float32 matrix products.
    private static double gemmPeak() {
        double best = 0;
        try (NDManager manager = Torch.manager()) {
            for (int size : PEAK_SIZES) {
                NDArray a = manager.randomUniform(-1, 1, new Shape(size, size), DataType.FLOAT32);
                NDArray b = manager.randomUniform(-1, 1, new Shape(size, size), DataType.FLOAT32);
                Torch.linear(a, b).close();
                long start = System.nanoTime();
                long products = 0;
                do {
                    Torch.linear(a, b).close();
                    products++;
                } while (System.nanoTime() - start < PEAK_NANOS / PEAK_SIZES.length);
                best = Math.max(best, products * 2.0 * size * size * size / ((System.nanoTime() - start) / 1e9));
            }
        }
        return best;
    }

    /// One model in the three ways in which it is trained.
    private static final class Models implements AutoCloseable {
        private final Decoder base;
        private final Decoder direct;
        private final Decoder student;
        private final Distillation distillation;
        private final Batch batch;

        Models(Size size, int sequences) {
            Architecture shape = size.architecture();
            base = Decoder.random(shape, 1);
            direct = Subln.student(base, SubLnPlacement.OFF);
            student = Subln.student(base, SubLnPlacement.PAPER);
            distillation = new Distillation(DistillStage.DEFAULTS, base, shape.layers());
            Random random = new Random(1);
            int[][] ids = new int[sequences][];
            Arrays.setAll(ids, _ -> random.ints(SEQUENCE, 0, shape.vocabularySize()).toArray());
            batch = Batch.packed(ids);
        }

        double tokensPerSecond(Mode mode, int steps) {
            return switch (mode) {
                case FP16_SFT -> tokensPerSecond(base, Objective.crossEntropy(), steps);
                case BITNET_SFT -> tokensPerSecond(direct, Objective.crossEntropy(), steps);
                case DISTILL -> tokensPerSecond(student, distillation, steps);
            };
        }

        private double tokensPerSecond(Decoder model, Objective objective, int steps) {
            try (AdamW optimizer = new AdamW(model, 0.01, 1)) {
                OptimizerStep step = new OptimizerStep(model, objective, optimizer);
                long start = System.nanoTime();
                for (int i = 0; i < steps; i++) {
                    step.apply(List.of(batch), 1e-6);
                }
                return steps * batch.tokens() / ((System.nanoTime() - start) / 1e9);
            }
        }

        @Override
        public void close() {
            distillation.close();
            student.close();
            direct.close();
            base.close();
        }
    }
}
