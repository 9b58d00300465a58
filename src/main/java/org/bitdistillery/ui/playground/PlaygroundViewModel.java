package org.bitdistillery.ui.playground;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.generation.Exchange;
import org.bitdistillery.generation.GenerationRequest;
import org.bitdistillery.ui.playground.Answer.Phase;

/// Prompts, and what one or two models make of them. The models answer one after the other, so that neither takes the cores from
/// the other and their speeds can be compared.
public final class PlaygroundViewModel implements AutoCloseable {

    private final List<Seat> seats;
    private final SamplingForm sampling = new SamplingForm();
    private final StringProperty prompt = new SimpleStringProperty("");
    private final BooleanProperty chat = new SimpleBooleanProperty();
    private final ObservableList<Round> rounds = FXCollections.observableArrayList();
    private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");
    private final Queue<Turn> turns = new ArrayDeque<>();
    private Seat asked;

    private record Turn(Seat seat, GenerationRequest request, List<String> options, Answer answer) {}

    /// @param program makes a process out of the arguments of the command line
    /// @param window  runs what it is given on the thread that owns the properties
    public PlaygroundViewModel(Function<String[], ProcessBuilder> program, Executor window) {
        seats = List.of(new Seat(program, window), new Seat(program, window));
    }

    /// The model that the other one is compared with, and the other one.
    public List<Seat> seats() {
        return seats;
    }

    public SamplingForm sampling() {
        return sampling;
    }

    public StringProperty promptProperty() {
        return prompt;
    }

    /// Whether the prompt is a question in the model's chat template, behind what was said before.
    public BooleanProperty chatProperty() {
        return chat;
    }

    /// Everything that was asked, oldest first.
    public ObservableList<Round> rounds() {
        return rounds;
    }

    public ReadOnlyBooleanProperty busyProperty() {
        return busy.getReadOnlyProperty();
    }

    /// Which field is wrong, or an empty text.
    public ReadOnlyStringProperty problemProperty() {
        return problem.getReadOnlyProperty();
    }

    public BooleanBinding canSendProperty() {
        return Bindings.createBooleanBinding(() -> !busy.get() && !prompt.get().isBlank() && seats.stream().anyMatch(PlaygroundViewModel::taken),
                busy, prompt, seats.getFirst().choiceProperty(), seats.getLast().choiceProperty());
    }

    private static boolean taken(Seat seat) {
        return seat.choiceProperty().get() != null;
    }

    /// Asks every chosen model.
    public void send() {
        if (!canSendProperty().get()) {
            return;
        }
        try {
            List<Answer> answers = new ArrayList<>();
            for (Seat seat : seats.stream().filter(PlaygroundViewModel::taken).toList()) {
                ModelChoice model = seat.choiceProperty().get();
                GenerationRequest request = sampling.request(prompt.get(), chat.get(), chat.get() ? history(model) : List.of());
                Answer answer = new Answer(model);
                answers.add(answer);
                turns.add(new Turn(seat, request, sampling.options(), answer));
            }
            problem.set("");
            rounds.add(new Round(prompt.get(), chat.get(), List.copyOf(answers)));
            prompt.set("");
            busy.set(true);
            next();
        } catch (InvalidInput e) {
            turns.clear();
            problem.set(e.getMessage());
        }
    }

    /// What this model and the user said to each other so far.
    private List<Exchange> history(ModelChoice model) {
        List<Exchange> history = new ArrayList<>();
        for (Round round : rounds) {
            round.answers().stream()
                    .filter(answer -> round.chat() && answer.model().equals(model) && answer.phaseProperty().get() == Phase.DONE)
                    .findFirst()
                    .ifPresent(answer -> history.add(new Exchange(round.prompt(), answer.textProperty().get())));
        }
        return history;
    }

    private void next() {
        Turn turn = turns.poll();
        if (turn == null) {
            asked = null;
            busy.set(false);
            return;
        }
        asked = turn.seat();
        turn.seat().ask(turn.request(), turn.options(), turn.answer(), this::next);
    }

    /// Ends the present answer and leaves out the ones that have not begun.
    public void stop() {
        turns.forEach(turn -> turn.answer().skip());
        turns.clear();
        if (asked != null) {
            asked.stop();
        }
    }

    /// Begins anew: nothing was said yet. The models stay loaded.
    public void clear() {
        stop();
        rounds.clear();
    }

    /// Gives the memory of the models back.
    public void unload() {
        stop();
        seats.forEach(Seat::unload);
    }

    @Override
    public void close() {
        unload();
    }
}
