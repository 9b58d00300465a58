package org.bitdistillery.ui.playground;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import org.bitdistillery.generation.ModelEvent;
import org.bitdistillery.generation.ModelEvent.Answered;
import org.bitdistillery.generation.ModelEvent.Classified;
import org.bitdistillery.generation.ModelEvent.Loaded;
import org.bitdistillery.generation.ModelEvent.Piece;
import org.bitdistillery.generation.ModelEvent.Refused;

/// A place for a model, with the process in which the model stays loaded between two prompts.
public final class Seat {

    private final Function<String[], ProcessBuilder> program;
    private final Executor window;
    private final ObjectProperty<ModelChoice> choice = new SimpleObjectProperty<>();
    private final ReadOnlyStringWrapper state = new ReadOnlyStringWrapper("");
    private final ReadOnlyBooleanWrapper failed = new ReadOnlyBooleanWrapper();
    private List<String> startedWith = List.of();
    private ModelProcess process;
    private Loaded loaded;
    private Answer answer;
    private Runnable done = () -> { };

    /// @param program makes a process out of the arguments of the command line
    Seat(Function<String[], ProcessBuilder> program, Executor window) {
        this.program = program;
        this.window = window;
        choice.addListener((_, _, _) -> unload());
    }

    /// The model; null for none.
    public ObjectProperty<ModelChoice> choiceProperty() {
        return choice;
    }

    /// Whether the model could not be loaded, or its process ended.
    public ReadOnlyBooleanProperty failedProperty() {
        return failed.getReadOnlyProperty();
    }

    /// What is in memory, or what went wrong, in words; empty for nothing.
    public ReadOnlyStringProperty stateProperty() {
        return state.getReadOnlyProperty();
    }

    /// Loads the model, if it is not there yet.
    ///
    /// @param arguments of the command line that serves the model
    void load(List<String> arguments) {
        if (process == null || !arguments.equals(startedWith)) {
            unload();
            startedWith = arguments;
            state.set("Loading");
            process = new ModelProcess(program.apply(arguments.toArray(String[]::new)), window, new Following());
        }
    }

    /// Begins an answer, after loading the model where it is not there yet.
    ///
    /// @param arguments as in [#load]
    /// @param done      called when the answer is over
    void ask(Object request, List<String> arguments, Answer answer, Runnable done) {
        load(arguments);
        this.answer = answer;
        this.done = done;
        if (loaded == null) {
            answer.loading();
        } else {
            answer.reading(loaded);
        }
        process.ask(request);
    }

    /// Ends the present answer: softly where the model writes, with the process where it is not even loaded.
    void stop() {
        if (loaded == null) {
            unload();
        } else if (answer != null) {
            process.stop();
        }
    }

    /// Gives the model's memory back.
    void unload() {
        if (process != null) {
            process.close();
        }
        process = null;
        loaded = null;
        state.set("");
        failed.set(false);
        if (answer != null) {
            finish(Answer::skip);
        }
    }

    private void finish(Consumer<Answer> how) {
        Answer over = answer;
        answer = null;
        how.accept(over);
        done.run();
    }

    private final class Following implements ModelProcess.Listener {

        @Override
        public void happened(ModelEvent event) {
            switch (event) {
                case Loaded now -> {
                    loaded = now;
                    state.set("In memory, " + now.text());
                    if (answer != null) {
                        answer.reading(now);
                    }
                }
                case Piece piece -> {
                    if (answer != null) {
                        answer.grow(piece);
                    }
                }
                case Answered all -> over(one -> one.complete(all));
                case Classified found -> over(one -> one.complete(found));
                case Refused refused -> over(one -> one.fail(refused.reason()));
            }
        }

        @Override
        public void ended(String sentence) {
            process = null;
            loaded = null;
            state.set(sentence);
            failed.set(true);
            over(one -> one.fail(sentence));
        }

        private void over(Consumer<Answer> how) {
            if (answer != null) {
                finish(how);
            }
        }
    }
}
