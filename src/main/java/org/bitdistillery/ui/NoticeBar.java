package org.bitdistillery.ui;

import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// Shows the window's [Notice], if there is one.
final class NoticeBar extends HBox {

    NoticeBar(WorkbenchViewModel workbench) {
        setId("notice");
        getStyleClass().add("notice");
        setAlignment(Pos.CENTER_LEFT);
        workbench.noticeProperty().addListener((_, _, notice) -> show(notice, workbench));
        show(workbench.noticeProperty().get(), workbench);
    }

    private void show(Notice notice, WorkbenchViewModel workbench) {
        getChildren().clear();
        setVisible(notice != null);
        setManaged(notice != null);
        if (notice == null) {
            return;
        }
        getStyleClass().setAll("notice", "notice-" + notice.kind().name().toLowerCase(java.util.Locale.ROOT));
        Label text = new Label(notice.text());
        text.setId("notice-text");
        text.setWrapText(true);
        text.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(text, Priority.ALWAYS);
        getChildren().addAll(new FontIcon(icon(notice.kind())), text);
        if (!notice.action().isEmpty()) {
            Button action = new Button(notice.action());
            action.setId("notice-action");
            action.setMinWidth(USE_PREF_SIZE);
            action.setOnAction(_ -> notice.run().run());
            getChildren().add(action);
        }
        Button dismiss = new Button(null, new FontIcon(Feather.X));
        dismiss.setId("notice-dismiss");
        dismiss.getStyleClass().addAll("button-icon", "flat");
        dismiss.setMinWidth(USE_PREF_SIZE);
        dismiss.setTooltip(new Tooltip("Dismiss"));
        dismiss.setOnAction(_ -> workbench.dismissNotice());
        getChildren().add(dismiss);
    }

    private static Feather icon(Notice.Kind kind) {
        return switch (kind) {
            case INFORMATION -> Feather.INFO;
            case WARNING -> Feather.PAUSE_CIRCLE;
            case ERROR -> Feather.ALERT_TRIANGLE;
        };
    }
}
