package org.bitdistillery.ui.playground;

import java.util.Arrays;
import java.util.List;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.generation.Exchange;
import org.bitdistillery.generation.GenerationRequest;
import org.bitdistillery.generation.Sampling;

/// How tokens are chosen and how the engine works, as it stands in the form: the options of the command `generate`.
public final class SamplingForm {

    static final List<String> CACHES = List.of("f32", "f16", "int8");

    private final StringProperty tokens = new SimpleStringProperty("128");
    private final StringProperty temperature = new SimpleStringProperty("0");
    private final StringProperty topK = new SimpleStringProperty("0");
    private final StringProperty topP = new SimpleStringProperty("1");
    private final StringProperty minP = new SimpleStringProperty("0");
    private final StringProperty repetitionPenalty = new SimpleStringProperty("1");
    private final StringProperty seed = new SimpleStringProperty("1");
    private final StringProperty stops = new SimpleStringProperty("");
    private final StringProperty threads = new SimpleStringProperty("0");
    private final ObjectProperty<String> cache = new SimpleObjectProperty<>(CACHES.getFirst());

    public StringProperty tokensProperty() {
        return tokens;
    }

    public StringProperty temperatureProperty() {
        return temperature;
    }

    public StringProperty topKProperty() {
        return topK;
    }

    public StringProperty topPProperty() {
        return topP;
    }

    public StringProperty minPProperty() {
        return minP;
    }

    public StringProperty repetitionPenaltyProperty() {
        return repetitionPenalty;
    }

    public StringProperty seedProperty() {
        return seed;
    }

    /// One a line.
    public StringProperty stopsProperty() {
        return stops;
    }

    public StringProperty threadsProperty() {
        return threads;
    }

    public ObjectProperty<String> cacheProperty() {
        return cache;
    }

    /// @throws InvalidInput where a field holds no number, or one that is out of its range
    GenerationRequest request(String prompt, boolean chat, List<Exchange> history) {
        Sampling chosen = new Sampling(number("Temperature", temperature), whole("Top-k", topK), number("Top-p", topP), number("Min-p", minP),
                number("Repetition penalty", repetitionPenalty), whole("Seed", seed));
        List<String> ends = Arrays.stream(stops.get().split("\n")).filter(stop -> !stop.isBlank()).toList();
        return new GenerationRequest(prompt, chat, history, whole("Tokens at most", tokens), chosen, ends);
    }

    /// @throws InvalidInput where the number of threads is none
    String threads() {
        return Integer.toString(whole("Threads", threads));
    }

    private static int whole(String name, StringProperty text) {
        try {
            return Integer.parseInt(text.get().strip());
        } catch (NumberFormatException e) {
            throw new InvalidInput(name + " is “" + text.get() + "”. Write a whole number.");
        }
    }

    private static double number(String name, StringProperty text) {
        try {
            return Double.parseDouble(text.get().strip());
        } catch (NumberFormatException e) {
            throw new InvalidInput(name + " is “" + text.get() + "”. Write a number, with a point before decimals.");
        }
    }
}
