package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// What calibration learns of the inputs of projections: second moments and mean sizes, over every real token.
///
/// @param gram    `Σ x·xᵀ`, [columns, columns] row-major
/// @param meanAbs `mean|x|` by channel
public record InputMoments(int columns, double[] gram, double[] meanAbs) {

    private static final int BATCH = 8;

    /// Runs a decoder over sequences and collects the moments of some inputs.
    ///
    /// @param wanted names of weights, of which those that share an input go by the first one's
    static Map<String, InputMoments> collect(Decoder decoder, List<int[]> sequences, Predicate<String> wanted) {
        Map<String, Sums> sums = new LinkedHashMap<>();
        List<int[]> byLength = new ArrayList<>(sequences);
        byLength.sort((a, b) -> Integer.compare(a.length, b.length));
        Rows rows = new Rows();
        DecoderGraph.Observer observer = (name, input) -> {
            if (wanted.test(name)) {
                sums.computeIfAbsent(name, _ -> new Sums((int) input.getShape().get(1))).add(input, rows.mask);
            }
        };
        try (DecoderGraph graph = decoder.observed(observer)) {
            for (int start = 0; start < byLength.size(); start += BATCH) {
                List<int[]> chosen = byLength.subList(start, Math.min(start + BATCH, byLength.size()));
                try (NDManager work = graph.manager().newSubManager()) {
                    rows.use(work, chosen);
                    graph.forward(work, rows.padded);
                }
            }
        }
        Map<String, InputMoments> moments = new LinkedHashMap<>();
        sums.forEach((name, sum) -> moments.put(name, sum.moments()));
        return moments;
    }

    /// The sequences that are in the graph at the moment, and which of their rows are no padding.
    private static final class Rows {
        private int[][] padded;
        private NDArray mask;

        void use(NDManager work, List<int[]> sequences) {
            int width = sequences.getLast().length;
            padded = new int[sequences.size()][width];
            float[] real = new float[sequences.size() * width];
            for (int i = 0; i < padded.length; i++) {
                int[] sequence = sequences.get(i);
                System.arraycopy(sequence, 0, padded[i], 0, sequence.length);
                Arrays.fill(real, i * width, i * width + sequence.length, 1);
            }
            mask = work.create(real).expandDims(1);
        }
    }

    private static final class Sums {
        private final int columns;
        private final double[] gram;
        private final double[] absolute;
        private double tokens;

        Sums(int columns) {
            this.columns = columns;
            this.gram = new double[columns * columns];
            this.absolute = new double[columns];
        }

        void add(NDArray input, NDArray mask) {
            try (NDManager scratch = input.getManager().newSubManager()) {
                NDArray own = mask.duplicate();
                own.attach(scratch);
                NDArray real = own.mul(input);
                float[] products = Torch.floats(real.transpose().matMul(real));
                float[] sizes = Torch.floats(real.abs().sum(new int[] {0}));
                for (int i = 0; i < products.length; i++) {
                    gram[i] += products[i];
                }
                for (int i = 0; i < columns; i++) {
                    absolute[i] += sizes[i];
                }
                tokens += own.sum().getFloat();
            }
        }

        InputMoments moments() {
            double[] mean = new double[columns];
            for (int i = 0; i < columns; i++) {
                mean[i] = absolute[i] / Math.max(1, tokens);
            }
            return new InputMoments(columns, gram, mean);
        }
    }
}
