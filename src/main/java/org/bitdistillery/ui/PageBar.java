package org.bitdistillery.ui;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/// The bar at the left edge of the window: one button a page. Each page's content is made once, when it is first shown.
final class PageBar extends VBox {

    private final ToggleGroup group = new ToggleGroup();
    private final Map<String, ToggleButton> buttons = new HashMap<>();
    private final Map<String, Node> contents = new HashMap<>();

    /// @param show puts a page's content into the window
    PageBar(List<Page> pages, Consumer<Node> show) {
        setId("page-bar");
        getStyleClass().add("page-bar");
        for (Page page : pages) {
            ToggleButton button = new ToggleButton(page.title(), new FontIcon(page.icon()));
            button.setId("page-" + page.key());
            button.getStyleClass().add("page-button");
            button.setContentDisplay(ContentDisplay.TOP);
            button.setTooltip(new Tooltip(page.help()));
            button.setMaxWidth(Double.MAX_VALUE);
            button.setToggleGroup(group);
            button.setUserData(page);
            buttons.put(page.key(), button);
            getChildren().add(button);
        }
        group.selectedToggleProperty().addListener((_, before, now) -> {
            if (now == null) {
                group.selectToggle(before);
            } else {
                Page page = (Page) now.getUserData();
                show.accept(contents.computeIfAbsent(page.key(), _ -> page.content().get()));
            }
        });
        buttons.get(pages.getFirst().key()).setSelected(true);
    }

    void select(String key) {
        buttons.get(key).setSelected(true);
    }
}
