package org.bitdistillery.ui.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.css.PseudoClass;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.ExportedTensor;
import org.bitdistillery.event.FormatAnswer;
import org.bitdistillery.event.GateReading;
import org.bitdistillery.ui.chart.ComparisonGrid;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The student as files: which program can run it and why not, the choice of format, the export as it goes on, and what each
/// program that loaded the files again said.
public final class ExportView extends ScrollPane {

    private static final PseudoClass FAILED = PseudoClass.getPseudoClass("failed");
    private static final PseudoClass IMPOSSIBLE = PseudoClass.getPseudoClass("impossible");
    private static final double ROW = 32;
    private static final double NARROWEST = 104;
    private static final double NAMES_SHARE = 34;

    private final ExportViewModel model;
    private final Supplier<Optional<Path>> browse;
    private final VBox done = new VBox(12);

    /// @param browse asks the user for a folder
    public ExportView(ExportViewModel model, Supplier<Optional<Path>> browse) {
        this.model = model;
        this.browse = browse;
        setId("export-view");
        getStyleClass().addAll("results-view", "edge-to-edge");
        VBox content = new VBox(12, card("What the student can be exported to", formats()), card("Export", options()), done);
        content.getStyleClass().add("page");
        setContent(content);
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        model.exportedProperty().addListener((_, _, now) -> showDone(now));
        showDone(model.exportedProperty().get());
    }

    private Node formats() {
        TableView<FormatAnswer> table = table("export-formats");
        table.setItems(model.formats());
        table.getColumns().setAll(List.of(
                column("Format", 110, FormatAnswer::format), column("For", 110, FormatAnswer::runsOn),
                column("Possible", 80, answer -> answer.possible() ? "yes" : "no"),
                column("Result or remedy", 560, ExportView::sentence)));
        table.setRowFactory(_ -> new TableRow<>() {
            @Override
            protected void updateItem(FormatAnswer answer, boolean empty) {
                super.updateItem(answer, empty);
                pseudoClassStateChanged(IMPOSSIBLE, !empty && answer != null && !answer.possible());
            }
        });
        table.getSelectionModel().selectedItemProperty().addListener((_, _, chosen) -> model.formatProperty().set(chosen));
        model.formatProperty().addListener((_, _, chosen) -> table.getSelectionModel().select(chosen));
        table.getSelectionModel().select(model.formatProperty().get());
        model.formats().addListener((ListChangeListener<FormatAnswer>) _ -> fit(table, model.formats().size()));
        fit(table, model.formats().size());
        Label whole = detail("");
        whole.setId("export-format-sentence");
        whole.textProperty().bind(Bindings.createStringBinding(
                () -> model.formatProperty().get() == null ? "" : sentence(model.formatProperty().get()), model.formatProperty()));
        return new VBox(8, table, whole);
    }

    private static String sentence(FormatAnswer answer) {
        return answer.possible() ? answer.reason() : answer.reason() + " → " + answer.instead();
    }

    private Node options() {
        ChoiceBox<String> embeddings = new ChoiceBox<>();
        embeddings.setId("export-embeddings");
        embeddings.getItems().setAll(ExportViewModel.EMBEDDINGS);
        embeddings.valueProperty().bindBidirectional(model.embeddingsProperty());
        embeddings.disableProperty().bind(isNoGguf());
        TextField target = new TextField();
        target.setId("export-target");
        target.textProperty().bindBidirectional(model.targetProperty());
        HBox.setHgrow(target, Priority.ALWAYS);
        Button choose = new Button("Browse…", new FontIcon(Feather.FOLDER));
        choose.setMinWidth(Region.USE_PREF_SIZE);
        choose.setOnAction(_ -> browse.get().ifPresent(folder -> model.targetProperty().set(
                folder.resolve(Path.of(model.targetProperty().get()).getFileName()).toString())));
        Label words = new Label("Embeddings in GGUF");
        words.setMinWidth(Region.USE_PREF_SIZE);
        Label to = new Label("To the new folder");
        to.setMinWidth(Region.USE_PREF_SIZE);
        embeddings.setMinWidth(Region.USE_PREF_SIZE);
        HBox first = new HBox(10, to, target, choose);
        first.setAlignment(Pos.CENTER_LEFT);
        HBox second = new HBox(10, words, embeddings);
        second.setAlignment(Pos.CENTER_LEFT);
        return new VBox(10, first, second, library(), actions());
    }

