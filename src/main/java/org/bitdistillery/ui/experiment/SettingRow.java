package org.bitdistillery.ui.experiment;

import java.util.Locale;
import javafx.css.PseudoClass;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.SettingDescriptor;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// One setting in a form: its name, its control, what it means, and what is wrong with it.
final class SettingRow extends VBox {

    private static final double LABEL_WIDTH = 128;
    private static final PseudoClass WRONG = PseudoClass.getPseudoClass("wrong");
    private static final PseudoClass LOCKED = PseudoClass.getPseudoClass("locked");

    private final SettingDescriptor setting;
    private final ExperimentViewModel experiment;
    private final SettingEditor editor;
    private final Label message = new Label();
    private final Button reset = new Button(null, new FontIcon(Feather.ROTATE_CCW));

    SettingRow(SettingDescriptor setting, ExperimentViewModel experiment) {
        this.setting = setting;
        this.experiment = experiment;
        editor = SettingEditor.of(setting, experiment.text(setting.path()), text -> {
            experiment.set(setting.path(), text);
            refresh();
        });
        getStyleClass().add("setting-row");
        Label name = new Label(setting.label());
        name.setLabelFor(editor.node());
        name.setWrapText(true);
        name.setMinWidth(LABEL_WIDTH);
        name.setPrefWidth(LABEL_WIDTH);
        name.setMaxWidth(LABEL_WIDTH);
        name.getStyleClass().add("setting-name");
        Region gap = new Region();
        HBox.setHgrow(isText() ? editor.node() : gap, Priority.ALWAYS);
        HBox line = new HBox(6, name, editor.node(), gap, resetButton());
        line.setAlignment(Pos.TOP_LEFT);
        line.setFillHeight(false);
        getChildren().addAll(line, indented(help()), indented(message));
        message.setId("message-" + setting.path().replace('.', '-'));
        message.getStyleClass().add("setting-message");
        message.setWrapText(true);
        editor.show().accept(experiment.text(setting.path()));
        refresh();
    }

    SettingDescriptor setting() {
        return setting;
    }

    boolean hasProblem() {
        return experiment.problems().containsKey(setting.path());
    }

    /// Shows what is stored, for example after another file was opened.
    void reload() {
        editor.show().accept(experiment.text(setting.path()));
        refresh();
    }

    void refresh() {
        String problem = experiment.problems().get(setting.path());
        message.setText(problem == null ? "" : sentence(problem));
        message.setVisible(problem != null);
        message.setManaged(problem != null);
        pseudoClassStateChanged(WRONG, problem != null);
        pseudoClassStateChanged(LOCKED, experiment.readOnlyProperty().get());
        reset.setVisible(!experiment.isDefault(setting.path()) && !experiment.readOnlyProperty().get());
        reset.setManaged(reset.isVisible());
    }

    private Button resetButton() {
        reset.setId("reset-" + setting.path().replace('.', '-'));
        reset.getStyleClass().addAll("button-icon", "flat", "reset");
        reset.setMinWidth(Region.USE_PREF_SIZE);
        reset.setFocusTraversable(false);
        String standard = experiment.defaultText(setting.path());
        reset.setTooltip(new Tooltip("Back to the default: " + (standard.isEmpty() ? "empty" : standard)));
        reset.setOnAction(_ -> {
            experiment.reset(setting.path());
            reload();
        });
        return reset;
    }

    private Label help() {
        String range = range();
        Label help = new Label(setting.help() + (setting.help().isEmpty() || range.isEmpty() ? "" : " ") + range);
        help.getStyleClass().add("setting-help");
        help.setWrapText(true);
        boolean any = !help.getText().isEmpty();
        help.setVisible(any);
        help.setManaged(any);
        return help;
    }

    /// Texts and paths take all the room that there is.
    private boolean isText() {
        return switch (setting.kind()) {
            case TEXT, TEXT_LIST, TEXT_MAP -> true;
            case BOOLEAN, INTEGER, NUMBER, CHOICE -> false;
        };
    }

    /// Only bounds that a person might run into are worth reading.
    private String range() {
        boolean share = setting.min() == 0 && setting.max() == 1 && setting.kind() == SettingDescriptor.Kind.NUMBER;
        return share ? "Between 0 and 1." : setting.max() <= 100 && setting.min() > Double.NEGATIVE_INFINITY
                ? String.format(Locale.ROOT, "%s to %s.", Units.number(setting.min()), Units.number(setting.max())) : "";
    }

    private static Node indented(Label label) {
        label.setPadding(new Insets(0, 0, 0, LABEL_WIDTH + 6));
        return label;
    }

    private static String sentence(String problem) {
        return Character.toUpperCase(problem.charAt(0)) + problem.substring(1);
    }
}
