package org.bitdistillery.ui.benchmark;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.TextAlignment;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import org.bitdistillery.ui.benchmark.BenchmarkViewModel.Phase;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The page on which models are measured against each other.
public final class BenchmarkView extends BorderPane {

    private static final double FORM_WIDTH = 320;

    private final BenchmarkViewModel model;
    private final Consumer<String> tell;
    private final ScrollPane results = new ScrollPane();
    private final Label message = new Label();
    private final ProgressBar bar = new ProgressBar();
    private final HBox banner;
    private final FontIcon mark = new FontIcon(Feather.ACTIVITY);

    /// @param run  the folder of the run that is shown in the window, if there is one
    /// @param tell says a sentence to the user
    public BenchmarkView(BenchmarkViewModel model, Supplier<Optional<Path>> run, Consumer<String> tell) {
        this.model = model;
        this.tell = tell;
        setId("benchmark-view");
        getStyleClass().addAll("run-pane", "form-page");
        banner = banner();
        setLeft(form(run));
        VBox top = new VBox(header(), banner);
        VBox.setMargin(banner, new Insets(10, 12, 0, 12));
        setCenter(new BorderPane(results, top, null, null, null));
        results.setId("benchmark-results");
        results.getStyleClass().add("edge-to-edge");
        results.setFitToWidth(true);
        results.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        model.phaseProperty().addListener((_, _, _) -> refresh());
        model.reportProperty().addListener((_, _, _) -> showReport());
        refresh();
        showReport();
    }

    private Node form(Supplier<Optional<Path>> run) {
        Label title = new Label("Benchmark");
        title.getStyleClass().add("form-title");
        Label text = new Label("Speed and memory on this machine's processor. Each measurement runs in a fresh process.");
        text.getStyleClass().add("muted");
        text.setWrapText(true);
        text.setMinHeight(Region.USE_PREF_SIZE);
        VBox head = new VBox(3, title, text);
        head.getStyleClass().add("form-header");
        VBox foot = new VBox(BenchmarkForm.startButton(model));
        foot.getStyleClass().add("benchmark-foot");
        BorderPane pane = new BorderPane(new BenchmarkForm(model, run), head, null, foot, null);
        pane.getStyleClass().add("settings-pane");
        pane.setPrefWidth(FORM_WIDTH);
        pane.setMinWidth(FORM_WIDTH);
        return pane;
    }

    private Node header() {
        Label title = new Label("Report");
        title.getStyleClass().add("run-name");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button open = button("benchmark-open", "Open…", Feather.FOLDER);
        open.setOnAction(_ -> chooseReport().ifPresent(model::open));
        open.disableProperty().bind(model.phaseProperty().isEqualTo(Phase.RUNNING));
        Button export = button("benchmark-export", "Save report…", Feather.SHARE);
        export.disableProperty().bind(model.reportProperty().isNull());
        export.setOnAction(_ -> chooseFolder().map(model::export).ifPresent(tell));
        HBox box = new HBox(10, title, gap, open, export);
        box.getStyleClass().add("run-header");
        box.setAlignment(Pos.CENTER_LEFT);
        return box;
    }

    private HBox banner() {
        message.setId("benchmark-message");
        message.setWrapText(true);
        message.setMinHeight(Region.USE_PREF_SIZE);
        message.setMaxWidth(Double.MAX_VALUE);
        message.textProperty().bind(model.messageProperty());
        bar.setMaxWidth(Double.MAX_VALUE);
        bar.getStyleClass().add("rail-bar");
        VBox words = new VBox(6, message, bar);
        HBox.setHgrow(words, Priority.ALWAYS);
        HBox box = new HBox(10, mark, words);
        box.setAlignment(Pos.CENTER_LEFT);
        return box;
    }

    private void refresh() {
        Phase phase = model.phaseProperty().get();
        boolean shown = phase == Phase.RUNNING || phase == Phase.FAILED || phase == Phase.STOPPED;
        banner.setVisible(shown);
        banner.setManaged(shown);
        banner.getStyleClass().setAll("notice", "benchmark-banner", switch (phase) {
            case FAILED -> "notice-error";
            case STOPPED -> "notice-warning";
            default -> "notice-information";
        });
        mark.setIconCode(phase == Phase.FAILED ? Feather.ALERT_TRIANGLE : phase == Phase.STOPPED ? Feather.SQUARE : Feather.ACTIVITY);
        boolean running = phase == Phase.RUNNING;
        bar.setVisible(running);
        bar.setManaged(running);
        bar.progressProperty().unbind();
        if (running) {
            bar.progressProperty().bind(model.taskProperty().get().progressProperty());
        }
        if (model.reportProperty().get() == null) {
            results.setContent(placeholder(phase));
        }
    }

    private void showReport() {
        boolean there = model.reportProperty().get() != null;
        results.setFitToHeight(!there);
        results.setContent(there ? new ReportPane(model.reportProperty().get()) : placeholder(model.phaseProperty().get()));
    }

    private static Node placeholder(Phase phase) {
        Label title = new Label(phase == Phase.RUNNING ? "Measuring" : "No report yet");
        title.getStyleClass().add("start-title");
        Label text = new Label(phase == Phase.RUNNING
                ? "The verdict comes when every round is done. Leave the machine alone until then: what else runs is recorded and shown."
                : "Choose models or a shape on the left and press Measure. A verdict is faster, slower or inconclusive, with a 95 % interval.");
        text.getStyleClass().add("muted");
        text.setWrapText(true);
        text.setMaxWidth(440);
        VBox words = new VBox(6, title, text);
        words.setAlignment(Pos.CENTER);
        text.setTextAlignment(TextAlignment.CENTER);
        words.setMaxHeight(Region.USE_PREF_SIZE);
        StackPane pane = new StackPane(words);
        pane.setId("benchmark-placeholder");
        pane.getStyleClass().add("page");
        return pane;
    }

    private static Button button(String id, String text, Feather icon) {
        Button button = new Button(text, new FontIcon(icon));
        button.setId(id);
        button.setMinWidth(USE_PREF_SIZE);
        return button;
    }

    private Optional<Path> chooseReport() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Open a benchmark report");
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter("Benchmark reports", "*.json"));
        return Optional.ofNullable(chooser.showOpenDialog(getScene().getWindow())).map(File::toPath);
    }

    private Optional<Path> chooseFolder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle("Save the report to");
        return Optional.ofNullable(chooser.showDialog(getScene().getWindow())).map(File::toPath);
    }
}
