package org.bitdistillery.ui.rail;

import java.util.ArrayList;
import java.util.List;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.StageStatus.State;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The stages from top to bottom, as a run goes through them.
public final class StageRail extends ScrollPane {

    private final StageRailViewModel rail;
    private final List<Item> items = new ArrayList<>();

    public StageRail(StageRailViewModel rail) {
        this.rail = rail;
        setId("stage-rail");
        getStyleClass().addAll("stage-rail", "edge-to-edge");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        ToggleGroup group = new ToggleGroup();
        VBox box = new VBox();
        box.getStyleClass().add("rail-items");
        boolean stagesBegan = false;
        for (StageRailViewModel.Entry entry : rail.entries()) {
            if (entry.section().stage() != null && !stagesBegan) {
                stagesBegan = true;
                Label heading = new Label("STAGES");
                heading.getStyleClass().add("rail-heading");
                box.getChildren().add(heading);
            }
            Item item = new Item(entry, group);
            items.add(item);
            box.getChildren().add(item);
        }
        setContent(box);
        group.selectedToggleProperty().addListener((_, before, now) -> {
            if (now == null) {
                group.selectToggle(before);
            } else {
                rail.selectedProperty().set(((Item) now).entry.section());
            }
        });
        rail.selectedProperty().addListener((_, _, section) -> items.stream()
                .filter(item -> item.entry.section().equals(section)).forEach(item -> item.setSelected(true)));
        rail.updatesProperty().addListener((_, _, _) -> refresh());
        items.getFirst().setSelected(true);
        refresh();
    }

    private void refresh() {
        List<StageRailViewModel.Entry> entries = rail.entries();
        for (int i = 0; i < items.size(); i++) {
            items.get(i).show(entries.get(i));
        }
    }

    /// One entry: a mark for the state, the title, the state in words, and a bar while it runs.
    private static final class Item extends ToggleButton {
        private final FontIcon icon = new FontIcon();
        private final Label text = new Label();
        private final ProgressBar bar = new ProgressBar(0);
        private StageRailViewModel.Entry entry;

        Item(StageRailViewModel.Entry entry, ToggleGroup group) {
            this.entry = entry;
            setId("rail-" + entry.section().key());
            setToggleGroup(group);
            getStyleClass().add("rail-item");
            setMaxWidth(Double.MAX_VALUE);
            setTooltip(new Tooltip(entry.section().summary()));
            Label title = new Label(entry.section().title());
            title.getStyleClass().add("rail-title");
            text.getStyleClass().add("rail-text");
            bar.setMaxWidth(Double.MAX_VALUE);
            bar.getStyleClass().add("rail-bar");
            StackPane mark = new StackPane(icon);
            mark.getStyleClass().add("rail-mark");
            VBox words = new VBox(1, title, text, bar);
            HBox.setHgrow(words, Priority.ALWAYS);
            HBox box = new HBox(10, mark, words);
            box.setAlignment(Pos.CENTER_LEFT);
            setGraphic(box);
            box.prefWidthProperty().bind(widthProperty().subtract(24));
            show(entry);
        }

        void show(StageRailViewModel.Entry now) {
            entry = now;
            text.setText(now.text());
            icon.setIconCode(now.problem() ? Feather.ALERT_CIRCLE : mark(now));
            bar.setProgress(now.fraction());
            boolean running = now.state() == State.RUNNING;
            bar.setVisible(running);
            bar.setManaged(running);
            for (State state : State.values()) {
                pseudoClassStateChanged(PseudoClass.getPseudoClass(state.name().toLowerCase(java.util.Locale.ROOT)), state == now.state());
            }
            pseudoClassStateChanged(PseudoClass.getPseudoClass("problem"), now.problem());
        }

        private static Feather mark(StageRailViewModel.Entry entry) {
            if (entry.state() == null) {
                return entry.section().key().equals("task") ? Feather.DATABASE : Feather.SLIDERS;
            }
            return switch (entry.state()) {
                case OFF -> Feather.MINUS;
                case WAITING -> Feather.CIRCLE;
                case RUNNING -> Feather.PLAY;
                case DONE -> Feather.CHECK;
                case FAILED -> Feather.X;
            };
        }
    }
}
