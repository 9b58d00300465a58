package org.bitdistillery.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.config.Telemetry;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;
import org.bitdistillery.platform.AtomicFiles;

/// What it costs to watch a training: the time that a look at the weights and a validation add to the steps around them, as a
/// share of the training time at the intervals that are the default.
///
/// Rounds go in turns (nothing, look, validation), each a run of the real loop that begins with the thing and ends when both
/// the steps and the thing are done: what another thread does meanwhile counts as far as it delays.
public final class WatchingCost {

    private static final int STEPS = 4;
    private static final int NEVER = Integer.MAX_VALUE;

    private WatchingCost() {}

    /// @param stepSeconds       a step of distillation with nothing else, median over the rounds
    /// @param lookSeconds       what one look at the weights adds, median
    /// @param validationSeconds what one validation adds, median
    /// @param lookShare         of the training time at the default interval, 0..1
    /// @param validationShare   likewise
    /// @param rounds            added seconds of each round: looks, then validations
    public record Report(
            String shape, int threads, double stepSeconds, double lookSeconds, double validationSeconds, double lookShare,
            double validationShare, double[][] rounds) {}

    private enum Watched { NOTHING, LOOK, VALIDATION }

    /// @param threads   of libtorch, 0 for every core
    /// @param sequences of 128 tokens in a step; a validation reads as many rows of 128 tokens as the default says
    /// @param progress  hears a line for each round
    public static Report measure(TrainingBenchmark.Size size, int threads, int sequences, int rounds, Consumer<String> progress) {
        Torch.threads(threads);
        Architecture shape = size.architecture();
        Random random = new Random(1);
        Batch batch = Batch.packed(sequences(random, sequences, shape.vocabularySize()));
        int[][] heldOut = sequences(random, Telemetry.DEFAULTS.validationRows(), shape.vocabularySize());
        double[][] seconds = new double[Watched.values().length][rounds];
        try (Decoder base = Decoder.random(shape, 1);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                Distillation objective = new Distillation(DistillStage.DEFAULTS, base, shape.layers())) {
            Setting setting = new Setting(student, objective, batch, heldOut);
            run(setting, Watched.VALIDATION);
            for (int round = 0; round < rounds; round++) {
                for (Watched watched : Watched.values()) {
                    seconds[watched.ordinal()][round] = run(setting, watched);
                }
                progress.accept("%s, %d steps: %.2f s, with a look at the weights %.2f s, with a validation %.2f s".formatted(
                        size, STEPS, seconds[0][round], seconds[1][round], seconds[2][round]));
            }
        }
        double[] looks = added(seconds, Watched.LOOK);
        double[] validations = added(seconds, Watched.VALIDATION);
        double step = median(seconds[0]) / STEPS;
        return new Report(
                size.name(), threads, step, median(looks), median(validations),
                median(looks) / (Telemetry.DEFAULTS.histogramEvery() * step),
                median(validations) / (Telemetry.DEFAULTS.validateEvery() * step), new double[][] {looks, validations});
    }

    private record Setting(Decoder student, Objective objective, Batch batch, int[][] heldOut) {}

    private static int[][] sequences(Random random, int count, int vocabulary) {
        int[][] ids = new int[count][];
        Arrays.setAll(ids, _ -> random.ints(TrainingBenchmark.SEQUENCE, 0, vocabulary).toArray());
        return ids;
    }

    private static double run(Setting setting, Watched watched) {
        Path checkpoints = temporaryFolder();
        // A look falls on the first step and a validation, too: the steps behind it are those beside which it is computed.
        Telemetry telemetry = new Telemetry(NEVER, NEVER, 1, NEVER, 1, false, false, false);
        Optimization optimization = Optimization.withLearningRate(1e-6);
        TrainingLoop.Plan plan = new TrainingLoop.Plan(optimization, telemetry, NEVER, checkpoints);
        try (WeightTelemetry weights = new WeightTelemetry(setting.student);
                Validations validations = new Validations(copy -> {
                    try (Evaluator evaluator = new Evaluator(copy, 16)) {
                        return new Score(evaluator.meanLoss(Arrays.asList(setting.heldOut)), null);
                    }
                });
                TrainingLoop loop = TrainingLoop.startOrResume(setting.student, setting.objective, _ -> setting.batch, plan)) {
            long start = System.nanoTime();
            switch (watched) {
                case NOTHING -> { }
                case LOOK -> weights.look(0, WeightTelemetry.Seen.NOTHING);
                case VALIDATION -> validations.begin(0, setting.student);
            }
            IntStream.range(0, STEPS).forEach(_ -> loop.step());
            weights.finished(true);
            validations.finished(true, setting.student, (_, _, _) -> { });
            return (System.nanoTime() - start) / 1e9;
        } finally {
            AtomicFiles.deleteFolder(checkpoints);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("bitdistillery");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double[] added(double[][] seconds, Watched watched) {
        double[] nothing = seconds[Watched.NOTHING.ordinal()];
        return IntStream.range(0, nothing.length).mapToDouble(round -> seconds[watched.ordinal()][round] - nothing[round]).toArray();
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }
}