    private BooleanBinding isNoGguf() {
        return Bindings.createBooleanBinding(() -> !model.isGguf(), model.formatProperty());
    }

    /// The program that a GGUF file is checked with.
    private Node library() {
        TextField path = new TextField();
        path.setId("export-library");
        path.textProperty().bindBidirectional(model.libraryProperty());
        path.promptTextProperty().bind(Bindings.createStringBinding(() -> !model.isGguf() ? ""
                : model.formatProperty().get().runsOn().equals("bitnet.cpp") ? "a bitnet.cpp's libllama; none comes along"
                        : "the llama.cpp that comes along", model.formatProperty()));
        HBox.setHgrow(path, Priority.ALWAYS);
        Button choose = new Button("Browse…", new FontIcon(Feather.FILE));
        choose.setMinWidth(Region.USE_PREF_SIZE);
        choose.setOnAction(_ -> {
            FileChooser chooser = new FileChooser();
            chooser.setTitle("Choose the libllama to check with");
            Optional.ofNullable(chooser.showOpenDialog(getScene().getWindow())).ifPresent(file -> model.libraryProperty().set(file.toString()));
        });
        Label words = new Label("Check GGUF with");
        words.setMinWidth(Region.USE_PREF_SIZE);
        words.setTooltip(new Tooltip("The shared library of the llama.cpp or bitnet.cpp that will run the file"));
        HBox row = new HBox(10, words, path, choose);
        row.setAlignment(Pos.CENTER_LEFT);
        row.disableProperty().bind(isNoGguf());
        return row;
    }

    private Node actions() {
        Button start = new Button("Export", new FontIcon(Feather.SHARE));
        start.setId("export-start");
        start.getStyleClass().add("accent");
        start.setMinWidth(Region.USE_PREF_SIZE);
        start.disableProperty().bind(Bindings.createBooleanBinding(
                () -> !model.canStart(), model.runningProperty(), model.formatProperty(), model.targetProperty()));
        start.setOnAction(_ -> model.start());
        Button cancel = new Button("Cancel", new FontIcon(Feather.X));
        cancel.setId("export-cancel");
        cancel.setMinWidth(Region.USE_PREF_SIZE);
        cancel.disableProperty().bind(model.runningProperty().not());
        cancel.setOnAction(_ -> model.cancel());
        ProgressBar progress = new ProgressBar();
        progress.progressProperty().bind(model.progressProperty());
        progress.visibleProperty().bind(model.runningProperty());
        progress.managedProperty().bind(model.runningProperty());
        progress.setPrefWidth(180);
        Label message = new Label();
        message.setId("export-message");
        message.getStyleClass().add("export-message");
        message.textProperty().bind(model.messageProperty());
        message.setWrapText(true);
        message.pseudoClassStateChanged(FAILED, model.failedProperty().get());
        model.failedProperty().addListener((_, _, failed) -> message.pseudoClassStateChanged(FAILED, failed));
        HBox.setHgrow(message, Priority.ALWAYS);
        HBox second = new HBox(10, start, cancel, progress, message);
        second.setAlignment(Pos.CENTER_LEFT);
        return second;
    }

