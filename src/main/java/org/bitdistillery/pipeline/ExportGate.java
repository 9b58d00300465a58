package org.bitdistillery.pipeline;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleConsumer;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.Example;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.Torch;
import org.bitdistillery.train.Batch;
import org.bitdistillery.train.Evaluator;

/// Loads an export again and compares it with the student in memory: its logits in the training graph, and its predictions
/// on the CPU engine.
final class ExportGate {

    static final double LARGEST_LOGIT_DIFFERENCE = 1e-3;
    static final double LEAST_AGREEMENT = 0.995;

    private static final int COMPARED_BATCHES = 4;
    private static final int BATCH = 16;
    /// Rows of a generation task that are compared, token by token.
    private static final int GENERATED_ROWS = 100;

    /// @param logitDifference largest |difference| over largest |logit|
    /// @param engineAgreement share of rows that the CPU engine and the training graph label the same, 0..1; in a generation
    ///                        task, of the answers' tokens for which both find the same one likeliest
    record Verdict(double logitDifference, double engineAgreement, int rows) {

        /// @throws InvalidInput where the export is not the student
        void requirePassed() {
            if (!(logitDifference <= LARGEST_LOGIT_DIFFERENCE)) {
                throw new InvalidInput(
                        "The export was discarded: its logits differ from the student's by %.2g relative, at most %.0e is allowed."
                                .formatted(logitDifference, LARGEST_LOGIT_DIFFERENCE));
            }
            if (!(engineAgreement >= LEAST_AGREEMENT)) {
                throw new InvalidInput(
                        "The export was discarded: the CPU engine agrees with the student on %.1f %% of the rows, at least %.1f %% is asked."
                                .formatted(100 * engineAgreement, 100 * LEAST_AGREEMENT));
            }
        }
    }

    private ExportGate() {}

    static Verdict compare(Path student, Path export, List<Example> rows, List<int[]> answers, int threads, DoubleConsumer progress) {
        boolean generation = answers.isEmpty();
        List<Example> compared = generation ? rows.subList(0, Math.min(rows.size(), GENERATED_ROWS)) : rows;
        int[] graphLabels;
        double difference;
        try (Decoder original = ModelFolder.load(student, LinearMode.TERNARY); Decoder reloaded = ModelFolder.load(export)) {
            HandOver.roundEmbeddings(original);
            difference = logitDifference(original, reloaded, rows);
            try (Evaluator evaluator = new Evaluator(original, BATCH)) {
                DoubleConsumer half = done -> progress.accept(done / 2);
                graphLabels = generation ? flat(evaluator.likeliest(compared, half)) : evaluator.classify(rows, answers, half).predictions();
            }
        }
        try (CausalModel engine = CausalModel.load(export, threads)) {
            DoubleConsumer half = done -> progress.accept(0.5 + done / 2);
            EngineClassifier classifier = new EngineClassifier(engine, answers);
            int[] engineLabels = generation ? flat(classifier.likeliest(compared, half)) : classifier.classify(rows, half);
            return new Verdict(difference, EngineClassifier.agreement(graphLabels, engineLabels), compared.size());
        }
    }

    private static int[] flat(List<int[]> tokens) {
        return tokens.stream().flatMapToInt(Arrays::stream).toArray();
    }

    private static double logitDifference(Decoder original, Decoder reloaded, List<Example> rows) {
        double largestDifference = 0;
        double largestLogit = 0;
        try (DecoderGraph a = original.graph(false); DecoderGraph b = reloaded.graph(false)) {
            for (int start = 0; start < Math.min(rows.size(), COMPARED_BATCHES * BATCH); start += BATCH) {
                Batch batch = Batch.of(rows.subList(start, Math.min(start + BATCH, rows.size())));
                float[] expected = logits(a, batch);
                float[] found = logits(b, batch);
                for (int i = 0; i < expected.length; i++) {
                    largestDifference = Math.max(largestDifference, Math.abs(expected[i] - found[i]));
                    largestLogit = Math.max(largestLogit, Math.abs(expected[i]));
                }
            }
        }
        return largestDifference / largestLogit;
    }

    private static float[] logits(DecoderGraph graph, Batch batch) {
        try (NDManager work = graph.manager().newSubManager()) {
            return Torch.floats(graph.forward(work, batch.ids(), work.create(batch.tokenRows()), Set.of()).logits());
        }
    }
}
