package org.bitdistillery.ui.results;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.SamplePrediction;

/// What a run found out, as it is read: headlines, a side-by-side table, samples. Models stand in the order FP16-SFT,
/// BitNet-SFT, BitDistill. Classifications are compared by accuracy, generated texts by ROUGE-Lsum.
public record ResultsViewModel(Results results) {

    /// Keys of `results.json` and what people call the models.
    static final Map<String, String> MODELS =
            Map.of("fp16Sft", "FP16-SFT", "bitnetSft", "BitNet-SFT", "bitDistill", "BitDistill", "bagOfWords", "Bag of words",
                    "ptq.absmean", "Rounded, absmean", "ptq.gptq", "Rounded, GPTQ", "ptq.awq", "Rounded, AWQ", "ptq.ptqtp", "Rounded, PTQTP");

    /// Keys of a generation task's metrics and what people call them.
    private static final Map<String, String> TEXT_METRICS = metrics();

    private static Map<String, String> metrics() {
        Map<String, String> metrics = new LinkedHashMap<>();
        metrics.put("bleu", "BLEU");
        metrics.put("rouge1", "ROUGE-1");
        metrics.put("rouge2", "ROUGE-2");
        metrics.put("rougeL", "ROUGE-L");
        metrics.put("rougeLsum", "ROUGE-Lsum");
        return Collections.unmodifiableMap(metrics);
    }

    /// @param good whether the student does well here; null where that is nobody's to say
    public record Headline(String title, String value, String detail, Boolean good) {}

    /// @param versus BitDistill against FP16-SFT; may be empty
    public record Row(String name, String fp16Sft, String bitnetSft, String bitDistill, String versus) {}

    /// @param model 0..1 with its 95 % interval
    public record Interval(String key, String model, double value, double low, double high) {}

    /// @param label   what should be answered: the label's word or the reference
    /// @param answers by model key
    public record Sample(String text, String label, Map<String, String> answers) {
        boolean isWrong(String model) {
            return answers.containsKey(model) && !answers.get(model).equals(label);
        }

        String answer(String model) {
            return answers.getOrDefault(model, "");
        }
    }

    /// A point of accuracy is what the paper calls close.
    private static final double CLOSE = 0.015;
    /// Text metrics have no common scale: close is a share of the teacher's.
    private static final double CLOSE_SHARE = 0.05;

    public List<Headline> headlines() {
        List<Headline> headlines = new ArrayList<>();
        if (results.bitDistill() != null && results.fp16Sft() != null) {
            double gap = results.bitDistill().headline() - results.fp16Sft().headline();
            headlines.add(new Headline("Against FP16", points(gap),
                    headline(results.bitDistill()) + " instead of " + headline(results.fp16Sft()),
                    gap >= -(isGeneration() ? CLOSE_SHARE * results.fp16Sft().headline() : CLOSE)));
        }
        if (results.bitDistill() != null && results.bitnetSft() != null) {
            double gain = results.bitDistill().headline() - results.bitnetSft().headline();
            headlines.add(new Headline("From distilling", points(gain), "BitNet-SFT reaches " + headline(results.bitnetSft()), gain > 0));
        }
        benchmark("student").ifPresent(student -> benchmark("fp16").ifPresent(fp16 -> {
            double faster = student.decodeTokensPerSecond() / fp16.decodeTokensPerSecond();
            headlines.add(new Headline("Decoding speed", Units.ratio(faster),
                    Units.tokensPerSecond(student.decodeTokensPerSecond()) + ", " + threads(student), faster > 1));
            double smaller = (double) fp16.weightBytes() / student.weightBytes();
            headlines.add(new Headline("Weights smaller", Units.ratio(smaller),
                    Units.bytes(student.weightBytes()) + " instead of " + Units.bytes(fp16.weightBytes()), smaller > 1));
        }));
        return headlines;
    }

    /// Whether texts were generated, rather than labels.
    public boolean isGeneration() {
        return results.scores().values().stream().anyMatch(score -> score.text() != null);
    }

    /// What the models are compared by.
    public String metric() {
        return isGeneration() ? TEXT_METRICS.get("rougeLsum") : "Accuracy";
    }

    /// In percent, as accuracies and, by custom without the sign, text metrics are given.
    private static String headline(ModelScore score) {
        return score.text() == null ? Units.percent(score.accuracy()) : hundredths(score.headline());
    }

