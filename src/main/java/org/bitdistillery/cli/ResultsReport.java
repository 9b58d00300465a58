package org.bitdistillery.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;

/// What a run found out, as people read it in a terminal.
final class ResultsReport {

    private static final Map<String, String> NAMES = Map.of(
            "fp16Sft", "FP16-SFT", "bitnetSft", "BitNet-SFT", "bitDistill", "BitDistill", "bagOfWords", "bag of words",
            "ptq.absmean", "rounded, absmean", "ptq.gptq", "rounded, GPTQ", "ptq.awq", "rounded, AWQ", "ptq.ptqtp", "rounded, PTQTP");

    private ResultsReport() {}

    /// All that was switched on, one table each, with a line feed at the end.
    static String text(Results results) {
        return Stream.of(scores(results.scores()), benchmark(results.benchmark()), export(results.export()),
                        "The whole run took " + Units.duration(results.seconds()) + ".\n")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    private static String scores(Map<String, ModelScore> scores) {
        if (scores.isEmpty()) {
            return "";
        }
        if (scores.values().iterator().next().text() != null) {
            return texts(scores);
        }
        List<String> splits = scores.values().iterator().next().splits().stream().map(ModelScore.SplitScore::split).toList();
        TextTable table = TextTable.ofNumbers(Stream.concat(
                Stream.of("model", "accuracy", "95 % interval", "macro-F1", "Matthews", "loss"), splits.stream()).toArray(String[]::new));
        scores.forEach((key, score) -> table.row(Stream.concat(
                Stream.of(NAMES.getOrDefault(key, key), Units.percent(score.accuracy()), interval(score.ci95()),
                        score.macroF1() == null ? Units.UNKNOWN : Units.percent(score.macroF1()),
                        score.matthews() == null ? Units.UNKNOWN : String.format(Locale.ROOT, "%.3f", score.matthews()),
                        Units.loss(score.loss())),
                score.splits().stream().map(split -> Units.percent(split.accuracy()))).toArray(String[]::new)));
        return table.text();
    }

    /// Metrics of generated texts in hundredths, as they are usually given.
    private static String texts(Map<String, ModelScore> scores) {
        TextTable table = TextTable.ofNumbers("model", "BLEU", "ROUGE-1", "ROUGE-2", "ROUGE-L", "ROUGE-Lsum", "95 % interval", "loss");
        scores.forEach((key, score) -> table.row(NAMES.getOrDefault(key, key), hundredths(score, "bleu"), hundredths(score, "rouge1"),
                hundredths(score, "rouge2"), hundredths(score, "rougeL"), hundredths(score, "rougeLsum"),
                interval(score.text().get("rougeLsum").ci95()).replace(" %", ""), Units.loss(score.loss())));
        return table.text();
    }

    private static String hundredths(ModelScore score, String metric) {
        return String.format(Locale.ROOT, "%.1f", 100 * score.text().get(metric).value());
    }

    private static String interval(List<Double> ends) {
        return String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * ends.getFirst(), 100 * ends.getLast());
    }

    private static String benchmark(Map<String, BenchmarkRun> runs) {
        if (runs == null || !runs.containsKey("fp16") || !runs.containsKey("student")) {
            return "";
        }
        BenchmarkRun fp16 = runs.get("fp16");
        BenchmarkRun student = runs.get("student");
        TextTable table = TextTable.ofNumbers(
                "CPU, " + student.threads() + (student.threads() == 1 ? " thread" : " threads"), "FP16", "student", "gain");
        rate(table, "prefill", fp16.prefillTokensPerSecond(), student.prefillTokensPerSecond());
        rate(table, "decode", fp16.decodeTokensPerSecond(), student.decodeTokensPerSecond());
        size(table, "weights in memory", fp16, student, BenchmarkRun::weightBytes);
        size(table, "weight file", fp16, student, BenchmarkRun::fileBytes);
        size(table, "peak RSS", fp16, student, BenchmarkRun::peakRssBytes);
        return table.text();
    }

    private static void rate(TextTable table, String name, double fp16, double student) {
        table.row(name, Units.tokensPerSecond(fp16), Units.tokensPerSecond(student), Units.ratio(student / fp16));
    }

    private static void size(
            TextTable table, String name, BenchmarkRun fp16, BenchmarkRun student, Function<BenchmarkRun, Long> bytes) {
        long before = bytes.apply(fp16);
        long after = bytes.apply(student);
        String ratio = before < 0 || after < 0 ? Units.UNKNOWN : Units.ratio((double) before / after);
        table.row(name, Units.bytes(before), Units.bytes(after), ratio);
    }

    /// What came out of an export, or nothing for null.
    static String export(ExportSummary export) {
        if (export == null) {
            return "";
        }
        StringBuilder text = new StringBuilder(
                "Exported to " + export.path() + " (" + export.format() + ", " + Units.bytes(export.bytes()) + ").\n");
        if (export.readings() == null) {
            return text.append(String.format(Locale.ROOT,
                    "Loaded again, its logits differ by %.1e at most; the CPU engine answers %s alike, on %,d rows.\n",
                    export.maxRelativeLogitDifference(), Units.percent(export.engineAgreement()), export.comparedRows())).toString();
        }
        TextTable table = TextTable.ofNumbers(
                "loaded again by", "logit difference", "same token", "perplexity", "same answer", "accuracy", "student");
        export.readings().forEach(reading -> table.row(
                reading.reader(), String.format(Locale.ROOT, "%.1e", reading.relativeDifference()), Units.percent(reading.tokenAgreement()),
                String.format(Locale.ROOT, "×%.4f", reading.perplexityRatio()), percent(reading.answerAgreement()), percent(reading.accuracy()),
                percent(reading.studentAccuracy())));
        text.append(table.text());
        export.files().forEach(file -> text.append(file.name()).append("  ").append(Units.bytes(file.bytes())).append("  sha256 ")
                .append(file.sha256()).append('\n'));
        export.notes().forEach(note -> text.append("Note: ").append(note).append('\n'));
        return text.toString();
    }

    private static String percent(Double share) {
        return share == null ? "" : Units.percent(share);
    }
}
