package org.bitdistillery.ui.experiment;

import atlantafx.base.controls.ToggleSwitch;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import org.bitdistillery.config.Setting;
import org.bitdistillery.config.SettingDescriptor;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The control that fits a setting.
///
/// @param node what is put into the form
/// @param show shows a text without reporting it as an edit of the user
record SettingEditor(Node node, Consumer<String> show) {

    private static final int MOST_SEGMENTS = 3;
    private static final int ROWS_OF_LISTS = 3;

    /// @param edited called with the text whenever the user changed it
    static SettingEditor of(SettingDescriptor setting, String text, Consumer<String> edited) {
        return switch (setting.kind()) {
            case BOOLEAN -> toggle(setting, edited);
            case CHOICE -> setting.choices().size() <= MOST_SEGMENTS ? segments(setting, edited) : combo(setting, edited);
            case INTEGER, NUMBER -> number(setting, edited);
            case TEXT -> setting.pathKind() == Setting.PathKind.NONE
                    ? input(setting, text.contains("\n") ? area(2) : new TextField(), edited)
                    : path(setting, edited);
            case TEXT_LIST -> setting.pathKind() == Setting.PathKind.NONE
                    ? input(setting, area(ROWS_OF_LISTS), edited)
                    : pathList(setting, edited);
            case TEXT_MAP -> input(setting, prompting(area(ROWS_OF_LISTS), "0=negative\n1=positive"), edited);
        };
    }

    /// Id of a setting's control.
    static String id(SettingDescriptor setting) {
        return "field-" + setting.path().replace('.', '-');
    }

    private static SettingEditor toggle(SettingDescriptor setting, Consumer<String> edited) {
        ToggleSwitch toggle = new ToggleSwitch();
        toggle.setId(id(setting));
        Guard guard = new Guard(edited);
        toggle.selectedProperty().addListener((_, _, on) -> guard.report(Boolean.toString(on)));
        return new SettingEditor(toggle, text -> guard.quietly(() -> toggle.setSelected(text.equals("true"))));
    }

    private static SettingEditor segments(SettingDescriptor setting, Consumer<String> edited) {
        Guard guard = new Guard(edited);
        ToggleButton[] buttons = setting.choices().stream().map(choice -> {
            ToggleButton button = new ToggleButton(words(choice));
            button.setId(id(setting) + "-" + choice);
            button.setUserData(choice);
            button.setMinWidth(Region.USE_PREF_SIZE);
            return button;
        }).toArray(ToggleButton[]::new);
        SegmentedButton segments = new SegmentedButton(buttons);
        segments.setId(id(setting));
        segments.getToggleGroup().selectedToggleProperty().addListener((_, before, now) -> {
            if (now != null) {
                guard.report(now.getUserData().toString());
            } else if (before != null) {
                before.setSelected(true);
            }
        });
        return new SettingEditor(segments, text -> guard.quietly(() -> {
            for (ToggleButton button : buttons) {
                button.setSelected(button.getUserData().equals(text));
            }
        }));
    }

    private static SettingEditor combo(SettingDescriptor setting, Consumer<String> edited) {
        ComboBox<String> combo = new ComboBox<>();
        combo.setId(id(setting));
        combo.getItems().setAll(setting.choices().stream().map(SettingEditor::words).toList());
        Guard guard = new Guard(edited);
        combo.getSelectionModel().selectedIndexProperty().addListener((_, _, index) -> {
            if (index.intValue() >= 0) {
                guard.report(setting.choices().get(index.intValue()));
            }
        });
        return new SettingEditor(combo, text -> guard.quietly(
                () -> combo.getSelectionModel().select(setting.choices().indexOf(text))));
    }

    private static SettingEditor number(SettingDescriptor setting, Consumer<String> edited) {
        TextField field = new TextField();
        field.setPrefColumnCount(9);
        field.setMaxWidth(140);
        SettingEditor editor = input(setting, field, edited);
        if (setting.unit().isEmpty()) {
            return editor;
        }
        Label unit = new Label(setting.unit());
        unit.getStyleClass().add("muted");
        unit.setMinWidth(Region.USE_PREF_SIZE);
        HBox row = new HBox(8, field, unit);
        row.setAlignment(Pos.CENTER_LEFT);
        return new SettingEditor(row, editor.show());
    }

