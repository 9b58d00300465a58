package org.bitdistillery.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;

/// Prints the training throughput of the three kinds of fine-tuning on a small model; for developers.
///
/// Run with `OMP_WAIT_POLICY=passive` in the environment. Arguments: threads, steps.
public final class TrainBenchmark {

    private static final int BATCH = 32;
    private static final int VOCABULARY = 1024;

    private TrainBenchmark() {
    }

    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        int steps = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        Torch.threads(threads);
        Architecture shape = new Architecture(
                "llama", VOCABULARY, 256, 3, 4, 4, 64, 512, 512, 1e-5, 10_000, true, SubLnPlacement.OFF, 1, 2);
        List<Batch> batches = randomBatches(steps);
        DistillStage distill = DistillStage.DEFAULTS;
        try (Decoder base = Decoder.random(shape, 1);
                Decoder direct = Subln.student(base, SubLnPlacement.OFF);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                Distillation distillation = new Distillation(distill, base, shape.layers())) {
            for (int round = 0; round < 3; round++) {
                report("FP16-SFT", base, Objective.crossEntropy(), batches);
                report("BitNet-SFT", direct, Objective.crossEntropy(), batches);
                report("distillation", student, distillation, batches);
            }
        }
    }

    private static void report(String name, Decoder decoder, Objective objective, List<Batch> batches) {
        try (AdamW optimizer = new AdamW(decoder, 0.01, 1)) {
            OptimizerStep step = new OptimizerStep(decoder, objective, optimizer);
            long tokens = 0;
            long start = System.nanoTime();
            for (Batch batch : batches) {
                step.apply(List.of(batch), 1e-5);
                tokens += batch.tokens();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(Locale.ROOT, "%-13s %,8.0f tokens/s, %6.1f ms a step%n",
                    name, tokens / seconds, 1000 * seconds / batches.size());
        }
    }

    private static List<Batch> randomBatches(int count) {
        Random random = new Random(1);
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Example> examples = new ArrayList<>();
            for (int b = 0; b < BATCH; b++) {
                int prompt = 18 + random.nextInt(8);
                examples.add(new Example(
                        random.ints(prompt, 0, VOCABULARY).toArray(), random.ints(2, 0, VOCABULARY).toArray(), 0));
            }
            batches.add(Batch.of(examples));
        }
        return batches;
    }
}
