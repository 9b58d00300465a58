package org.bitdistillery.ui.models;

import atlantafx.base.controls.CustomTextField;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.SplitPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.hub.DownloadProgress;
import org.bitdistillery.hub.LibraryModel;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The models on this machine: a table, what the selected one is, and the way to get more.
public final class ModelsView extends BorderPane {

    private static final double WIDE = 1500;

    private final ModelsViewModel models;
    private final Supplier<Optional<Path>> chooseFolder;
    private final ModelDetails details;
    private final DownloadPane download;
    private final BorderPane side = new BorderPane();
    private final VBox message = new VBox();

    /// @param use          sets the experiment's teacher
    /// @param ask          opens a model in the playground
    /// @param chooseFolder asks for a folder
    public ModelsView(ModelsViewModel models, Consumer<LibraryModel> use, Consumer<LibraryModel> ask,
            Supplier<Optional<Path>> chooseFolder) {
        this.models = models;
        this.chooseFolder = chooseFolder;
        setId("models-page");
        getStyleClass().addAll("page", "models-page");
        details = new ModelDetails(models, use, ask);
        download = new DownloadPane(models.download(), this::showDetails);
        ModelTable table = new ModelTable(models, use);
        VBox.setVgrow(table, Priority.ALWAYS);
        VBox list = new VBox(8, table, strip());
        list.getStyleClass().addAll("card", "models-card");
        side.setMinWidth(320);
        SplitPane split = new SplitPane(list, side);
        split.getStyleClass().add("page-split");
        split.setDividerPositions(0.655);
        widthProperty().addListener((_, before, now) -> {
            if (before.doubleValue() < WIDE != now.doubleValue() < WIDE || before.doubleValue() == 0) {
                split.setDividerPositions(now.doubleValue() < WIDE ? 0.655 : 0.72);
            }
        });
        VBox top = new VBox(10, toolbar(), message);
        top.getStyleClass().add("models-toolbar");
        setTop(top);
        setCenter(split);
        showDetails();
        table.setOnMousePressed(_ -> showDetails());
        models.problemProperty().addListener((_, _, problem) -> {
            message.getChildren().clear();
            if (!problem.isEmpty()) {
                message.getChildren().add(ModelDetails.problem(problem));
            }
        });
        models.open();
    }

    public void showDetails() {
        side.setCenter(details);
    }

    public void showDownload() {
        side.setCenter(download);
        Node name = download.lookup("#download-name");
        if (name != null) {
            name.requestFocus();
        }
    }

    private Node toolbar() {
        CustomTextField search = new CustomTextField();
        search.setId("models-search");
        search.setPromptText("Search name, family, license");
        search.setLeft(new FontIcon(Feather.SEARCH));
        search.setPrefWidth(290);
        search.textProperty().bindBidirectional(models.queryProperty());
        Label count = new Label();
        count.setId("models-count");
        count.getStyleClass().add("muted");
        count.setMinWidth(0);
        count.textProperty().bind(Bindings.createStringBinding(() -> models.loadingProperty().get() ? "Looking…"
                : models.shown().size() == models.count() ? models.count() + (models.count() == 1 ? " model" : " models")
                : models.shown().size() + " of " + models.count(), models.loadingProperty(), models.shown()));
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button add = button("add-folder", "Add folder…", Feather.FOLDER_PLUS, "A folder of a model, or one that holds models; nothing is copied");
        add.setOnAction(_ -> chooseFolder.get().ifPresent(models::addFolder));
        Button get = button("download-model", "Download…", Feather.DOWNLOAD, "Get a model from the Hugging Face hub");
        get.getStyleClass().add("accent");
        get.setOnAction(_ -> showDownload());
        Button refresh = button("refresh-models", null, Feather.REFRESH_CW, "Look again");
        refresh.getStyleClass().add("button-icon");
        refresh.setOnAction(_ -> models.refresh());
        refresh.disableProperty().bind(models.loadingProperty());
        HBox bar = new HBox(10, search, filters(), count, gap, refresh, add, get);
        bar.setAlignment(Pos.CENTER_LEFT);
        return bar;
    }

    private Node filters() {
        SegmentedButton segments = new SegmentedButton();
        for (ModelsViewModel.Filter filter : ModelsViewModel.Filter.values()) {
            ToggleButton button = new ToggleButton(filter.title());
            button.setId("filter-" + filter.name().toLowerCase(java.util.Locale.ROOT));
            button.setUserData(filter);
            button.setMinWidth(Region.USE_PREF_SIZE);
            button.setSelected(filter == models.filterProperty().get());
            segments.getButtons().add(button);
        }
        segments.getToggleGroup().selectedToggleProperty().addListener((_, before, now) -> {
            if (now == null) {
                before.setSelected(true);
            } else {
                models.filterProperty().set((ModelsViewModel.Filter) now.getUserData());
            }
        });
        models.filterProperty().addListener((_, _, filter) -> segments.getButtons().stream()
                .filter(button -> button.getUserData() == filter).forEach(button -> button.setSelected(true)));
        segments.setMinWidth(Region.USE_PREF_SIZE);
        return segments;
    }

    /// A download that goes on while a model's details are shown.
    private Node strip() {
        ProgressBar bar = new ProgressBar();
        bar.setPrefWidth(160);
        Label text = new Label();
        HBox.setHgrow(text, Priority.ALWAYS);
        text.setMaxWidth(Double.MAX_VALUE);
        Button show = new Button("Show");
        show.setId("show-download");
        show.getStyleClass().add("small");
        show.setOnAction(_ -> showDownload());
        HBox strip = new HBox(10, bar, text, show);
        strip.setId("download-strip");
        strip.setAlignment(Pos.CENTER_LEFT);
        DownloadViewModel going = models.download();
        strip.visibleProperty().bind(Bindings.createBooleanBinding(
                () -> going.stateProperty().get().isBusy() && side.getCenter() != download, going.stateProperty(), side.centerProperty()));
        strip.managedProperty().bind(strip.visibleProperty());
        going.progressProperty().addListener((_, _, now) -> show(now, bar, text));
        return strip;
    }

    private void show(DownloadProgress now, ProgressBar bar, Label text) {
        if (now != null) {
            bar.setProgress(now.fraction());
            text.setText(models.download().nameProperty().get() + "  ·  " + DownloadPane.text(now).lines().findFirst().orElse(""));
        }
    }

    private static Button button(String id, String text, Feather icon, String help) {
        Button button = new Button(text, new FontIcon(icon));
        button.setId(id);
        button.setTooltip(new Tooltip(help));
        button.setMinWidth(USE_PREF_SIZE);
        return button;
    }
}
