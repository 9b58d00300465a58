package org.bitdistillery.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.generation.GenerationEvent;
import org.bitdistillery.generation.GenerationEvent.Refused;
import org.bitdistillery.generation.GenerationModel;
import org.bitdistillery.generation.GenerationRequest;
import org.bitdistillery.run.EventJson;
import tools.jackson.core.JacksonException;

/// Answers requests that come as lines of JSON with lines of JSON, until the input ends or nobody reads the answers any more.
final class GenerationServer {

    static final String STOP = "stop";

    private final GenerationModel model;
    private final BufferedReader in;
    private final PrintWriter out;
    private final BlockingQueue<Optional<Line>> lines = new LinkedBlockingQueue<>();
    private final AtomicLong stopped = new AtomicLong();

    /// A request as it came, and the how manieth it is.
    private record Line(String json, long number) {}

    GenerationServer(GenerationModel model, BufferedReader in, PrintWriter out) {
        this.model = model;
        this.in = in;
        this.out = out;
    }

    void run() {
        say(model.loaded());
        Thread.ofPlatform().daemon().name("requests").start(this::read);
        try {
            for (Optional<Line> line = lines.take(); line.isPresent(); line = lines.take()) {
                say(answer(line.get()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private GenerationEvent answer(Line line) {
        try {
            return model.answer(request(line.json()), this::say, () -> line.number() <= stopped.get());
        } catch (InvalidInput e) {
            return new Refused(e.getMessage());
        }
    }

    private static GenerationRequest request(String json) {
        try {
            return EventJson.read(json, GenerationRequest.class);
        } catch (InvalidInput e) {
            throw e.getCause() instanceof JacksonException
                    ? new InvalidInput("A line is no request in JSON. docs/generation.md says what one looks like.", e) : e;
        }
    }

    private void say(GenerationEvent event) {
        out.println(EventJson.compact(event));
        if (out.checkError()) {
            stopped.set(Long.MAX_VALUE);
        }
    }

    private void read() {
        long number = 0;
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.strip().equals(STOP)) {
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
