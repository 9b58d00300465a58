package org.bitdistillery.ui;

import javafx.beans.binding.Bindings;
import javafx.concurrent.Task;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Tooltip;
import javafx.util.Duration;
import org.controlsfx.control.Notifications;
import org.controlsfx.control.PopOver;
import org.controlsfx.control.TaskProgressView;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// What goes on in the background: a button that counts the tasks, and the list of them behind it.
final class BackgroundTasks {

    private final TaskProgressView<Task<?>> view = new TaskProgressView<>();
    private final Button button = new Button();
    private final PopOver popOver = new PopOver(view);

    BackgroundTasks() {
        view.setId("tasks");
        view.setPrefSize(380, 170);
        view.setGraphicFactory(_ -> new FontIcon(Feather.CPU));
        popOver.setArrowLocation(PopOver.ArrowLocation.BOTTOM_RIGHT);
        popOver.setTitle("Background tasks");
        popOver.setDetachable(false);
        button.setId("tasks-button");
        button.getStyleClass().addAll("flat", "small", "status-button");
        button.setGraphic(new FontIcon(Feather.ACTIVITY));
        button.setTooltip(new Tooltip("Background tasks (Ctrl+T)"));
        button.textProperty().bind(Bindings.createStringBinding(
                () -> view.getTasks().isEmpty() ? "No tasks" : view.getTasks().size() == 1 ? "1 task" : view.getTasks().size() + " tasks",
                view.getTasks()));
        button.setOnAction(_ -> toggle());
    }

    Node button() {
        return button;
    }

    /// Shows the task in the list until it is done, and runs it in a thread of its own.
    void start(Task<?> task) {
        view.getTasks().add(task);
        Thread.ofVirtual().name("task " + task.getTitle()).start(task);
    }

    void toggle() {
        if (popOver.isShowing()) {
            popOver.hide();
        } else {
            popOver.show(button);
        }
    }

    /// A message in the corner of the window that goes away by itself.
    void tell(String title, String text) {
        if (button.getScene() == null || button.getScene().getWindow() == null || !button.getScene().getWindow().isShowing()) {
            return;
        }
        Notifications.create().owner(button.getScene().getWindow()).position(Pos.BOTTOM_RIGHT).hideAfter(Duration.seconds(6))
                .title(title).text(text).graphic(new FontIcon(Feather.CHECK_CIRCLE)).show();
    }
}
