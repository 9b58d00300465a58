package org.bitdistillery.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.BenchmarkReport.Model;
import org.bitdistillery.bench.BenchmarkReport.TimeShare;
import org.bitdistillery.bench.report.Drawing.Align;
import org.bitdistillery.bench.report.Drawing.Ink;
import org.bitdistillery.bench.report.Drawing.Pen;

/// Where the bytes are and where the time goes.
public final class MemoryCharts {

    private static final double GAP = 22;
    private static final double TOP = 26;
    private static final double LINE = 14;
    private static final double LEGEND = 12;

    private MemoryCharts() {}

    /// A treemap for each model whose tensors are known, all on one scale: equal areas are equal bytes.
    public static Drawing treemap(BenchmarkReport report, double width, double height) {
        Pen pen = new Pen();
        List<Model> models = report.models().stream().filter(model -> !model.memory().tensors().isEmpty()).toList();
        if (models.isEmpty()) {
            return pen.on(width, height);
        }
        Set<String> groups = new LinkedHashSet<>();
        models.forEach(model -> groups.addAll(model.memory().tensors().keySet()));
        double total = models.stream().mapToDouble(MemoryCharts::bytes).sum();
        double room = width - GAP * (models.size() - 1);
        double at = 0;
        for (Model model : models) {
            double part = room * bytes(model) / total;
            pen.text(title(model, part), at, LEGEND, Align.LEFT, Ink.TEXT);
            fill(pen, model.memory().tensors(), List.copyOf(groups), at, TOP, part, height - TOP);
            at += part + GAP;
        }
        return pen.on(width, height);
    }

    private static String title(Model model, double width) {
        String full = model.name() + ", " + Units.bytes((long) bytes(model));
        return Drawing.textWidth(full) <= width + GAP ? full : model.name();
    }

    private static double bytes(Model model) {
        return model.memory().tensors().values().stream().mapToLong(Long::longValue).sum();
    }

    /// Squarified (Bruls, Huizing and van Wijk 2000): rows are laid along the shorter side as long as that makes their tiles squarer.
    private static void fill(Pen pen, Map<String, Long> bytes, List<String> groups, double x, double y, double width, double height) {
        List<Map.Entry<String, Long>> left = new ArrayList<>(bytes.entrySet());
        left.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
        double scale = width * height / bytes.values().stream().mapToLong(Long::longValue).sum();
        double atX = x;
        double atY = y;
        double restWidth = width;
        double restHeight = height;
        while (!left.isEmpty()) {
            double side = Math.min(restWidth, restHeight);
            int count = 1;
            while (count < left.size() && worst(left.subList(0, count + 1), scale, side) <= worst(left.subList(0, count), scale, side)) {
                count++;
            }
            List<Map.Entry<String, Long>> row = left.subList(0, count);
            double thick = area(row, scale) / side;
            boolean upright = restWidth >= restHeight;
            double along = upright ? atY : atX;
            for (Map.Entry<String, Long> tile : row) {
                double length = tile.getValue() * scale / thick;
                if (upright) {
                    tile(pen, tile, groups, atX, along, thick, length);
                } else {
                    tile(pen, tile, groups, along, atY, length, thick);
                }
                along += length;
            }
            atX += upright ? thick : 0;
            atY += upright ? 0 : thick;
            restWidth -= upright ? thick : 0;
            restHeight -= upright ? 0 : thick;
            left = new ArrayList<>(left.subList(count, left.size()));
        }
    }

    private static double area(List<Map.Entry<String, Long>> row, double scale) {
        return row.stream().mapToDouble(tile -> tile.getValue() * scale).sum();
    }

    /// Largest ratio of the sides of the tiles of a row.
    private static double worst(List<Map.Entry<String, Long>> row, double scale, double side) {
        double thick = area(row, scale) / side;
        return row.stream().mapToDouble(tile -> {
            double length = tile.getValue() * scale / thick;
            return Math.max(length / thick, thick / length);
        }).max().orElseThrow();
    }

    private static void tile(
            Pen pen, Map.Entry<String, Long> group, List<String> groups, double x, double y, double width, double height) {
        double seam = Math.min(1, Math.min(width, height) / 4);
        pen.box(x + seam, y + seam, width - 2 * seam, height - 2 * seam, Drawing.series(groups.indexOf(group.getKey()) % 5), 0.3);
        String size = Units.bytes(group.getValue());
        boolean nameFits = Drawing.textWidth(group.getKey()) <= width - 8 && height >= LINE + 4;
        if (nameFits) {
            boolean sizeFits = Drawing.textWidth(size) <= width - 8 && height >= 2 * LINE + 4;
            pen.text(group.getKey(), x + width / 2, y + height / 2 - (sizeFits ? LINE / 2 : 0), Align.CENTER, Ink.TEXT);
            if (sizeFits) {
                pen.text(size, x + width / 2, y + height / 2 + LINE / 2, Align.CENTER, Ink.MUTED);
            }
        }
    }

    /// Shares of the time by part of the forward pass with the most threads, a bar for each model and kind of work.
    public static Drawing shares(BenchmarkReport report, double width) {
        record Row(String name, TimeShare share) {}
        Pen pen = new Pen();
        List<Row> rows = new ArrayList<>();
        int threads = report.threads().isEmpty() ? 0 : report.threads().getLast();
        report.models().forEach(model -> model.shares().stream().filter(share -> share.threads() == threads).forEach(
                share -> rows.add(new Row(model.name() + ", " + share.kind().name().toLowerCase(Locale.ROOT), share))));
        double rowHeight = 26;
        double height = TOP + rows.size() * rowHeight;
        if (rows.isEmpty()) {
            return pen.on(width, height);
        }
        List<String> parts = List.copyOf(rows.getFirst().share.parts().keySet());
        double left = 16 + rows.stream().mapToDouble(row -> Drawing.textWidth(row.name)).max().orElse(0);
        pen.legend(parts, left, LEGEND);
        for (int i = 0; i < rows.size(); i++) {
            double y = TOP + i * rowHeight;
            pen.text(rows.get(i).name, left - 12, y + rowHeight / 2, Align.RIGHT, Ink.TEXT);
            double at = left;
            for (int p = 0; p < parts.size(); p++) {
                double share = rows.get(i).share.parts().getOrDefault(parts.get(p), 0.0);
                double part = share * (width - left - 8);
                pen.box(at, y + 3, part, rowHeight - 6, Drawing.series(p), 0.55);
                String text = Math.round(100 * share) + " %";
                if (Drawing.textWidth(text) + 6 <= part) {
                    pen.text(text, at + part / 2, y + rowHeight / 2, Align.CENTER, Ink.TEXT);
                }
                at += part;
            }
        }
        return pen.on(width, height);
    }
}
