package org.bitdistillery.ui.playground;

import java.util.Comparator;
import java.util.List;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.generation.ModelEvent.Answered;
import org.bitdistillery.generation.ModelEvent.Candidate;
import org.bitdistillery.generation.ModelEvent.Classified;
import org.bitdistillery.generation.ModelEvent.Loaded;
import org.bitdistillery.generation.ModelEvent.Piece;

/// One model's answer as it comes.
public final class Answer {

    /// Where an answer stands.
    public enum Phase {
        WAITING, LOADING, READING, WRITING, DONE, FAILED, STOPPED
    }

    private static final double NANOS = 1e9;

    private final ModelChoice model;
    private final ReadOnlyObjectWrapper<Phase> phase = new ReadOnlyObjectWrapper<>(Phase.WAITING);
    private final ReadOnlyStringWrapper text = new ReadOnlyStringWrapper("");
    private final ReadOnlyStringWrapper status = new ReadOnlyStringWrapper("Waits for its turn");
    private final ReadOnlyStringWrapper facts = new ReadOnlyStringWrapper("");
    private List<Candidate> candidates = List.of();
    private double speed;
    private long firstToken;

    Answer(ModelChoice model) {
        this.model = model;
    }

    public ModelChoice model() {
        return model;
    }

    public ReadOnlyObjectProperty<Phase> phaseProperty() {
        return phase.getReadOnlyProperty();
    }

    public ReadOnlyStringProperty textProperty() {
        return text.getReadOnlyProperty();
    }

    /// What goes on, or tokens and speed, or what went wrong.
    public ReadOnlyStringProperty statusProperty() {
        return status.getReadOnlyProperty();
    }

    /// Format and size of the model; empty until it is loaded.
    public ReadOnlyStringProperty factsProperty() {
        return facts.getReadOnlyProperty();
    }

    /// The likeliest first tokens, or the labels, most likely first; empty until the answer is complete.
    public List<Candidate> candidates() {
        return candidates;
    }

    /// Tokens a second behind the first, or texts a second; 0 for unknown.
    public double speed() {
        return speed;
    }

    void loading() {
        phase.set(Phase.LOADING);
        status.set("Loading the model");
    }

    void reading(Loaded loaded) {
        phase.set(Phase.READING);
        status.set("Reading the prompt");
        facts.set(loaded.text());
    }

    void grow(Piece piece) {
        if (phase.get() != Phase.WRITING) {
            phase.set(Phase.WRITING);
            firstToken = System.nanoTime();
        }
        text.set(text.get() + piece.text());
        double seconds = (System.nanoTime() - firstToken) / NANOS;
        String rate = piece.tokens() > 1 && seconds > 0.2 ? " · " + Units.tokensPerSecond((piece.tokens() - 1) / seconds) : "";
        status.set(tokens(piece.tokens()) + rate);
    }

    void complete(Answered all) {
        text.set(all.text());
        String rate = all.tokensPerSecond() > 0 ? " · " + Units.tokensPerSecond(all.tokensPerSecond()) : "";
        status.set(tokens(all.tokens()) + rate + " · first after " + Units.wait(all.secondsToFirstToken()) + " · " + all.ending().text());
        candidates = all.first();
        speed = all.tokensPerSecond();
        phase.set(Phase.DONE);
    }

    void complete(Classified found) {
        text.set(found.word());
        status.set(tokens(found.promptTokens()) + " read in " + Units.wait(found.seconds()));
        candidates = found.probabilities().entrySet().stream().map(label -> new Candidate(label.getKey(), label.getValue()))
                .sorted(Comparator.comparing(Candidate::probability).reversed()).toList();
        speed = 1 / found.seconds();
        phase.set(Phase.DONE);
    }

    void fail(String sentence) {
        status.set(sentence);
        phase.set(Phase.FAILED);
    }

    void skip() {
        status.set("Stopped before it began");
        phase.set(Phase.STOPPED);
    }

    private static String tokens(int count) {
        return count + (count == 1 ? " token" : " tokens");
    }
}
