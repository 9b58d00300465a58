package org.bitdistillery.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.Collectors;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.analysis.Wilson;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.ActivationRms;
import org.bitdistillery.event.LayerAdvice;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.ModelScore.SplitScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.SamplePrediction;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.run.RunFolder;
import tools.jackson.databind.json.JsonMapper;

/// Events as a run of the quick start writes them, made up: for pictures and for tests that need a run but no training.
final class SyntheticRun {

    /// Where the made-up run ends.
    enum Until { DISTILLING, FAILED, FINISHED }

    private static final long TRAINING_STEPS = 400;
    private static final List<String> TENSORS = Stream.of(0, 1, 2)
            .flatMap(layer -> Stream.of(
                            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj",
                            "mlp.down_proj")
                    .map(name -> "model.layers." + layer + "." + name + ".weight"))
            .toList();

    private static final String START = "2026-11-22T09:30:00Z";

    private final Random random = new Random(11);
    private final List<RunEvent> events = new ArrayList<>();
    private Instant now = Instant.parse(START);

    static Path write(Path folder, Until until) throws IOException {
        Experiment experiment = ExperimentFile.quickstart();
        RunFolder run = RunFolder.create(folder, experiment);
        Files.writeString(run.events(), lines(events(until)));
        if (until == Until.FINISHED) {
            Files.writeString(run.resultsFile(), JsonMapper.builder().build().writeValueAsString(results()));
        }
        return folder;
    }

    static List<RunEvent> events(Until until) {
        SyntheticRun run = new SyntheticRun();
        run.go(until);
        return run.events;
    }

    /// The same as if the last event had happened just now.
    static List<RunEvent> eventsUntilNow(Until until) {
        SyntheticRun first = new SyntheticRun();
        first.go(until);
        SyntheticRun run = new SyntheticRun();
        run.now = Instant.now().minus(Duration.between(Instant.parse(START), first.now));
        run.go(until);
        return run.events;
    }

    static String lines(List<RunEvent> events) {
        JsonMapper json = JsonMapper.builder().build();
        return events.stream().map(json::writeValueAsString).collect(Collectors.joining("\n", "", "\n"));
    }

    private void go(Until until) {
        events.add(new RunEvent.RunStarted(now, "quickstart", 4242, List.of(
                new StagePlan(StageId.TEACHER, TRAINING_STEPS, 4), new StagePlan(StageId.FINETUNE, TRAINING_STEPS, 3),
                new StagePlan(StageId.SUBLN, 0, 0.1), new StagePlan(StageId.PRETRAIN, TRAINING_STEPS, 4),
                new StagePlan(StageId.DISTILL, TRAINING_STEPS, 6), new StagePlan(StageId.BASELINE, TRAINING_STEPS, 3),
                new StagePlan(StageId.EVALUATE, 0, 1), new StagePlan(StageId.BENCHMARK, 0, 1), new StagePlan(StageId.EXPORT, 0, 0.3))));
        train(StageId.TEACHER, 6.8, 1.9, TRAINING_STEPS, false);
        train(StageId.FINETUNE, 1.4, 0.11, TRAINING_STEPS, false);
        events.add(new RunEvent.StageStarted(now, StageId.SUBLN, 0, 0, "SubLN before o_proj and down_proj"));
        pass(0.4);
        lookAtLayers();
        events.add(new RunEvent.StageFinished(now, StageId.SUBLN, 0.4, false));
        train(StageId.PRETRAIN, 6.1, 2.3, TRAINING_STEPS, true);
        boolean whole = until == Until.FINISHED;
        train(StageId.DISTILL, 0.7, 0.14, whole ? TRAINING_STEPS : 263, true);
        if (until == Until.FAILED) {
            events.add(new RunEvent.RunFailed(now, StageId.DISTILL,
                    "The worker ran out of memory. Lower distill.optimization.batchSize, then resume."));
        }
        if (!whole) {
            return;
        }
        train(StageId.BASELINE, 0.9, 0.34, TRAINING_STEPS, true);
        for (StageId stage : List.of(StageId.EVALUATE, StageId.BENCHMARK, StageId.EXPORT)) {
            events.add(new RunEvent.StageStarted(now, stage, 0, 0, ""));
            pass(12);
            events.add(new RunEvent.Progressed(now, stage, 0.5, "half"));
            pass(12);
            events.add(new RunEvent.StageFinished(now, stage, 24, false));
        }
        events.add(new RunEvent.RunFinished(now, 341, results()));
    }

    private void train(StageId stage, double from, double to, long steps, boolean quantized) {
        events.add(new RunEvent.StageStarted(now, stage, TRAINING_STEPS, 0, ""));
        for (long step = 1; step <= steps; step++) {
            pass(0.15);
            double done = (double) step / TRAINING_STEPS;
            double crossEntropy = (to + (from - to) * Math.exp(-6 * done)) * (1 + 0.12 * random.nextGaussian() * Math.exp(-done));
            Losses losses = stage == StageId.DISTILL ? distill(crossEntropy, done) : Losses.of(crossEntropy);
            double rate = 1e-3 * (done < 0.05 ? done / 0.05 : 0.5 * (1 + Math.cos(Math.PI * done)));
            double norm = Math.abs(0.6 + 2.5 * Math.exp(-5 * done) + 0.2 * random.nextGaussian());
            events.add(new RunEvent.StepDone(now, stage, step, step * 2048, losses, rate, norm, 14_200 + 400 * random.nextGaussian()));
            if (step % 20 == 0 || step == 1) {
                if (quantized) {
                    sample(stage, step, done);
                }
                events.add(new RunEvent.ResourcesSampled(now, (long) ((830 + 40 * Math.sin(step / 30.0)) * (1 << 20))));
            }
            if (step % 50 == 0) {
                boolean task = stage != StageId.TEACHER && stage != StageId.PRETRAIN;
                events.add(new RunEvent.ValidationDone(now, stage, step, crossEntropy * 1.06, task ? 0.55 + 0.38 * done : null));
            }
        }
        if (steps == TRAINING_STEPS) {
            events.add(new RunEvent.StageFinished(now, stage, 0.15 * steps, false));
        }
    }

