package org.bitdistillery.ui.playground;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.generation.GenerationRequest;
import org.bitdistillery.generation.ModelEvent;
import org.bitdistillery.run.EventJson;

/// A model that answers in a process of its own: the command `generate` or `classify` of this program with `--serve`, so that window and command line
/// cannot differ and a model that is too large takes no window along. It ends when it is closed, or when this program ends.
final class ModelProcess implements AutoCloseable {

    private static final int KILLED = 137;

    /// Called on the window's thread.
    interface Listener {

        void happened(ModelEvent event);

        /// The process ended by itself.
        ///
        /// @param sentence why
        void ended(String sentence);
    }

    private final ProcessBuilder builder;
    private final Listener listener;
    private final Executor window;
    private final ExecutorService writing = Executors.newSingleThreadExecutor(Thread.ofVirtual().name("model requests").factory());
    private final Queue<ModelEvent> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile Process process;
    private volatile Writer requests;
    private volatile boolean closed;

    /// @param builder of a process that talks as `generate --serve` does
    ModelProcess(ProcessBuilder builder, Executor window, Listener listener) {
        this.builder = builder.redirectErrorStream(true);
        this.window = window;
        this.listener = listener;
        writing.execute(this::start);
    }

    /// @param request a record as the command takes it
    void ask(Object request) {
        write(EventJson.compact(request));
    }

    /// Ends the present answer.
    void stop() {
        write(GenerationRequest.STOP);
    }

    @Override
    public void close() {
        closed = true;
        Process running = process;
        if (running != null) {
            running.destroy();
        }
        writing.shutdown();
    }

    private void start() {
        try {
            process = builder.start();
            requests = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
            Thread.ofVirtual().name("model answers").start(this::read);
            if (closed) {
                process.destroy();
            }
        } catch (IOException e) {
            tellEnd("The model's process cannot be started (" + e.getMessage() + "). Close other programs and try again.");
        }
    }

    private void write(String line) {
        if (closed) {
            return;
        }
        writing.execute(() -> {
            try {
                if (requests != null) {
                    requests.write(line + "\n");
                    requests.flush();
                }
            } catch (IOException e) {
                // The process is gone; its end is told by whoever reads its answers.
            }
        });
    }

    private void read() {
        String words = "";
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    waiting.add(EventJson.read(line, ModelEvent.class));
                    wake();
                } else if (!line.isBlank() && !line.startsWith("WARNING:")) {
                    words = line.strip();
                }
            }
        } catch (IOException | InvalidInput e) {
            words = e.getMessage();
            process.destroy();
        }
        tellEnd(reason(words));
    }

    private String reason(String words) {
        try {
            int code = process.waitFor();
            if (code == KILLED) {
                return "The system ended the model's process, most likely for want of memory. Close other programs or choose a smaller model.";
            }
            return words.isEmpty() ? "The model's process ended with exit code " + code + "." : words;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return words;
        }
    }

    private void tellEnd(String sentence) {
        window.execute(() -> {
            if (!closed) {
                drain();
                listener.ended(sentence);
            }
        });
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            window.execute(this::drain);
        }
    }

    private void drain() {
        woken.set(false);
        for (ModelEvent event = waiting.poll(); event != null && !closed; event = waiting.poll()) {
            listener.happened(event);
        }
    }
}
