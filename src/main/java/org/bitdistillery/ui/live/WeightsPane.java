package org.bitdistillery.ui.live;

import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.analysis.WeightHistory.Snapshot;
import org.bitdistillery.ui.chart.HistogramChart;

/// The latent weights of the stage on the ternary grid, at any sampled step.
final class WeightsPane extends VBox {

    private final LiveViewModel live;
    private final HistogramChart chart = new HistogramChart();
    private final ComboBox<String> tensor = new ComboBox<>();
    private final Slider scrubber = new Slider();
    private final Label step = new Label();
    private final Label zero = value("weights-zero");
    private final Label boundary = value("weights-boundary");
    private final Label delta = value("weights-delta");
    private boolean refreshing;

    WeightsPane(LiveViewModel live) {
        this.live = live;
        getStyleClass().addAll("card", "weights-pane");
        setSpacing(8);
        chart.setId("weights-chart");
        chart.setPlaceholder("Histograms appear when a quantized stage trains");
        VBox.setVgrow(chart, Priority.ALWAYS);
        getChildren().addAll(header(), numbers(), chart, scrubberRow());
        live.stageProperty().addListener((_, _, _) -> live.snapshotProperty().set(LiveViewModel.NEWEST));
    }

    void refresh() {
        refreshing = true;
        if (!tensor.getItems().equals(live.tensors())) {
            tensor.getItems().setAll(live.tensors());
        }
        tensor.setValue(live.tensors().contains(live.tensorProperty().get()) ? live.tensorProperty().get() : null);
        tensor.setDisable(live.tensors().isEmpty());
        List<Snapshot> snapshots = live.snapshots();
        scrubber.setMax(Math.max(1, snapshots.size() - 1));
        scrubber.setDisable(snapshots.size() < 2);
        if (live.snapshotProperty().get() == LiveViewModel.NEWEST) {
            scrubber.setValue(scrubber.getMax());
        }
        refreshing = false;
        live.shownSnapshot().ifPresentOrElse(this::show, this::showNothing);
    }

    private void show(Snapshot snapshot) {
        Snapshot first = live.snapshots().getFirst();
        boolean moved = first.step() < snapshot.step();
        chart.setHistogram(snapshot.histogram(), moved ? first.histogram() : null, "at step " + Units.count(first.step()));
        zero.setText(Units.percent(snapshot.histogram().zeroFraction()));
        boundary.setText(Units.percent(snapshot.histogram().boundaryMass()));
        delta.setText(Units.number(snapshot.histogram().delta()));
        step.setText("Step " + Units.count(snapshot.step()));
    }

    private void showNothing() {
        chart.setHistogram(null, null, "");
        List.of(zero, boundary, delta).forEach(label -> label.setText(Units.UNKNOWN));
        step.setText("");
    }

    private Node header() {
        Label title = new Label("Weights");
        title.getStyleClass().add("card-title");
        Label what = new Label("latent, on the ternary grid");
        what.getStyleClass().add("muted");
        tensor.setId("weights-tensor");
        tensor.getStyleClass().add("small-control");
        tensor.setTooltip(new Tooltip("Projection whose weights are shown"));
        tensor.setMaxWidth(220);
        tensor.valueProperty().addListener((_, _, chosen) -> {
            if (!refreshing && chosen != null) {
                live.tensorProperty().set(chosen);
                refresh();
            }
        });
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox header = new HBox(8, title, what, gap, tensor);
        header.setAlignment(Pos.CENTER_LEFT);
        return header;
    }

    private Node numbers() {
        HBox numbers = new HBox(20,
                number("Zero fraction", zero, "Share of the weights whose code is 0"),
                number("Boundary mass", boundary, "Share of the weights within 5 % of δ of ±δ/2, where a small gradient flips the code"),
                number("Scale δ", delta, "Mean of |W|: the distance of the ternary levels"));
        numbers.setAlignment(Pos.BASELINE_LEFT);
        return numbers;
    }

    private static Node number(String name, Label value, String help) {
        Label label = new Label(name);
        label.getStyleClass().add("muted");
        label.setTooltip(new Tooltip(help));
        HBox box = new HBox(6, label, value);
        box.setAlignment(Pos.BASELINE_LEFT);
        return box;
    }

    private Node scrubberRow() {
        scrubber.setId("weights-step");
        scrubber.setMin(0);
        scrubber.setMajorTickUnit(1);
        scrubber.setMinorTickCount(0);
        scrubber.setSnapToTicks(true);
        scrubber.setTooltip(new Tooltip("Look back at an earlier sample"));
        HBox.setHgrow(scrubber, Priority.ALWAYS);
        scrubber.valueProperty().addListener((_, _, at) -> {
            if (!refreshing) {
                int index = (int) Math.round(at.doubleValue());
                live.snapshotProperty().set(index >= live.snapshots().size() - 1 ? LiveViewModel.NEWEST : index);
                live.shownSnapshot().ifPresent(this::show);
            }
        });
        step.getStyleClass().add("muted");
        step.setMinWidth(78);
        step.setAlignment(Pos.CENTER_RIGHT);
        HBox row = new HBox(8, scrubber, step);
        row.setAlignment(Pos.CENTER_LEFT);
        return row;
    }

    private static Label value(String id) {
        Label label = new Label(Units.UNKNOWN);
        label.setId(id);
        label.getStyleClass().add("figure");
        return label;
    }
}
