package org.bitdistillery.bench.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.ReportTables;
import org.bitdistillery.bench.Workload;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.Machine;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// A report as a folder of files: `benchmark.json`, `benchmark.md`, and each chart as SVG and PNG.
public final class ReportFolder {

    public static final String JSON = "benchmark.json";
    public static final String MARKDOWN = "benchmark.md";
    private static final double WIDTH = 860;
    private static final double HEIGHT = 280;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private ReportFolder() {}

    /// The report as indented JSON; its fields are documented at [BenchmarkReport].
    public static String json(BenchmarkReport report) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(report);
    }

    /// @throws InvalidInput where the file is missing or no report
    public static BenchmarkReport read(Path file) {
        try {
            BenchmarkReport report = MAPPER.readValue(Files.readString(file), BenchmarkReport.class);
            if (report.schemaVersion() != BenchmarkReport.SCHEMA_VERSION) {
                throw new InvalidInput(file + " has schema version " + report.schemaVersion() + ", this program reads "
                        + BenchmarkReport.SCHEMA_VERSION + ". Measure again.");
            }
            return report;
        } catch (IOException | JacksonException | NullPointerException e) {
            throw new InvalidInput(file + " is no benchmark report. Name a benchmark.json that this program wrote.", e);
        }
    }

    /// @throws InvalidInput where the folder cannot be written
    public static void write(Path folder, BenchmarkReport report) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder, e);
        }
        AtomicFiles.write(folder.resolve(JSON), json(report) + "\n");
        Map<String, Drawing> charts = charts(report);
        charts.forEach((name, chart) -> {
            AtomicFiles.write(folder.resolve(name + ".svg"), Pictures.svg(chart));
            AtomicFiles.write(folder.resolve(name + ".png"), Pictures.png(chart));
        });
        AtomicFiles.write(folder.resolve(MARKDOWN), markdown(report, charts));
    }

    /// The charts that this report has something for, by file name.
    static Map<String, Drawing> charts(BenchmarkReport report) {
        Map<String, Drawing> charts = new LinkedHashMap<>();
        charts.put("ratios", SpeedCharts.ratios(report, WIDTH));
        charts.put("prefill", SpeedCharts.bars(report, Workload.Kind.PREFILL, WIDTH, HEIGHT));
        charts.put("decode", SpeedCharts.bars(report, Workload.Kind.DECODE, WIDTH, HEIGHT));
        if (report.threads().size() > 1) {
            charts.put("scaling", SpeedCharts.scaling(report, WIDTH, HEIGHT));
        }
        charts.put("memory", MemoryCharts.treemap(report, WIDTH, HEIGHT));
        charts.put("time", MemoryCharts.shares(report, WIDTH));
        charts.values().removeIf(chart -> chart.shapes().isEmpty());
        return charts;
    }

    private static String markdown(BenchmarkReport report, Map<String, Drawing> charts) {
        StringBuilder text = new StringBuilder("# Benchmark\n\n");
        ReportTables.verdicts(report).forEach(sentence -> text.append("**").append(sentence).append("**\n\n"));
        ReportTables.remedies(report).forEach(sentence -> text.append(sentence).append("\n\n"));
        Machine machine = report.machine();
        text.append("Machine: ").append(machine.cpu()).append(", ").append(machine.cores()).append(" cores, ")
                .append(Units.bytes(machine.memoryBytes())).append(", ").append(machine.os()).append(", Java ").append(machine.java())
                .append(". Begun ").append(report.startedAt()).append(", took ").append(Units.duration(report.seconds())).append(". ")
                .append(ReportTables.load(report)).append("\n\n");
        picture(text, charts, "ratios", "Ratios with 95 % intervals");
        text.append("## Speed\n\n").append(table(ReportTables.speeds(report))).append('\n');
        picture(text, charts, "prefill", "Prefill, tokens per second");
        picture(text, charts, "decode", "Decode, tokens per second");
        picture(text, charts, "scaling", "Speed over threads");
        text.append("## Memory\n\nTwice: everything, and without embedding and output head, as papers print it.\n\n")
                .append(table(ReportTables.memory(report))).append('\n');
        picture(text, charts, "memory", "Bytes by tensor group");
        text.append("## Where the time goes\n\n");
        ReportTables.shares(report).forEach(line -> text.append("- ").append(line).append('\n'));
        text.append('\n');
        picture(text, charts, "time", "Time by part");
        if (!report.notes().isEmpty()) {
            text.append("## Notes\n\n");
            report.notes().forEach(note -> text.append("- ").append(note).append('\n'));
        }
        return text.toString();
    }

    private static void picture(StringBuilder text, Map<String, Drawing> charts, String name, String title) {
        if (charts.containsKey(name)) {
            text.append("![").append(title).append("](").append(name).append(".svg)\n\n");
        }
    }

    private static String table(ReportTables.Table table) {
        StringBuilder text = new StringBuilder();
        line(text, table.header());
        line(text, table.header().stream().map(_ -> "---").toList());
        table.rows().forEach(row -> line(text, row));
        return text.toString();
    }

    private static void line(StringBuilder text, java.util.List<String> cells) {
        text.append("| ");
        text.append(String.join(" | ", cells.stream().map(cell -> cell.replace("|", "\\|")).toList())).append(" |\n");
    }
}