    private static SettingEditor input(SettingDescriptor setting, TextInputControl field, Consumer<String> edited) {
        field.setId(id(setting));
        Guard guard = new Guard(edited);
        field.textProperty().addListener((_, _, text) -> guard.report(text));
        return new SettingEditor(field, text -> guard.quietly(() -> {
            if (!field.getText().equals(text)) {
                field.setText(text);
            }
        }));
    }

    private static SettingEditor path(SettingDescriptor setting, Consumer<String> edited) {
        TextField field = new TextField();
        SettingEditor editor = input(setting, field, edited);
        return withBrowse(setting, editor, field, chosen -> field.setText(chosen.getFirst()));
    }

    private static SettingEditor pathList(SettingDescriptor setting, Consumer<String> edited) {
        TextArea area = area(ROWS_OF_LISTS);
        SettingEditor editor = input(setting, area, edited);
        return withBrowse(setting, editor, area, chosen -> {
            List<String> all = new ArrayList<>(area.getText().lines().filter(line -> !line.isBlank()).toList());
            all.addAll(chosen);
            area.setText(String.join("\n", all));
        });
    }

    private static SettingEditor withBrowse(
            SettingDescriptor setting, SettingEditor editor, Region field, Consumer<List<String>> chosen) {
        Button browse = new Button(null, new FontIcon(Feather.FOLDER));
        browse.setId(id(setting) + "-browse");
        browse.getStyleClass().add("button-icon");
        browse.setTooltip(new Tooltip(setting.pathKind() == Setting.PathKind.FOLDER ? "Choose a folder" : "Choose a file"));
        browse.setOnAction(_ -> {
            List<String> paths = choose(setting, browse);
            if (!paths.isEmpty()) {
                chosen.accept(paths);
            }
        });
        HBox.setHgrow(field, Priority.ALWAYS);
        HBox row = new HBox(6, field, browse);
        row.setAlignment(Pos.TOP_LEFT);
        return new SettingEditor(row, editor.show());
    }

    private static List<String> choose(SettingDescriptor setting, Node owner) {
        if (setting.pathKind() == Setting.PathKind.FOLDER) {
            DirectoryChooser chooser = new DirectoryChooser();
            chooser.setTitle(setting.label());
            File folder = chooser.showDialog(owner.getScene().getWindow());
            return folder == null ? List.of() : List.of(relative(folder.toPath()));
        }
        FileChooser chooser = new FileChooser();
        chooser.setTitle(setting.label());
        if (setting.kind() == SettingDescriptor.Kind.TEXT_LIST) {
            List<File> files = chooser.showOpenMultipleDialog(owner.getScene().getWindow());
            return files == null ? List.of() : files.stream().map(file -> relative(file.toPath())).toList();
        }
        File file = chooser.showOpenDialog(owner.getScene().getWindow());
        return file == null ? List.of() : List.of(relative(file.toPath()));
    }

    /// Paths in a configuration are relative to the working directory; what lies elsewhere is written out.
    private static String relative(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
    }

    private static TextArea area(int rows) {
        TextArea area = new TextArea();
        area.setPrefRowCount(rows);
        area.setPrefColumnCount(12);
        area.setWrapText(true);
        return area;
    }

    private static TextArea prompting(TextArea area, String prompt) {
        area.setPromptText(prompt);
        return area;
    }

    private static String words(String choice) {
        String words = choice.replace('_', ' ');
        return choice.equals("huggingface") ? "Hugging Face" : Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    /// Tells edits of the user from those of the program.
    private static final class Guard {
        private final Consumer<String> edited;
        private boolean quiet;

        Guard(Consumer<String> edited) {
            this.edited = edited;
        }

        void report(String text) {
            if (!quiet) {
                edited.accept(text);
            }
        }

        void quietly(Runnable change) {
            quiet = true;
            try {
                change.run();
            } finally {
                quiet = false;
            }
        }
    }
}
