package org.bitdistillery.ui.data;

import java.util.List;
import javafx.geometry.Pos;
import javafx.geometry.VPos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.event.PreflightCheck;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// What should be known before a run: green, amber and red, with a remedy for what is not green.
public final class PreflightCard extends VBox {

    private static final double SUBJECT_WIDTH = 96;

    private final GridPane list = new GridPane();
    private final Label state = new Label();
    private final Look<PreflightAnswer> look;

    public PreflightCard(Look<PreflightAnswer> look) {
        super(8);
        this.look = look;
        setId("preflight");
        getStyleClass().add("card");
        Label title = new Label("Pre-flight");
        title.getStyleClass().add("card-title");
        state.getStyleClass().add("muted");
        state.setId("preflight-state");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        ProgressIndicator busy = new ProgressIndicator();
        busy.setPrefSize(16, 16);
        busy.visibleProperty().bind(look.busyProperty());
        Button check = new Button("Check", new FontIcon(Feather.CHECK_SQUARE));
        check.setId("preflight-check");
        check.getStyleClass().add("small");
        check.setTooltip(new Tooltip("Look at files, vocabulary, rows, memory and disk, as the command validate does"));
        check.setMinWidth(USE_PREF_SIZE);
        check.disableProperty().bind(look.busyProperty());
        check.setOnAction(_ -> look.look());
        HBox head = new HBox(8, title, state, gap, busy, check);
        head.setAlignment(Pos.CENTER_LEFT);
        list.setHgap(10);
        list.setVgap(6);
        ColumnConstraints grow = new ColumnConstraints();
        grow.setHgrow(Priority.ALWAYS);
        list.getColumnConstraints().setAll(new ColumnConstraints(), new ColumnConstraints(SUBJECT_WIDTH), grow);
        getChildren().addAll(head, list);
        look.answerProperty().addListener(_ -> show());
        look.problemProperty().addListener(_ -> show());
        show();
    }

    private void show() {
        list.getChildren().clear();
        PreflightAnswer answer = look.answerProperty().get();
        if (answer == null) {
            state.setText(look.problemProperty().get().isEmpty() ? "Not checked yet" : look.problemProperty().get());
            return;
        }
        List<PreflightCheck> checks = answer.list();
        state.setText("%d green, %d amber, %d red".formatted(
                count(checks, PreflightCheck.Level.GREEN), count(checks, PreflightCheck.Level.AMBER), count(checks, PreflightCheck.Level.RED)));
        int row = 0;
        for (PreflightCheck check : checks) {
            addRow(row++, check);
        }
    }

    private void addRow(int row, PreflightCheck check) {
        FontIcon icon = new FontIcon(switch (check.level()) {
            case GREEN -> Feather.CHECK_CIRCLE;
            case AMBER -> Feather.ALERT_TRIANGLE;
            case RED -> Feather.X_CIRCLE;
        });
        Label mark = new Label(null, icon);
        mark.getStyleClass().addAll("check-mark", "check-" + check.level().name().toLowerCase(java.util.Locale.ROOT));
        mark.setAccessibleText(check.level().name());
        Label subject = new Label(check.subject());
        subject.getStyleClass().add("plan-name");
        Label finding = new Label(check.finding() + (check.remedy().isEmpty() ? "" : "\n→ " + check.remedy()));
        finding.setWrapText(true);
        finding.setMinHeight(USE_PREF_SIZE);
        finding.getStyleClass().add(check.level() == PreflightCheck.Level.GREEN ? "muted" : "check-text");
        GridPane.setValignment(mark, VPos.TOP);
        GridPane.setValignment(subject, VPos.TOP);
        list.addRow(row, mark, subject, finding);
    }

    private static long count(List<PreflightCheck> checks, PreflightCheck.Level level) {
        return checks.stream().filter(check -> check.level() == level).count();
    }
}