    private void showDone(Exported exported) {
        done.getChildren().clear();
        if (exported == null) {
            return;
        }
        VBox gate = new VBox(8, readings(exported.summary().readings()));
        exported.summary().files().forEach(file -> gate.getChildren().add(
                detail(file.name() + ", " + Units.bytes(file.bytes()) + ", SHA-256 " + file.sha256())));
        exported.summary().notes().forEach(note -> gate.getChildren().add(detail("Note: " + note)));
        long bytes = exported.tensors().stream().mapToLong(ExportedTensor::bytes).sum();
        done.getChildren().setAll(
                card("Gate: loaded again and compared with the student", gate),
                card(exported.tensors().size() + " tensors, " + Units.bytes(bytes), tensors(exported.tensors())));
    }

    private static Node readings(List<GateReading> readings) {
        double[] shares = new double[readings.size() + 1];
        Arrays.fill(shares, (100 - NAMES_SHARE) / readings.size());
        shares[0] = NAMES_SHARE;
        ComparisonGrid grid = new ComparisonGrid(shares, row("Loaded again by", readings, GateReading::reader));
        grid.setId("export-readings");
        grid.addMeasure(row("Largest logit difference", readings, reading -> number("%.3g", reading.largestDifference())));
        grid.addMeasure(row("  of the largest logit", readings, reading -> Units.percent(reading.relativeDifference())));
        grid.addMeasure(row("Same token", readings, reading -> Units.percent(reading.tokenAgreement()) + " of " + reading.tokens()));
        grid.addMeasure(row("Perplexity", readings, reading -> number("×%.4f", reading.perplexityRatio())));
        if (readings.stream().anyMatch(reading -> reading.answerAgreement() != null)) {
            grid.addMeasure(row("Same answer", readings, reading -> reading.answerAgreement() == null ? ""
                    : Units.percent(reading.answerAgreement()) + " of " + reading.rows()));
            grid.addMeasure(row("Accuracy", readings, reading -> reading.accuracy() == null ? "" : Units.percent(reading.accuracy())));
            grid.addMeasure(row("  of the student", readings,
                    reading -> reading.studentAccuracy() == null ? "" : Units.percent(reading.studentAccuracy())));
        }
        return grid;
    }

    private static String[] row(String name, List<GateReading> readings, Function<GateReading, String> text) {
        return Stream.concat(Stream.of(name), readings.stream().map(text)).toArray(String[]::new);
    }

    private static Node tensors(List<ExportedTensor> tensors) {
        TableView<ExportedTensor> table = table("export-tensors");
        table.getColumns().setAll(List.of(
                column("Name", 380, ExportedTensor::name),
                column("Shape", 140, tensor -> tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(" × "))),
                column("Type", 90, ExportedTensor::type), column("Bytes", 110, tensor -> String.format(Locale.ROOT, "%,d", tensor.bytes()))));
        table.getItems().setAll(tensors);
        table.setPrefHeight(ROW * 11);
        return table;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static <T> TableView<T> table(String id) {
        TableView<T> table = new TableView<>();
        table.setId(id);
        table.getStyleClass().addAll("samples", "striped");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        table.setFixedCellSize(ROW);
        return table;
    }

    private static void fit(TableView<?> table, int rows) {
        double height = ROW * (Math.max(1, rows) + 1) + 12;
        table.setPrefHeight(height);
        table.setMinHeight(height);
    }

    private static <T> TableColumn<T, String> column(String title, double width, Function<T, String> text) {
        TableColumn<T, String> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setMinWidth(Math.min(width, NARROWEST));
        column.setSortable(false);
        column.setCellValueFactory(row -> new ReadOnlyStringWrapper(text.apply(row.getValue())));
        column.setCellFactory(_ -> new TableCell<>() {
            @Override
            protected void updateItem(String item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty ? null : item);
                setTooltip(empty || item == null || item.length() < 30 ? null : new Tooltip(item));
            }
        });
        return column;
    }

    private static Label detail(String text) {
        Label label = new Label(text);
        label.getStyleClass().add("setting-help");
        label.setWrapText(true);
        return label;
    }

    private static Node card(String title, Node body) {
        Label label = new Label(title);
        label.getStyleClass().add("card-title");
        VBox card = new VBox(8, label, body);
        card.getStyleClass().add("card");
        return card;
    }
}
