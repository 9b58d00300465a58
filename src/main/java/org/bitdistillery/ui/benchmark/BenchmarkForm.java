package org.bitdistillery.ui.benchmark;

import atlantafx.base.controls.ToggleSwitch;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.binding.Bindings;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.util.StringConverter;
import org.bitdistillery.bench.SyntheticShape;
import org.bitdistillery.run.ModelTargets;
import org.bitdistillery.ui.form.FormField;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// What is measured, and how often.
final class BenchmarkForm extends ScrollPane {

    private final BenchmarkViewModel model;
    private final VBox chosen = new VBox(4);

    /// @param run the folder of the run that is shown in the window, if there is one
    BenchmarkForm(BenchmarkViewModel model, Supplier<Optional<Path>> run) {
        this.model = model;
        setId("benchmark-form");
        getStyleClass().addAll("page-form", "edge-to-edge");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        Button thisRun = small("benchmark-run", "Shown run", Feather.CLOCK,
                "The FP16 model, the student and the GGUF exports of the run that is shown");
        thisRun.setOnAction(_ -> run.get().ifPresent(folder -> model.add(folder.toString())));
        thisRun.setDisable(run.get().isEmpty());
        Button folder = small("benchmark-folder", "Folder…", Feather.FOLDER, "A model in Hugging Face layout, or a run");
        folder.setOnAction(_ -> folder("Choose a model or a run").ifPresent(path -> model.add(path.toString())));
        Button gguf = small("benchmark-gguf", "GGUF…", Feather.FILE, "An exported or downloaded file, measured in llama.cpp and in this engine");
        gguf.setOnAction(_ -> file("Choose a GGUF file", "*.gguf").ifPresent(path -> {
            model.add(path.toString());
            model.add(ModelTargets.OWN + path);
        }));
        VBox content = new VBox(14,
                FormField.of("Models", "The first one is what the others are compared with.",
                        new VBox(6, chosen, new HBox(6, thisRun, folder, gguf))),
                FormField.of("Random weights of a shape", "Learn what a distillation would bring: FP16 and student, no training.", shapes()),
                FormField.of("Prompts, tokens", "Reading these is timed.", text("benchmark-prompts", model.promptsProperty())),
                FormField.of("Decode, tokens", "Made one by one.", text("benchmark-decode", model.decodeTokensProperty())),
                FormField.of("Context, tokens", "In the cache before decoding.", text("benchmark-contexts", model.contextsProperty())),
                FormField.of("Rounds", "The models take turns; a verdict needs 5.", text("benchmark-rounds", model.roundsProperty())),
                sweep(),
                FormField.of("llama.cpp", "llama-bench, library or binding's jar, for GGUF files.", llama()));
        content.getStyleClass().add("settings-body");
        content.disableProperty().bind(model.phaseProperty().isEqualTo(BenchmarkViewModel.Phase.RUNNING));
        setContent(content);
        model.models().addListener((ListChangeListener<String>) _ -> showModels());
        visibleProperty().addListener((_, _, _) -> thisRun.setDisable(run.get().isEmpty()));
        sceneProperty().addListener((_, _, _) -> thisRun.setDisable(run.get().isEmpty()));
        showModels();
    }

    private void showModels() {
        chosen.getChildren().clear();
        if (model.models().isEmpty()) {
            Label none = new Label("None yet");
            none.getStyleClass().add("muted");
            chosen.getChildren().add(none);
        }
        for (String one : model.models()) {
            boolean own = one.startsWith(ModelTargets.OWN);
            Path path = Path.of(own ? one.substring(ModelTargets.OWN.length()) : one);
            Label name = new Label((path.getFileName() == null ? one : path.getFileName().toString()) + (own ? " here" : ""));
            name.setTooltip(new Tooltip(one));
            name.setMaxWidth(Double.MAX_VALUE);
            HBox.setHgrow(name, Priority.ALWAYS);
            Button remove = new Button(null, new FontIcon(Feather.X));
            remove.getStyleClass().addAll("button-icon", "flat", "reset");
            remove.setTooltip(new Tooltip("Remove"));
            remove.setMinWidth(USE_PREF_SIZE);
            remove.setOnAction(_ -> model.models().remove(one));
            HBox row = new HBox(6, new FontIcon(one.endsWith(".gguf") ? Feather.FILE : Feather.FOLDER), name, remove);
            row.setAlignment(Pos.CENTER_LEFT);
            row.getStyleClass().add("benchmark-model");
            chosen.getChildren().add(row);
        }
    }