    private Losses distill(double crossEntropy, double done) {
        double logits = (0.04 + 0.3 * Math.exp(-5 * done)) * (1 + 0.1 * random.nextGaussian());
        double relation = (1.2e-5 + 4e-5 * Math.exp(-4 * done)) * (1 + 0.08 * random.nextGaussian());
        return new Losses(crossEntropy + 10 * logits + 1e5 * relation, crossEntropy, logits, relation);
    }

    private void sample(StageId stage, long step, double done) {
        TensorHealth overall = new TensorHealth(step == 1 ? null : 0.03 * Math.exp(-3 * done), null, null);
        events.add(new RunEvent.WeightsSampled(now, stage, step, "all", histogram(done), overall));
        for (int i = 0; i < TENSORS.size(); i++) {
            double own = 0.6 + 0.8 * i / TENSORS.size();
            TensorHealth health = new TensorHealth(
                    step == 1 ? null : 0.03 * own * Math.exp(-3 * done), 3 + own + 0.2 * random.nextGaussian(), 0.1 * own);
            events.add(new RunEvent.WeightsSampled(now, stage, step, TENSORS.get(i), histogram(own * done), health));
        }
    }

    private void lookAtLayers() {
        List<ActivationRms> sites = new ArrayList<>();
        for (int layer = 0; layer < 3; layer++) {
            for (String site : List.of("query, key, value", "attention output", "gate, up", "FFN down")) {
                boolean normed = site.equals("attention output") || site.equals("FFN down");
                double before = normed ? 0.03 * (layer + 1) : 0.9 + 0.1 * layer;
                sites.add(new ActivationRms(layer, site, before, normed ? 1 : before));
            }
        }
        events.add(new RunEvent.ActivationsMeasured(now, StageId.SUBLN, sites));
        events.add(new RunEvent.LayersAdvised(now, List.of(
                new LayerAdvice(0, 0, 0.012), new LayerAdvice(1, 1, 0.031), new LayerAdvice(2, 2, 0.054)), 2));
    }

    /// A bell at first; later mass moves towards the boundaries at half a delta.
    private WeightHistogram histogram(double done) {
        long[] counts = new long[WeightHistogram.BINS + 2];
        double total = 0;
        double zero = 0;
        double near = 0;
        for (int bin = 0; bin < WeightHistogram.BINS; bin++) {
            double w = (bin + 0.5) / WeightHistogram.BINS_PER_DELTA - WeightHistogram.DELTAS_EACH_SIDE;
            double bell = Math.exp(-w * w / 3.1);
            double boundary = 1.1 * done * (Math.exp(-Math.pow((Math.abs(w) - 0.5) / 0.12, 2)));
            counts[bin + 1] = Math.round(200_000 * (bell * (1 - 0.3 * done) + boundary) / 16);
            total += counts[bin + 1];
            zero += Math.abs(w) < 0.5 ? counts[bin + 1] : 0;
            near += Math.abs(Math.abs(w) - 0.5) < 0.05 ? counts[bin + 1] : 0;
        }
        return new WeightHistogram(0.0213, counts, zero / total, near / total);
    }

    private void pass(double seconds) {
        now = now.plusMillis(Math.round(1000 * seconds));
    }

    private static Results results() {
        Map<String, BenchmarkRun> benchmark = new LinkedHashMap<>();
        benchmark.put("fp16", new BenchmarkRun("fp16", 2, 9840, 1420, 5_230_000, 5_260_000, 262_000_000));
        benchmark.put("student", new BenchmarkRun("student", 2, 14_900, 3310, 1_020_000, 1_060_000, 248_000_000));
        return new Results(1, "quickstart", score(1886), score(1621), score(1868),
                Map.of("absmean", score(1012), "gptq", score(1203)), score(1544), samples(), benchmark,
                new ExportSummary("huggingface", "export/huggingface", 1_260_000, 2.1e-5, 0.9985, 1000),
                Map.of("teacher", 60.0), 341);
    }

    private static ModelScore score(int correct) {
        double accuracy = correct / 2000.0;
        int dev = correct / 2 + 4;
        return new ModelScore(accuracy, Wilson.interval95(correct, 2000), null, null, null, 0.9 * (1 - accuracy) + 0.11, List.of(
                new SplitScore("dev", 1000, dev / 1000.0, Wilson.interval95(dev, 1000), 0.2),
                new SplitScore("test", 1000, (correct - dev) / 1000.0, Wilson.interval95(correct - dev, 1000), 0.2)));
    }

    private static List<SamplePrediction> samples() {
        String[] texts = {
            "the soup was not bad at all, although the waiter looked bored", "hardly anyone would call this room clean",
            "they promised a quiet garden, but the road next to it is loud", "i expected a dull evening and got a wonderful one",
            "the manager apologized twice, which did not make the bed any softer", "never before did a train arrive this comfortably"};
        List<SamplePrediction> samples = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String label = i % 3 == 1 ? "negative" : "positive";
            String other = label.equals("positive") ? "negative" : "positive";
            samples.add(new SamplePrediction(texts[i % texts.length], label, Map.of(
                    "fp16Sft", i == 11 ? other : label, "bitnetSft", i % 4 == 2 ? other : label,
                    "bitDistill", i == 11 || i == 6 ? other : label)));
        }
        return samples;
    }
}
