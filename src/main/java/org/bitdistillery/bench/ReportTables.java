package org.bitdistillery.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitdistillery.analysis.SpeedRatio;
import org.bitdistillery.analysis.SpeedVerdict.Outcome;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.BenchmarkReport.Comparison;
import org.bitdistillery.bench.BenchmarkReport.Model;
import org.bitdistillery.bench.BenchmarkReport.Speed;

/// A report in words and tables, the same in the terminal, in the window and in the Markdown file.
public final class ReportTables {

    /// The first column is text, the others are numbers.
    public record Table(List<String> header, List<List<String>> rows) {}

    private static final double WORTH_A_WORD = 0.005;

    private ReportTables() {}

    /// One sentence for every model that is compared: what was found with the most threads.
    public static List<String> verdicts(BenchmarkReport report) {
        if (report.speeds().isEmpty()) {
            return List.of();
        }
        int threads = report.threads().getLast();
        List<String> sentences = new ArrayList<>();
        for (Model model : report.models()) {
            List<Comparison> found = of(report, model, threads);
            if (!found.isEmpty()) {
                sentences.add(model.name() + " against " + found.getFirst().baseline() + " with " + count(threads, "thread") + ": "
                        + found.stream().map(ReportTables::finding).collect(Collectors.joining(", ")) + ".");
            }
        }
        return sentences;
    }

    /// What would settle open questions or casts doubt on answers, each said once.
    public static List<String> remedies(BenchmarkReport report) {
        return report.comparisons().stream().map(comparison -> comparison.verdict().remedy()).filter(text -> !text.isEmpty())
                .distinct().toList();
    }

    private static List<Comparison> of(BenchmarkReport report, Model model, int threads) {
        return report.comparisons().stream()
                .filter(comparison -> comparison.model().equals(model.name()) && comparison.threads() == threads).toList();
    }

    private static String finding(Comparison comparison) {
        String interval = comparison.ratio().interval95().isEmpty() ? "" : " (" + interval(comparison.ratio()) + ")";
        return comparison.workload().title() + " " + word(comparison.verdict().outcome()) + ", " + Units.ratio(comparison.ratio().ratio())
                + interval;
    }

    public static String word(Outcome outcome) {
        return outcome.name();
    }

    /// `2.1–2.35×`.
    public static String interval(SpeedRatio ratio) {
        return ratio.interval95().isEmpty() ? Units.UNKNOWN
                : Units.ratio(ratio.interval95().get(0)).replace("×", "") + "–" + Units.ratio(ratio.interval95().get(1));
    }

    private static String count(int number, String what) {
        return number == 1 ? "1 " + what : number + " " + what + "s";
    }

    public static Table speeds(BenchmarkReport report) {
        String baseline = report.models().getFirst().name();
        boolean energy = report.speeds().stream().anyMatch(speed -> speed.joulesPerToken() != null);
        List<String> header = new ArrayList<>(List.of("workload", "threads", "model", "tokens/s", "rounds", "÷ " + baseline, "95 % interval",
                "verdict"));
        if (energy) {
            header.add("J/token");
        }
        List<List<String>> rows = new ArrayList<>();
        for (Workload workload : report.workloads()) {
            for (int threads : report.threads()) {
                for (Model model : report.models()) {
                    report.speed(model.name(), threads, workload).ifPresent(speed -> rows.add(row(report, speed, energy)));
                }
            }
        }
        return new Table(header, rows);
    }

    private static List<String> row(BenchmarkReport report, Speed speed, boolean energy) {
        List<String> row = new ArrayList<>(List.of(speed.workload().title(), Integer.toString(speed.threads()), speed.model(),
                Units.rate(speed.median()), Units.rate(speed.range().get(0)) + "–" + Units.rate(speed.range().get(1))));
        var comparison = report.comparison(speed.model(), speed.threads(), speed.workload());
        row.add(comparison.map(found -> Units.ratio(found.ratio().ratio())).orElse(""));
        row.add(comparison.map(found -> interval(found.ratio())).orElse(""));
        row.add(comparison.map(found -> word(found.verdict().outcome())).orElse(""));
        if (energy) {
            row.add(speed.joulesPerToken() == null ? Units.UNKNOWN : Units.number(speed.joulesPerToken()));
        }
        return row;
    }

    /// A column for each model. Memory is told twice: everything, and as papers print it, without embedding and output head.
    public static Table memory(BenchmarkReport report) {
        List<String> header = new ArrayList<>(List.of(""));
        report.models().forEach(model -> header.add(model.name()));
        return new Table(header, List.of(
                row(report, "engine", Model::engine),
                row(report, "weights in memory, everything", model -> size(report, model, ModelMemory::weightBytes)),
                row(report, "weights in memory, without embeddings", model -> size(report, model, ModelMemory::weightBytesWithoutEmbeddings)),
                row(report, "weight files, everything", model -> size(report, model, ModelMemory::fileBytes)),
                row(report, "weight files, without embeddings", model -> size(report, model, ModelMemory::fileBytesWithoutEmbeddings)),
                row(report, "peak of the process (RSS)", model -> Units.bytes(model.peakRssBytes())),
                row(report, "load", model -> Units.duration(model.loadSeconds())),
                row(report, "first token, cold, load included", model -> Units.duration(model.firstTokenSeconds()))));
    }

    private static List<String> row(BenchmarkReport report, String name, Function<Model, String> text) {
        return Stream.concat(Stream.of(name), report.models().stream().map(text)).toList();
    }

    private static String size(BenchmarkReport report, Model model, ToLongFunction<ModelMemory> value) {
        Model first = report.models().getFirst();
        long bytes = value.applyAsLong(model.memory());
        long other = value.applyAsLong(first.memory());
        return model == first || bytes <= 0 || other <= 0 ? Units.bytes(bytes)
                : Units.bytes(bytes) + " (" + Units.ratio((double) other / bytes) + " less)";
    }

    /// Where the time goes with the most threads, the largest part first.
    public static List<String> shares(BenchmarkReport report) {
        if (report.speeds().isEmpty()) {
            return List.of();
        }
        int threads = report.threads().getLast();
        List<String> lines = new ArrayList<>();
        for (Model model : report.models()) {
            model.shares().stream().filter(share -> share.threads() == threads).forEach(share -> lines.add(
                    model.name() + ", " + share.kind().name().toLowerCase(Locale.ROOT) + ": " + share.parts().entrySet().stream()
                            .filter(part -> part.getValue() >= WORTH_A_WORD)
                            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                            .map(part -> part.getKey() + " " + percent(part.getValue())).collect(Collectors.joining(" · "))));
        }
        return lines;
    }

    /// What else used the processor.
    public static String load(BenchmarkReport report) {
        HostLoad load = report.load();
        if (load.othersShare() < 0) {
            return "What else used the processor is not known on this operating system.";
        }
        String programs = load.programs().stream().filter(program -> program.share() >= 0.001)
                .map(program -> program.name() + " " + Units.percent(program.share())).collect(Collectors.joining(", "));
        return "Other programs used " + Units.percent(load.othersShare()) + " of the processor meanwhile"
                + (programs.isEmpty() ? "." : ": " + programs + ".");
    }

    private static String percent(double share) {
        return Math.round(100 * share) + " %";
    }
}
