package org.bitdistillery.ui.benchmark;

import java.util.List;
import java.util.function.BiFunction;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.SpeedVerdict;
import org.bitdistillery.analysis.SpeedVerdict.Outcome;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.ReportTables;
import org.bitdistillery.bench.Workload;
import org.bitdistillery.bench.report.Drawing;
import org.bitdistillery.bench.report.MemoryCharts;
import org.bitdistillery.bench.report.SpeedCharts;
import org.bitdistillery.ui.chart.DrawingChart;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// A finished benchmark: verdict, doubts, charts, tables.
final class ReportPane extends VBox {

    private static final double CHART_HEIGHT = 230;
    private static final double TREEMAP_HEIGHT = 220;
    private static final PseudoClass GOOD = PseudoClass.getPseudoClass("good");
    private static final PseudoClass BAD = PseudoClass.getPseudoClass("bad");

    ReportPane(BenchmarkReport report) {
        super(12);
        setId("benchmark-report");
        getStyleClass().add("page");
        getChildren().add(verdict(report));
        if (!report.comparisons().isEmpty()) {
            getChildren().add(card("Against " + report.models().getFirst().name(),
                    chart((width, _) -> SpeedCharts.ratios(report, width), SpeedCharts.ratios(report, 600).height())));
        }
        HBox speeds = new HBox(12);
        for (Workload.Kind kind : Workload.Kind.values()) {
            if (report.workloads().stream().anyMatch(workload -> workload.kind() == kind)) {
                speeds.getChildren().add(grown(card(kind == Workload.Kind.PREFILL ? "Reading a prompt" : "Making tokens",
                        chart((width, height) -> SpeedCharts.bars(report, kind, width, height), CHART_HEIGHT))));
            }
        }
        getChildren().add(speeds);
        if (report.threads().size() > 1) {
            getChildren().add(card("Thread scaling", chart((width, height) -> SpeedCharts.scaling(report, width, height), CHART_HEIGHT)));
        }
        getChildren().add(card("Speed", table("benchmark-speeds", ReportTables.speeds(report), 3)));
        if (report.models().stream().anyMatch(model -> !model.memory().tensors().isEmpty())) {
            getChildren().add(card("Bytes by tensor group, equal areas are equal bytes",
                    chart((width, height) -> MemoryCharts.treemap(report, width, height), TREEMAP_HEIGHT)));
        }
        getChildren().add(card("Memory, told twice: everything, and without embedding and output head as papers print it",
                table("benchmark-memory", ReportTables.memory(report), 1)));
        if (report.models().stream().anyMatch(model -> !model.shares().isEmpty())) {
            getChildren().add(card("Where the time goes", chart((width, _) -> MemoryCharts.shares(report, width),
                    MemoryCharts.shares(report, 600).height())));
        }
    }

    private static Node verdict(BenchmarkReport report) {
        VBox words = new VBox(5);
        List<String> sentences = ReportTables.verdicts(report);
        for (String sentence : sentences) {
            Label label = wrapped(sentence);
            label.getStyleClass().add("verdict");
            words.getChildren().add(label);
        }
        if (sentences.isEmpty()) {
            words.getChildren().add(wrapped("One model alone has nothing to be compared with."));
        }
        ReportTables.remedies(report).forEach(text -> words.getChildren().add(wrapped(text)));
        Label load = wrapped(ReportTables.load(report));
        load.setId("benchmark-load");
        load.getStyleClass().add(report.load().othersShare() > SpeedVerdict.NOISY ? "warning-text" : "muted");
        words.getChildren().add(load);
        report.notes().forEach(note -> {
            Label label = wrapped(note);
            label.getStyleClass().add("muted");
            words.getChildren().add(label);
        });
        Label machine = wrapped(report.machine().cpu() + ", " + report.machine().cores() + " cores, Java " + report.machine().java()
                + ", measured in " + Units.duration(report.seconds()));
        machine.getStyleClass().add("muted");
        words.getChildren().add(machine);
        HBox.setHgrow(words, Priority.ALWAYS);
        FontIcon icon = new FontIcon(icon(report));
        icon.getStyleClass().add("verdict-icon");
        icon.pseudoClassStateChanged(GOOD, all(report, Outcome.FASTER));
        icon.pseudoClassStateChanged(BAD, all(report, Outcome.SLOWER));
        HBox card = new HBox(14, icon, words);
        card.setId("benchmark-verdict");
        card.getStyleClass().add("card");
        card.setAlignment(Pos.TOP_LEFT);
        return card;
    }

    private static Feather icon(BenchmarkReport report) {
        if (all(report, Outcome.FASTER)) {
            return Feather.CHECK_CIRCLE;
        }
        return all(report, Outcome.SLOWER) ? Feather.TRENDING_DOWN : Feather.INFO;
    }

    private static boolean all(BenchmarkReport report, Outcome outcome) {
        return !report.comparisons().isEmpty() && report.comparisons().stream().allMatch(one -> one.verdict().outcome() == outcome);
    }

    private static Label wrapped(String text) {
        Label label = new Label(text);
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        return label;
    }

    private static Node chart(BiFunction<Double, Double, Drawing> drawing, double height) {
        DrawingChart chart = new DrawingChart(drawing);
        chart.setMinHeight(height);
        chart.setPrefHeight(height);
        return chart;
    }

    /// @param texts columns at the left that hold words
    private static Node table(String id, ReportTables.Table table, int texts) {
        GridPane grid = new GridPane();
        grid.setId(id);
        for (int column = 0; column < table.header().size(); column++) {
            ColumnConstraints constraints = new ColumnConstraints();
            constraints.setHgrow(Priority.ALWAYS);
            grid.getColumnConstraints().add(constraints);
        }
        addRow(grid, 0, table.header(), "comparison-head", texts);
        for (int row = 0; row < table.rows().size(); row++) {
            addRow(grid, row + 1, table.rows().get(row), row % 2 == 0 ? "comparison-odd" : "comparison-even", texts);
        }
        return grid;
    }

    private static void addRow(GridPane grid, int index, List<String> cells, String style, int texts) {
        for (int column = 0; column < cells.size(); column++) {
            Label cell = new Label(cells.get(column));
            cell.getStyleClass().addAll("comparison-cell", "compact-cell", style);
            cell.setMaxSize(Double.MAX_VALUE, Double.MAX_VALUE);
            cell.setWrapText(index == 0);
            cell.setMinWidth(index == 0 ? 40 : Region.USE_PREF_SIZE);
            cell.setAlignment(column < texts ? Pos.CENTER_LEFT : Pos.CENTER_RIGHT);
            grid.add(cell, column, index);
        }
    }

    private static Node grown(Region card) {
        HBox.setHgrow(card, Priority.ALWAYS);
        card.setMinWidth(200);
        card.setPrefWidth(300);
        return card;
    }

    private static Region card(String title, Node body) {
        Label label = wrapped(title);
        label.getStyleClass().add("card-title");
        VBox card = new VBox(8, label, body);
        card.getStyleClass().add("card");
        return card;
    }
}
