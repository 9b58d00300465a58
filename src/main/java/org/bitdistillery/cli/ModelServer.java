package org.bitdistillery.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.generation.GenerationRequest;
import org.bitdistillery.generation.ModelEvent;
import org.bitdistillery.generation.ModelEvent.Loaded;
import org.bitdistillery.generation.ModelEvent.Refused;
import org.bitdistillery.run.EventJson;
import tools.jackson.core.JacksonException;

/// Answers requests that come as lines of JSON with lines of JSON, until the input ends or nobody reads the answers any more.
///
/// @param <R> what is asked for
final class ModelServer<R> {

    /// Kernels become fast by being compiled, which takes the first second or two of work. It is done while the user still writes.
    private static final long WARM_NANOS = 4_000_000_000L;

    private final Class<R> requests;
    private final BufferedReader in;
    private final PrintWriter out;
    private final BlockingQueue<Optional<Line>> lines = new LinkedBlockingQueue<>();
    private final AtomicLong stopped = new AtomicLong();

    /// A request as it came, and the how manieth it is.
    private record Line(String json, long number) {}

    /// A model.
    @FunctionalInterface
    interface Model<R> {

        /// @param parts   gets what comes before the end
        /// @param stopped whether the answer is no longer wanted
        /// @return the end of the answer
        ModelEvent answer(R request, Consumer<ModelEvent> parts, BooleanSupplier stopped);
    }

    ModelServer(Class<R> requests, BufferedReader in, PrintWriter out) {
        this.requests = requests;
        this.in = in;
        this.out = out;
    }

    /// One that reads the standard input.
    static <R> ModelServer<R> ofStandardInput(Class<R> requests, PrintWriter out) {
        return new ModelServer<>(requests, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
    }

    /// @param warmUp does some of the model's work until it is told to stop, again and again until the first request
    void run(Loaded loaded, Model<R> model, Consumer<BooleanSupplier> warmUp) {
        say(loaded);
        Thread.ofPlatform().daemon().name("requests").start(this::read);
        for (long end = System.nanoTime() + WARM_NANOS; lines.isEmpty() && System.nanoTime() < end; ) {
            warmUp.accept(() -> !lines.isEmpty());
        }
        try {
            for (Optional<Line> line = lines.take(); line.isPresent(); line = lines.take()) {
                say(answer(line.get(), model));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ModelEvent answer(Line line, Model<R> model) {
        try {
            return model.answer(request(line.json()), this::say, () -> line.number() <= stopped.get());
        } catch (InvalidInput e) {
            return new Refused(e.getMessage());
        }
    }

    private R request(String json) {
        try {
            return EventJson.read(json, requests);
        } catch (InvalidInput e) {
            throw e.getCause() instanceof JacksonException
                    ? new InvalidInput("A line is no request in JSON. docs/generation.md says what one looks like.", e) : e;
        }
    }

    private void say(ModelEvent event) {
        out.println(EventJson.compact(event));
        if (out.checkError()) {
            stopped.set(Long.MAX_VALUE);
        }
    }

    private void read() {
        long number = 0;
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.strip().equals(GenerationRequest.STOP)) {
                    stopped.set(number);
                } else if (!line.isBlank()) {
                    lines.add(Optional.of(new Line(line, ++number)));
                }
            }
        } catch (IOException e) {
            // Whoever asked is gone, which is an end like any other.
        }
        lines.add(Optional.empty());
    }
}
