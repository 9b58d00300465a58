package org.bitdistillery.ui.data;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a command found out about the experiment that is being edited: asked for in the background, shown when it is there.
/// The newest question counts.
///
/// @param <T> the command's answer
public final class Look<T> {

    private final String command;
    private final Class<T> type;
    private final SelfCommand program;
    private final Supplier<Experiment> experiment;
    private final Executor window;
    private final ReadOnlyObjectWrapper<T> answer = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<Experiment> subject = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");
    private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
    private int question;

    /// @param window runs what it is given on the thread that owns the properties
    public Look(String command, Class<T> type, SelfCommand program, Supplier<Experiment> experiment, Executor window) {
        this.command = command;
        this.type = type;
        this.program = program;
        this.experiment = experiment;
        this.window = window;
    }

    /// Asks again.
    public void look() {
        Experiment asked = experiment.get();
        int number = ++question;
        busy.set(true);
        problem.set("");
        Thread.ofVirtual().name(command).start(() -> {
            T found = null;
            String failure = "";
            try {
                found = JsonMapper.shared().readValue(program.json(command, asked), type);
            } catch (InvalidInput e) {
                failure = e.getMessage();
            } catch (IOException | JacksonException e) {
                failure = "The command " + command + " could not be run (" + e.getMessage() + ").";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            T result = found;
            String message = failure;
            window.execute(() -> tell(number, asked, result, message));
        });
    }

    private void tell(int number, Experiment asked, T result, String message) {
        if (number == question) {
            subject.set(asked);
            answer.set(result);
            problem.set(message);
            busy.set(false);
        }
    }

    /// The newest answer, or null.
    public ReadOnlyObjectProperty<T> answerProperty() {
        return answer.getReadOnlyProperty();
    }

    /// The experiment that the newest answer is about, or null.
    public ReadOnlyObjectProperty<Experiment> subjectProperty() {
        return subject.getReadOnlyProperty();
    }

    /// Why there is no answer; empty where there is one.
    public ReadOnlyStringProperty problemProperty() {
        return problem.getReadOnlyProperty();
    }

    public ReadOnlyBooleanProperty busyProperty() {
        return busy.getReadOnlyProperty();
    }
}
