package org.bitdistillery.ui;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.Alert;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonType;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Window;

/// Questions that the window asks.
final class Dialogs {

    enum Close { LEAVE_RUNNING, STOP, CANCEL }

    private static final FileChooser.ExtensionFilter JSON = new FileChooser.ExtensionFilter("Configurations", "*.json");
    private static final String SAMPLES = "sample-configs";

    private final Node owner;

    Dialogs(Node owner) {
        this.owner = owner;
    }

    Optional<Path> openConfiguration() {
        FileChooser chooser = chooser("Open a configuration");
        return Optional.ofNullable(chooser.showOpenDialog(window())).map(File::toPath);
    }

    Optional<Path> openStudy() {
        return Optional.ofNullable(chooser("Open a study").showOpenDialog(window())).map(File::toPath);
    }

    Optional<Path> saveConfiguration(String name) {
        FileChooser chooser = chooser("Save the configuration");
        chooser.setInitialFileName(name + ".json");
        return Optional.ofNullable(chooser.showSaveDialog(window())).map(File::toPath);
    }

    Optional<Path> chooseFolder(String title, Path start) {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle(title);
        if (Files.isDirectory(start)) {
            chooser.setInitialDirectory(start.toAbsolutePath().toFile());
        }
        return Optional.ofNullable(chooser.showDialog(window())).map(File::toPath);
    }

    boolean discardEdits() {
        ButtonType discard = new ButtonType("Discard the changes", ButtonBar.ButtonData.OK_DONE);
        Alert alert = alert("The settings were changed and not saved.", "Opening something else discards the changes.",
                discard, ButtonType.CANCEL);
        return alert.showAndWait().filter(discard::equals).isPresent();
    }

    Close closeWhileRunning() {
        ButtonType leave = new ButtonType("Leave it running", ButtonBar.ButtonData.OK_DONE);
        ButtonType stop = new ButtonType("Stop the run", ButtonBar.ButtonData.OTHER);
        Alert alert = alert("A run is still going.",
                "It can go on without this window: open BitDistillery again and it is shown. A stopped run can be resumed later.",
                leave, stop, ButtonType.CANCEL);
        ((Button) alert.getDialogPane().lookupButton(leave)).setDefaultButton(true);
        alert.getDialogPane().lookupButton(leave).setId("close-leave");
        alert.getDialogPane().lookupButton(stop).setId("close-stop");
        alert.getDialogPane().lookupButton(ButtonType.CANCEL).setId("close-cancel");
        ButtonType answer = alert.showAndWait().orElse(ButtonType.CANCEL);
        return answer == leave ? Close.LEAVE_RUNNING : answer == stop ? Close.STOP : Close.CANCEL;
    }

    private Alert alert(String header, String text, ButtonType... buttons) {
        Alert alert = new Alert(Alert.AlertType.CONFIRMATION, text, buttons);
        alert.initOwner(window());
        alert.setTitle("BitDistillery");
        alert.setHeaderText(header);
        alert.getDialogPane().getStylesheets().setAll(owner.getScene().getStylesheets());
        return alert;
    }

    private static FileChooser chooser(String title) {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(title);
        chooser.getExtensionFilters().add(JSON);
        Path samples = Path.of(SAMPLES);
        if (Files.isDirectory(samples)) {
            chooser.setInitialDirectory(samples.toAbsolutePath().toFile());
        }
        return chooser;
    }

    private Window window() {
        return owner.getScene().getWindow();
    }
}
