package org.bitdistillery.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.bitdistillery.event.Results;
import org.bitdistillery.run.RunFolder;

/// What the finished runs of a study found, run by run and as means over the seeds.
///
/// @param metric what is compared: accuracy, or rougeLsum in a generation task, both 0..1
/// @param rows   one for each variant and model that it trained or converted itself
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StudyReport(String name, String metric, List<Row> rows, List<Single> runs) {

    private static final Map<String, String> TITLES = Map.of(
            "fp16Sft", "FP16-SFT", "bitnetSft", "BitNet-SFT", "bagOfWords", "bag of words", "ptq.absmean", "rounded, absmean",
            "ptq.gptq", "rounded, GPTQ", "ptq.awq", "rounded, AWQ", "ptq.ptqtp", "rounded, PTQTP");

    /// A model over its seeds.
    ///
    /// @param deviation     sample standard deviation over the seeds, or null for one seed
    /// @param belowTeacher  mean over the seeds of FP16-SFT's value less this one, or null where that is not known
    public record Row(String title, int seeds, double mean, Double deviation, Double belowTeacher) {}

    /// One run.
    ///
    /// @param values by model, keyed as in [Results#scores]
    public record Single(String variant, long seed, String folder, Map<String, Double> values, Map<String, Double> losses, double seconds) {}

    /// @param plan its runs, of which those that are not finished are left out
    public static StudyReport of(StudyPlan plan) {
        List<Single> singles = new ArrayList<>();
        String metric = "accuracy";
        for (StudyRun run : plan.runs()) {
            RunFolder folder = new RunFolder(run.folder());
            Optional<Results> results = folder.isRun() ? folder.results() : Optional.empty();
            if (results.isPresent()) {
                Map<String, Double> values = new LinkedHashMap<>();
                Map<String, Double> losses = new LinkedHashMap<>();
                for (var score : results.get().scores().entrySet()) {
                    metric = score.getValue().accuracy() == null ? "rougeLsum" : metric;
                    values.put(score.getKey(), score.getValue().headline());
                    losses.put(score.getKey(), score.getValue().loss());
                }
                singles.add(new Single(
                        run.variant(), run.seed(), run.folder().getFileName().toString(), values, losses, results.get().seconds()));
            }
        }
        return new StudyReport(plan.name(), metric, rows(singles), singles);
    }

    /// Models that do not hang on the variant (the teacher, for example) have one row, from the first run of each seed.
    private static List<Row> rows(List<Single> singles) {
        Map<Long, Double> teachers = new LinkedHashMap<>();
        singles.forEach(single -> teachers.putIfAbsent(single.seed(), single.values().get("fp16Sft")));
        Map<String, Map<Long, Double>> values = new LinkedHashMap<>();
        for (String model : List.of("fp16Sft", "bitnetSft")) {
            addShared(values, singles, model);
        }
        for (Single single : singles) {
            Double student = single.values().get("bitDistill");
            if (student != null) {
                values.computeIfAbsent(single.variant(), _ -> new LinkedHashMap<>()).put(single.seed(), student);
            }
        }
        new TreeSet<>(TITLES.keySet()).stream().filter(model -> model.startsWith(Results.TRAINING_FREE) || model.equals("bagOfWords"))
                .forEach(model -> addShared(values, singles, model));
        return values.entrySet().stream().map(entry -> row(entry.getKey(), entry.getValue(), teachers)).toList();
    }

    private static void addShared(Map<String, Map<Long, Double>> values, List<Single> singles, String model) {
        for (Single single : singles) {
            Double value = single.values().get(model);
            if (value != null) {
                values.computeIfAbsent(TITLES.get(model), _ -> new LinkedHashMap<>()).putIfAbsent(single.seed(), value);
            }
        }
    }

    private static Row row(String title, Map<Long, Double> values, Map<Long, Double> teachers) {
        int seeds = values.size();
        double mean = values.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double squares = values.values().stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
        Double deviation = seeds > 1 ? Double.valueOf(Math.sqrt(squares / (seeds - 1))) : null;
        boolean known = values.keySet().stream().allMatch(seed -> teachers.get(seed) != null);
        Double below = known
                ? Double.valueOf(values.entrySet().stream()
                        .mapToDouble(entry -> teachers.get(entry.getKey()) - entry.getValue()).average().orElseThrow())
                : null;
        return new Row(title, seeds, mean, deviation, below);
    }

    /// Both tables in Markdown; values in percent.
    public String markdown() {
        StringBuilder text = new StringBuilder("# " + name + "\n\n");
        text.append("| model | ").append(metric).append(", % | ± | below FP16-SFT, points | seeds |\n|---|---|---|---|---|\n");
        for (Row row : rows) {
            text.append(String.format(Locale.ROOT, "| %s | %.1f | %s | %s | %d |%n", row.title, 100 * row.mean,
                    row.deviation == null ? "" : String.format(Locale.ROOT, "%.1f", 100 * row.deviation),
                    row.belowTeacher == null ? "" : String.format(Locale.ROOT, "%.1f", 100 * row.belowTeacher), row.seeds));
        }
        text.append("\n± is the standard deviation over the seeds; points below FP16-SFT are paired by seed.\n\n");
        text.append("| run | FP16-SFT | BitNet-SFT | student | student's loss, nats a token | time, s |\n|---|---|---|---|---|---|\n");
        for (Single run : runs) {
            text.append(String.format(Locale.ROOT, "| %s, seed %d | %s | %s | %s | %s | %.0f |%n", run.variant, run.seed,
                    percent(run.values.get("fp16Sft")), percent(run.values.get("bitnetSft")), percent(run.values.get("bitDistill")),
                    run.losses.get("bitDistill") == null ? "" : String.format(Locale.ROOT, "%.3f", run.losses.get("bitDistill")), run.seconds));
        }
        return text.toString();
    }

    private static String percent(Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.1f", 100 * value);
    }
}
