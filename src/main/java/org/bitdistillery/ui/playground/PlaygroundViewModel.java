package org.bitdistillery.ui.playground;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.generation.ClassificationRequest;
import org.bitdistillery.generation.Exchange;
import org.bitdistillery.ui.playground.Answer.Phase;

/// Prompts, and what one or two models make of them. The models answer one after the other, so that neither takes the cores from
/// the other and their speeds can be compared.
public final class PlaygroundViewModel implements AutoCloseable {

    private final List<Seat> seats;
    private final SamplingForm sampling = new SamplingForm();
    private final ShownTask task;
    private final StringProperty prompt = new SimpleStringProperty("");
    private final StringProperty pair = new SimpleStringProperty("");
    private final ObjectProperty<PromptMode> mode = new SimpleObjectProperty<>(PromptMode.TEXT);
    private final ReadOnlyBooleanWrapper classifies = new ReadOnlyBooleanWrapper();
    private final ReadOnlyBooleanWrapper pairs = new ReadOnlyBooleanWrapper();
    private final ObservableList<Round> rounds = FXCollections.observableArrayList();
    private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");
    private final Queue<Turn> turns = new ArrayDeque<>();
    private Seat asked;

    private record Turn(Seat seat, Object request, List<String> arguments, Answer answer) {}

    /// @param experiment whose task texts are classified by
    /// @param program    makes a process out of the arguments of the command line
    /// @param window     runs what it is given on the thread that owns the properties
    public PlaygroundViewModel(ObservableValue<Experiment> experiment, Function<String[], ProcessBuilder> program, Executor window) {
        seats = List.of(new Seat(program, window), new Seat(program, window));
        task = new ShownTask(experiment::getValue);
        seats.forEach(seat -> seat.choiceProperty().addListener((_, _, _) -> load(seat)));
        mode.addListener((_, _, _) -> seats.forEach(this::load));
        experiment.addListener((_, _, _) -> taskChanged());
        taskChanged();
    }

    private void taskChanged() {
        classifies.set(task.isClassification());
        pairs.set(task.isOfPairs());
        if (!classifies.get() && mode.get() == PromptMode.TASK) {
            mode.set(PromptMode.TEXT);
        }
    }

    /// The model that the other one is compared with, and the other one.
    public List<Seat> seats() {
        return seats;
    }

    /// Chooses a model: the first one, or where there is one already, the one beside it.
    public void choose(ModelChoice model) {
        boolean free = !taken(seats.getFirst()) || seats.getFirst().choiceProperty().get().equals(model);
        (free ? seats.getFirst() : seats.getLast()).choiceProperty().set(model);
    }

    public SamplingForm sampling() {
        return sampling;
    }

    public StringProperty promptProperty() {
        return prompt;
    }

    /// The second text of a pair to classify.
    public StringProperty pairProperty() {
        return pair;
    }

    public ObjectProperty<PromptMode> modeProperty() {
        return mode;
    }

    /// Whether the experiment's task is a classification.
    public ReadOnlyBooleanProperty classifiesProperty() {
        return classifies.getReadOnlyProperty();
    }

    /// Whether the experiment's task asks about pairs of texts.
    public ReadOnlyBooleanProperty pairsProperty() {
        return pairs.getReadOnlyProperty();
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
                Answer answer = new Answer(model);
                answers.add(answer);
                turns.add(new Turn(seat, request(model), arguments(model), answer));
            }
            problem.set("");
            rounds.add(new Round(prompt.get(), asksPairs() ? pair.get() : "", mode.get(), List.copyOf(answers)));
            prompt.set("");
            pair.set("");
            busy.set(true);
            next();
        } catch (InvalidInput e) {
            turns.clear();
            problem.set(e.getMessage());
        }
    }

    private boolean asksPairs() {
        return mode.get() == PromptMode.TASK && pairs.get();
    }

    private Object request(ModelChoice model) {
        return switch (mode.get()) {
            case TEXT -> sampling.request(prompt.get(), false, List.of());
            case CHAT -> sampling.request(prompt.get(), true, history(model));
            case TASK -> new ClassificationRequest(prompt.get(), asksPairs() ? pair.get() : "");
        };
    }

    /// Of the command line that serves the model.
    private List<String> arguments(ModelChoice model) {
        return mode.get() == PromptMode.TASK
                ? List.of("classify", model.path(), "--config", task.file().toString(), "--serve", "--threads", sampling.threads())
                : List.of("generate", model.path(), "--serve", "--threads", sampling.threads(), "--kv-cache", sampling.cacheProperty().get());
    }

    /// A model is loaded, and the first code compiled, while the prompt is written.
    private void load(Seat seat) {
        try {
            if (taken(seat)) {
                seat.load(arguments(seat.choiceProperty().get()));
            }
        } catch (InvalidInput e) {
            problem.set(e.getMessage());
        }
    }

    /// What this model and the user said to each other so far.
    private List<Exchange> history(ModelChoice model) {
        List<Exchange> history = new ArrayList<>();
        for (Round round : rounds) {
            round.answers().stream()
                    .filter(answer -> round.mode() == PromptMode.CHAT && answer.model().equals(model)
                            && answer.phaseProperty().get() == Phase.DONE)
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
        turn.seat().ask(turn.request(), turn.arguments(), turn.answer(), this::next);
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