    private Node shapes() {
        ComboBox<SyntheticShape> shapes = new ComboBox<>();
        shapes.setId("benchmark-shape");
        List<SyntheticShape> all = new ArrayList<>();
        all.add(null);
        all.addAll(List.of(SyntheticShape.values()));
        shapes.setItems(FXCollections.observableArrayList(all));
        shapes.setConverter(new StringConverter<>() {
            @Override
            public String toString(SyntheticShape shape) {
                return shape == null ? "None" : shape.title();
            }

            @Override
            public SyntheticShape fromString(String text) {
                return null;
            }
        });
        shapes.setMaxWidth(Double.MAX_VALUE);
        shapes.valueProperty().bindBidirectional(model.shapeProperty());
        return shapes;
    }

    private Node sweep() {
        ToggleSwitch sweep = new ToggleSwitch();
        sweep.setId("benchmark-sweep");
        sweep.selectedProperty().bindBidirectional(model.sweepProperty());
        sweep.setMinWidth(Region.USE_PREF_SIZE);
        Label name = new Label("Thread sweep");
        Label help = FormField.help("Shows how speed grows from 1 thread to every core.");
        VBox words = new VBox(1, name, help);
        HBox.setHgrow(words, Priority.ALWAYS);
        HBox row = new HBox(8, words, sweep);
        row.setAlignment(Pos.CENTER_LEFT);
        return row;
    }

    private Node llama() {
        TextField path = text("benchmark-llama", model.llamaProperty());
        path.setPromptText("the one on the path");
        HBox.setHgrow(path, Priority.ALWAYS);
        Button choose = new Button(null, new FontIcon(Feather.FOLDER));
        choose.getStyleClass().add("button-icon");
        choose.setMinWidth(USE_PREF_SIZE);
        choose.setTooltip(new Tooltip("Choose llama-bench, a library or a jar"));
        choose.setOnAction(_ -> file("Choose llama.cpp", "*").ifPresent(file -> model.llamaProperty().set(file.toString())));
        return new HBox(6, path, choose);
    }

    private static TextField text(String id, StringProperty value) {
        TextField field = new TextField();
        field.setId(id);
        field.textProperty().bindBidirectional(value);
        return field;
    }

    private static Button small(String id, String text, Feather icon, String help) {
        Button button = new Button(text, new FontIcon(icon));
        button.setId(id);
        button.getStyleClass().add("small");
        button.setTooltip(new Tooltip(help));
        button.setMinWidth(USE_PREF_SIZE);
        return button;
    }

    private Optional<Path> folder(String title) {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle(title);
        return Optional.ofNullable(chooser.showDialog(getScene().getWindow())).map(File::toPath);
    }

    private Optional<Path> file(String title, String pattern) {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(title);
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter(title, pattern));
        return Optional.ofNullable(chooser.showOpenDialog(getScene().getWindow())).map(File::toPath);
    }

    /// The button that starts, or stops what is going.
    static Button startButton(BenchmarkViewModel model) {
        FontIcon icon = new FontIcon(Feather.PLAY);
        Button start = new Button("Measure", icon);
        start.setId("benchmark-start");
        start.getStyleClass().add("accent");
        start.setMaxWidth(Double.MAX_VALUE);
        var running = model.phaseProperty().isEqualTo(BenchmarkViewModel.Phase.RUNNING);
        start.textProperty().bind(Bindings.when(running).then("Stop").otherwise("Measure"));
        start.disableProperty().bind(model.canStartProperty().not().and(running.not()));
        start.setOnAction(_ -> {
            if (running.get()) {
                model.cancel();
            } else {
                model.start();
            }
        });
        running.addListener((_, _, now) -> icon.setIconCode(now ? Feather.SQUARE : Feather.PLAY));
        return start;
    }
}