    public List<Row> table() {
        List<Row> rows = new ArrayList<>();
        if (isGeneration()) {
            TEXT_METRICS.forEach((key, name) -> {
                rows.add(score(name, score -> hundredths(score.text().get(key).value()), gap(score -> score.text().get(key).value())));
                rows.add(score("  95 % CI", score -> hundredths(score.text().get(key).ci95()), ""));
            });
        } else {
            rows.add(score("Accuracy", score -> Units.percent(score.accuracy()), gap(ModelScore::accuracy)));
            rows.add(score("95 % interval", score -> interval(score.ci95()), ""));
            splits().forEach(split -> rows.add(score("  " + split, score -> split(score, split), "")));
        }
        if (results.scores().values().stream().anyMatch(score -> score.macroF1() != null)) {
            rows.add(score("Macro-F1", score -> percent(score.macroF1()), ""));
            rows.add(score("Matthews", score -> coefficient(score.matthews()), ""));
        }
        rows.add(score("Loss, nats", score -> Units.loss(score.loss()), ""));
        if (!benchmark("student").isPresent() || !benchmark("fp16").isPresent()) {
            return rows;
        }
        rows.add(speed("Prefill, tok/s", BenchmarkRun::prefillTokensPerSecond));
        rows.add(speed("Decode, tok/s", BenchmarkRun::decodeTokensPerSecond));
        rows.add(size("Weights in RAM", BenchmarkRun::weightBytes));
        rows.add(size("File size", BenchmarkRun::fileBytes));
        rows.add(size("Peak memory", BenchmarkRun::peakRssBytes));
        return rows;
    }

    public List<Interval> intervals() {
        List<Interval> intervals = new ArrayList<>();
        results.scores().forEach((key, score) -> {
            List<Double> ends = score.text() == null ? score.ci95() : score.text().get("rougeLsum").ci95();
            intervals.add(new Interval(key, MODELS.getOrDefault(key, key), score.headline(), ends.get(0), ends.get(1)));
        });
        return intervals;
    }

    public List<Sample> samples() {
        List<SamplePrediction> samples = results.samples() == null ? List.of() : results.samples();
        return samples.stream().map(sample -> new Sample(sample.text().strip(), sample.label(), sample.predictions())).toList();
    }

    /// One line on the export and its gate; empty where there was none.
    public Optional<String> exported() {
        return Optional.ofNullable(results.export()).map(export -> String.format(Locale.ROOT,
                "%s, %s. Loaded again: logits differ by at most %s relative, the packed engine agrees on %s of %s %s.",
                export.path(), Units.bytes(export.bytes()), Units.number(export.maxRelativeLogitDifference()),
                Units.percent(export.engineAgreement()), Units.count(export.comparedRows()),
                isGeneration() ? "rows' tokens" : "rows"));
    }

    private List<String> splits() {
        return results.bitDistill() == null || results.bitDistill().splits() == null ? List.of()
                : results.bitDistill().splits().stream().map(ModelScore.SplitScore::split).toList();
    }

    private static String split(ModelScore score, String name) {
        return score.splits().stream().filter(split -> split.split().equals(name)).findFirst()
                .map(split -> Units.percent(split.accuracy())).orElse("");
    }

    private Row score(String name, Function<ModelScore, String> text, String versus) {
        return new Row(name, show(results.fp16Sft(), text), show(results.bitnetSft(), text), show(results.bitDistill(), text), versus);
    }

    private static String percent(Double value) {
        return value == null ? Units.UNKNOWN : Units.percent(value);
    }

    private static String coefficient(Double value) {
        return value == null ? Units.UNKNOWN : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String show(ModelScore score, Function<ModelScore, String> text) {
        return score == null ? Units.UNKNOWN : text.apply(score);
    }

    private String gap(Function<ModelScore, Double> value) {
        return results.bitDistill() == null || results.fp16Sft() == null ? ""
                : points(value.apply(results.bitDistill()) - value.apply(results.fp16Sft()));
    }

    private Row speed(String name, Function<BenchmarkRun, Double> value) {
        double fp16 = value.apply(benchmark("fp16").orElseThrow());
        double student = value.apply(benchmark("student").orElseThrow());
        return new Row(name, Units.rate(fp16), Units.UNKNOWN, Units.rate(student), Units.ratio(student / fp16));
    }

    private Row size(String name, Function<BenchmarkRun, Long> value) {
        long fp16 = value.apply(benchmark("fp16").orElseThrow());
        long student = value.apply(benchmark("student").orElseThrow());
        return new Row(name, Units.bytes(fp16), Units.UNKNOWN, Units.bytes(student), versus(fp16, student));
    }

    private static String versus(long fp16, long student) {
        if (fp16 <= 0 || student <= 0) {
            return "";
        }
        return student <= fp16 ? Units.ratio((double) fp16 / student) + " less" : Units.ratio((double) student / fp16) + " more";
    }

    private Optional<BenchmarkRun> benchmark(String key) {
        return Optional.ofNullable(results.benchmark()).map(runs -> runs.get(key));
    }

    private static String threads(BenchmarkRun run) {
        return run.threads() == 1 ? "1 thread" : run.threads() + " threads";
    }

    private static String interval(List<Double> ends) {
        return String.format(Locale.ROOT, "%.1f–%.1f %%", 100 * ends.get(0), 100 * ends.get(1));
    }

    private static String hundredths(double value) {
        return String.format(Locale.ROOT, "%.1f", 100 * value);
    }

    private static String hundredths(List<Double> ends) {
        return hundredths(ends.get(0)) + "–" + hundredths(ends.get(1));
    }

    private static String points(double difference) {
        String size = String.format(Locale.ROOT, "%.1f pt", Math.abs(100 * difference));
        return size.equals("0.0 pt") ? size : (difference < 0 ? "−" : "+") + size;
    }
}
