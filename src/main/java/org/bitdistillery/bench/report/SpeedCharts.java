package org.bitdistillery.bench.report;

import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.analysis.Ticks;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.BenchmarkReport.Comparison;
import org.bitdistillery.bench.BenchmarkReport.Model;
import org.bitdistillery.bench.BenchmarkReport.Speed;
import org.bitdistillery.bench.ReportTables;
import org.bitdistillery.bench.Workload;
import org.bitdistillery.bench.report.Drawing.Align;
import org.bitdistillery.bench.report.Drawing.Ink;
import org.bitdistillery.bench.report.Drawing.Pen;

/// Speeds of a report as charts. Models have the same color in all of them.
public final class SpeedCharts {

    private static final double LEFT = 58;
    private static final double RIGHT = 12;
    private static final double TOP = 34;
    private static final double BOTTOM = 40;
    private static final double LEGEND = 12;
    private static final double PIXELS_PER_TICK = 36;
    private static final double MOST_BAR = 56;
    private static final double ROOM = 1.12;
    private static final double WHISKER = 4;
    private static final double LINE = 14;

    private SpeedCharts() {}

    static List<String> names(BenchmarkReport report) {
        return report.models().stream().map(Model::name).toList();
    }

    /// Grouped bars: the median of the rounds, whiskers from the least to the largest, and how many times as fast as the first
    /// model, one group a workload and thread count.
    public static Drawing bars(BenchmarkReport report, Workload.Kind kind, double width, double height) {
        record Group(Workload workload, int threads) {}
        Pen pen = new Pen();
        List<Group> groups = new ArrayList<>();
        report.workloads().stream().filter(workload -> workload.kind() == kind)
                .forEach(workload -> report.threads().forEach(threads -> groups.add(new Group(workload, threads))));
        if (groups.isEmpty()) {
            return pen.on(width, height);
        }
        double most = report.speeds().stream().filter(speed -> speed.workload().kind() == kind)
                .mapToDouble(speed -> speed.range().get(1)).max().orElse(1);
        Axis y = new Axis(0, most * ROOM, height - BOTTOM, TOP + LINE);
        pen.legend(names(report), LEFT, LEGEND);
        pen.text("tokens/s", width - RIGHT, LEGEND, Align.RIGHT, Ink.MUTED);
        y.draw(pen, LEFT, width - RIGHT);
        double step = (width - LEFT - RIGHT) / groups.size();
        double bar = Math.min(MOST_BAR, 0.76 * step / report.models().size());
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            double center = LEFT + (g + 0.5) * step;
            pen.text(group.workload.title(), center, height - BOTTOM + LINE, Align.CENTER, Ink.TEXT);
            pen.text(group.threads == 1 ? "1 thread" : group.threads + " threads", center, height - BOTTOM + 2 * LINE, Align.CENTER, Ink.MUTED);
            for (int m = 0; m < report.models().size(); m++) {
                double x = center + (m - report.models().size() / 2.0) * bar;
                int index = m;
                report.speed(report.models().get(m).name(), group.threads, group.workload)
                        .ifPresent(speed -> bar(pen, report, speed, x, bar, y, Drawing.series(index)));
            }
        }
        return pen.on(width, height);
    }

    private static void bar(Pen pen, BenchmarkReport report, Speed speed, double x, double width, Axis y, Ink ink) {
        double top = y.pixel(speed.median());
        pen.box(x + 1, top, width - 2, y.pixel(0) - top, ink, 0.85);
        double middle = x + width / 2;
        double low = y.pixel(speed.range().get(0));
        double high = y.pixel(speed.range().get(1));
        pen.line(middle, low, middle, high, Ink.TEXT);
        pen.line(middle - WHISKER, low, middle + WHISKER, low, Ink.TEXT);
        pen.line(middle - WHISKER, high, middle + WHISKER, high, Ink.TEXT);
        report.comparison(speed.model(), speed.threads(), speed.workload())
                .ifPresent(found -> pen.text(Units.ratio(found.ratio().ratio()), middle, high - 9, Align.CENTER, Ink.TEXT));
    }

    /// Every comparison's ratio with its 95 % interval, against the line where both are equally fast.
    public static Drawing ratios(BenchmarkReport report, double width) {
        List<Comparison> rows = report.comparisons();
        double rowHeight = 24;
        double height = TOP + rows.size() * rowHeight + 30;
        Pen pen = new Pen();
        if (rows.isEmpty()) {
            return pen.on(width, height);
        }
        boolean many = report.models().size() > 2;
        double left = 24 + rows.stream().mapToDouble(row -> Drawing.textWidth(name(row, many))).max().orElse(0);
        double right = width - 224;
        double low = rows.stream().mapToDouble(row -> low(row)).min().orElse(1);
        double high = rows.stream().mapToDouble(row -> high(row)).max().orElse(1);
        double room = 0.06 * (Math.max(high, 1) - Math.min(low, 1)) + 0.01;
        Axis x = new Axis(Math.min(low, 1) - room, Math.max(high, 1) + room, left, right);
        double bottom = height - 24;
        for (double tick : x.ticks(70)) {
            pen.line(x.pixel(tick), TOP - 8, x.pixel(tick), bottom, Ink.GRID);
            pen.text(Units.ratio(tick), x.pixel(tick), bottom + 12, Align.CENTER, Ink.MUTED);
        }
        pen.thick(x.pixel(1), TOP - 8, x.pixel(1), bottom, Ink.AXIS);
        pen.text("times as fast as " + report.models().getFirst().name() + ", with 95 % interval", left, LEGEND, Align.LEFT, Ink.MUTED);
        for (int i = 0; i < rows.size(); i++) {
            Comparison row = rows.get(i);
            double y = TOP + (i + 0.5) * rowHeight;
            Ink ink = Drawing.series(names(report).indexOf(row.model()));
            pen.text(name(row, many), left - 12, y, Align.RIGHT, Ink.TEXT);
            pen.box(x.pixel(low(row)), y - 4, x.pixel(high(row)) - x.pixel(low(row)), 8, ink, 0.35);
            pen.dot(x.pixel(row.ratio().ratio()), y, 4.5, ink);
            pen.text(Units.ratio(row.ratio().ratio()) + " (" + ReportTables.interval(row.ratio()) + ")", right + 16, y, Align.LEFT, Ink.TEXT);
            pen.text(row.verdict().outcome().name().toLowerCase(java.util.Locale.ROOT), width - RIGHT, y, Align.RIGHT, Ink.MUTED);
        }
        return pen.on(width, height);
    }

    private static String name(Comparison row, boolean withModel) {
        return (withModel ? row.model() + ", " : "") + row.workload().title() + ", " + row.threads() + (row.threads() == 1 ? " thread" : " threads");
    }

    private static double low(Comparison row) {
        return row.ratio().interval95().isEmpty() ? row.ratio().ratio() : row.ratio().interval95().get(0);
    }

    private static double high(Comparison row) {
        return row.ratio().interval95().isEmpty() ? row.ratio().ratio() : row.ratio().interval95().get(1);
    }

    /// Speed over threads: lines of the models, first prompt and first decoding side by side, against perfect scaling.
    public static Drawing scaling(BenchmarkReport report, double width, double height) {
        Pen pen = new Pen();
        pen.legend(names(report), LEFT, LEGEND);
        List<Workload> shown = new ArrayList<>();
        for (Workload.Kind kind : Workload.Kind.values()) {
            report.workloads().stream().filter(workload -> workload.kind() == kind).findFirst().ifPresent(shown::add);
        }
        double part = (width - RIGHT) / Math.max(1, shown.size());
        for (int i = 0; i < shown.size(); i++) {
            scaling(pen, report, shown.get(i), i * part, (i + 1) * part, height);
        }
        return pen.on(width, height);
    }

    private static void scaling(Pen pen, BenchmarkReport report, Workload workload, double from, double to, double height) {
        List<Integer> threads = report.threads();
        double most = report.speeds().stream().filter(speed -> speed.workload().equals(workload)).mapToDouble(Speed::median).max().orElse(1);
        Axis y = new Axis(0, most * ROOM, height - BOTTOM, TOP);
        Axis x = new Axis(Math.min(0.5, threads.getFirst() - 0.5), threads.getLast() + 0.5, from + LEFT, to - 8);
        y.draw(pen, from + LEFT, to - 8);
        for (int count : threads) {
            pen.text(Integer.toString(count), x.pixel(count), height - BOTTOM + LINE, Align.CENTER, Ink.TEXT);
        }
        pen.text(workload.title() + ", tokens/s over threads", (from + LEFT + to) / 2, height - BOTTOM + 2 * LINE, Align.CENTER, Ink.MUTED);
        for (int m = 0; m < report.models().size(); m++) {
            Ink ink = Drawing.series(m);
            Speed before = null;
            for (int count : threads) {
                Speed speed = report.speed(report.models().get(m).name(), count, workload).orElse(null);
                if (speed != null && before != null) {
                    pen.thick(x.pixel(before.threads()), y.pixel(before.median()), x.pixel(count), y.pixel(speed.median()), ink);
                    double perfect = before.median() * count / before.threads();
                    if (perfect <= most * ROOM) {
                        pen.line(x.pixel(before.threads()), y.pixel(before.median()), x.pixel(count), y.pixel(perfect), Ink.AXIS);
                    }
                }
                if (speed != null) {
                    pen.dot(x.pixel(count), y.pixel(speed.median()), 4, ink);
                }
                before = speed;
            }
        }
    }

    /// A linear axis between two pixels.
    record Axis(double low, double high, double start, double end) {
        double pixel(double value) {
            return start + (value - low) / (high - low) * (end - start);
        }

        List<Double> ticks(double pixels) {
            return Ticks.linear(low, high, (int) Math.max(2, Math.abs(end - start) / pixels));
        }

        /// Grid and numbers of a vertical axis.
        void draw(Pen pen, double left, double right) {
            for (double tick : ticks(PIXELS_PER_TICK)) {
                pen.line(left, pixel(tick), right, pixel(tick), tick == 0 ? Ink.AXIS : Ink.GRID);
                pen.text(Units.number(tick), left - 8, pixel(tick), Align.RIGHT, Ink.MUTED);
            }
        }
    }
}
