package org.bitdistillery.ui.playground;

import java.io.File;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Control;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.util.StringConverter;
import org.bitdistillery.ui.form.FormField;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// Which models are asked, and how.
final class PlaygroundForm extends ScrollPane {

    private static final PseudoClass FAILED = PseudoClass.getPseudoClass("failed");

    private final PlaygroundViewModel model;
    private final Supplier<List<ModelChoice>> choices;

    /// @param choices the models to choose from, asked for whenever a list opens
    PlaygroundForm(PlaygroundViewModel model, Supplier<List<ModelChoice>> choices) {
        this.model = model;
        this.choices = choices;
        setId("playground-form");
        getStyleClass().addAll("page-form", "edge-to-edge");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        SamplingForm sampling = model.sampling();
        VBox content = new VBox(14,
                seat("Model", "playground-first", model.seats().getFirst()),
                seat("Beside it", "playground-second", model.seats().getLast()),
                unload(),
                mode(),
                generation(
                    number("playground-tokens", "Tokens at most", sampling.tokensProperty(), "The answer ends there at the latest."),
                    number("playground-temperature", "Temperature", sampling.temperatureProperty(), "0 always takes the likeliest token."),
                    number("playground-top-k", "Top-k", sampling.topKProperty(), "Draws from the k likeliest tokens; 0 for all."),
                    number("playground-top-p", "Top-p", sampling.topPProperty(),
                            "Draws from the likeliest tokens with this share of the probability; 1 for all."),
                    number("playground-min-p", "Min-p", sampling.minPProperty(),
                            "Draws from tokens with this share of the likeliest one's probability; 0 for all."),
                    number("playground-penalty", "Repetition penalty", sampling.repetitionPenaltyProperty(),
                            "Makes tokens that were there already less likely; 1 for not."),
                    number("playground-seed", "Seed", sampling.seedProperty(), "The same seed draws the same tokens."),
                    cell("Keys and values", caches(), "f16 and int8 take a half and a quarter of the memory.")),
                number("playground-threads", "Threads", sampling.threadsProperty(), "0 for every core. Another number loads the models again."));
        content.getStyleClass().add("settings-body");
        content.disableProperty().bind(model.busyProperty());
        setContent(content);
    }

    private Node seat(String title, String id, Seat seat) {
        ComboBox<ModelChoice> models = new ComboBox<>();
        models.setId(id);
        models.setPromptText("none");
        models.setMaxWidth(Double.MAX_VALUE);
        models.setVisibleRowCount(12);
        models.setConverter(new NameOnly());
        models.setCellFactory(_ -> new ChoiceCell());
        models.setOnShowing(_ -> fill(models, seat));
        models.valueProperty().bindBidirectional(seat.choiceProperty());
        HBox.setHgrow(models, Priority.ALWAYS);
        MenuItem folder = new MenuItem("Folder of a model…", new FontIcon(Feather.FOLDER));
        folder.setOnAction(_ -> folder().map(ModelChoice::of).ifPresent(models::setValue));
        MenuItem file = new MenuItem("Packed or GGUF file…", new FontIcon(Feather.FILE));
        file.setOnAction(_ -> file().map(ModelChoice::of).ifPresent(models::setValue));
        MenuItem none = new MenuItem("None", new FontIcon(Feather.X));
        none.setOnAction(_ -> models.setValue(null));
        MenuButton more = new MenuButton(null, new FontIcon(Feather.MORE_HORIZONTAL), folder, file, none);
        more.setId(id + "-more");
        more.getStyleClass().addAll("button-icon", "playground-more");
        more.setTooltip(new Tooltip("A model from elsewhere, or none"));
        more.setMinWidth(USE_PREF_SIZE);
        HBox row = new HBox(6, models, more);
        row.setAlignment(Pos.CENTER_LEFT);
        Label state = FormField.help("");
        state.textProperty().bind(seat.stateProperty());
        state.managedProperty().bind(seat.stateProperty().isNotEmpty());
        state.pseudoClassStateChanged(FAILED, seat.failedProperty().get());
        seat.failedProperty().addListener((_, _, failed) -> state.pseudoClassStateChanged(FAILED, failed));
        return new VBox(3, new Label(title), row, state);
    }

    private void fill(ComboBox<ModelChoice> models, Seat seat) {
        ModelChoice now = seat.choiceProperty().get();
        List<ModelChoice> all = choices.get();
        models.setItems(FXCollections.observableArrayList(all));
        models.setValue(now);
        if (all.isEmpty()) {
            models.setPlaceholder(FormField.help("No models in the library yet. The button beside this list opens files."));
        }
    }

    private Node unload() {
        Button unload = new Button("Unload", new FontIcon(Feather.LOG_OUT));
        unload.setId("playground-unload");
        unload.getStyleClass().add("small");
        unload.setTooltip(new Tooltip("Gives the memory of the models back; the next prompt loads them again"));
        unload.disableProperty().bind(model.seats().getFirst().stateProperty().isEmpty().and(model.seats().getLast().stateProperty().isEmpty()));
        unload.setOnAction(_ -> model.unload());
        return unload;
    }

    private Node mode() {
        Map<PromptMode, ToggleButton> buttons = new EnumMap<>(PromptMode.class);
        for (PromptMode mode : PromptMode.values()) {
            ToggleButton button = new ToggleButton(mode.title());
            button.setId("playground-" + mode.name().toLowerCase(Locale.ROOT));
            button.setMinWidth(Region.USE_PREF_SIZE);
            button.setUserData(mode);
            buttons.put(mode, button);
        }
        buttons.get(PromptMode.TASK).disableProperty().bind(model.classifiesProperty().not());
        SegmentedButton segments = new SegmentedButton(buttons.values().toArray(ToggleButton[]::new));
        buttons.get(model.modeProperty().get()).setSelected(true);
        model.modeProperty().addListener((_, _, now) -> buttons.get(now).setSelected(true));
        segments.getToggleGroup().selectedToggleProperty().addListener((_, before, now) -> {
            if (now == null) {
                before.setSelected(true);
            } else {
                model.modeProperty().set((PromptMode) now.getUserData());
            }
        });
        return FormField.of("With the prompt", "Go on with the text, ask it in each model's chat template behind what was said before, or classify "
                + "it by the task of the shown experiment.", segments);
    }

    private Node stops() {
        TextArea stops = new TextArea();
        stops.setId("playground-stops");
        stops.setPrefRowCount(2);
        stops.setPrefColumnCount(1);
        stops.textProperty().bindBidirectional(model.sampling().stopsProperty());
        return stops;
    }

    private ChoiceBox<String> caches() {
        ChoiceBox<String> caches = new ChoiceBox<>(FXCollections.observableArrayList(SamplingForm.CACHES));
        caches.setId("playground-cache");
        caches.setMaxWidth(Double.MAX_VALUE);
        caches.valueProperty().bindBidirectional(model.sampling().cacheProperty());
        return caches;
    }

    /// What only counts where text is generated.
    private Node generation(Node... cells) {
        VBox box = new VBox(14, grid(cells), FormField.of("Stop texts", "One a line; each ends the answer.", stops()));
        var classifies = model.modeProperty().isEqualTo(PromptMode.TASK);
        box.visibleProperty().bind(classifies.not());
        box.managedProperty().bind(classifies.not());
        return box;
    }

    private static Node grid(Node... cells) {
        GridPane grid = new GridPane();
        grid.setHgap(12);
        grid.setVgap(10);
        for (int column = 0; column < 2; column++) {
            ColumnConstraints half = new ColumnConstraints();
            half.setPercentWidth(50);
            grid.getColumnConstraints().add(half);
        }
        for (int i = 0; i < cells.length; i++) {
            grid.add(cells[i], i % 2, i / 2);
        }
        return grid;
    }

    private static Node number(String id, String title, StringProperty value, String help) {
        TextField field = new TextField();
        field.setId(id);
        field.setPrefColumnCount(6);
        field.textProperty().bindBidirectional(value);
        return cell(title, field, help);
    }

    private static Node cell(String title, Control control, String help) {
        Label label = new Label(title);
        label.setTooltip(new Tooltip(help));
        control.setTooltip(new Tooltip(help));
        return new VBox(3, label, control);
    }

    private Optional<Path> folder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle("Choose a model");
        return Optional.ofNullable(chooser.showDialog(getScene().getWindow())).map(File::toPath);
    }

    private Optional<Path> file() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Choose a packed file or a GGUF file");
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter("Models", "*.bitd", "*.gguf"));
        return Optional.ofNullable(chooser.showOpenDialog(getScene().getWindow())).map(File::toPath);
    }

    /// A chosen model.
    private static final class NameOnly extends StringConverter<ModelChoice> {

        @Override
        public String toString(ModelChoice choice) {
            return choice == null ? "" : choice.name();
        }

        @Override
        public ModelChoice fromString(String text) {
            throw new UnsupportedOperationException("the list is not editable");
        }
    }

    /// A model in a list: its name, and below it where it comes from.
    private static final class ChoiceCell extends ListCell<ModelChoice> {

        @Override
        protected void updateItem(ModelChoice item, boolean empty) {
            super.updateItem(item, empty);
            boolean nothing = empty || item == null;
            setGraphic(nothing ? null : new VBox(1, new Label(item.name()), FormField.help(item.detail())));
            setTooltip(nothing ? null : new Tooltip(item.path()));
        }
    }
}
