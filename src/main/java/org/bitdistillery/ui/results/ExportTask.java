package org.bitdistillery.ui.results;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import javafx.concurrent.Task;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.SelfProcess;

/// Exports a run's student in a process of its own: the command `export` of this program, so that window and command line
/// cannot differ.
public final class ExportTask extends Task<Path> {

    private final Path target;
    private final ProcessBuilder command;
    private volatile Process process;

    public ExportTask(Path run, Path target) {
        this(run, target, SelfProcess::command);
    }

    /// @param program makes a process out of the arguments of the command line
    ExportTask(Path run, Path target, Function<String[], ProcessBuilder> program) {
        this.target = target;
        command = program.apply(new String[] {
            "export", run.toAbsolutePath().toString(), "--format", "huggingface", "--to", target.toAbsolutePath().toString(), "--json"});
        updateTitle("Export to " + target.getFileName());
        updateMessage("Starting");
    }

    @Override
    protected Path call() throws IOException, InterruptedException {
        process = command.redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String last = follow();
            int code = process.waitFor();
            if (code != 0) {
                throw new InvalidInput(last.isBlank() ? "The export failed with exit code " + code + "." : last);
            }
            return target;
        } finally {
            process.destroy();
        }
    }

    /// Shows what the process says, line by line.
    ///
    /// @return the last line that is no JSON and no warning of the Java runtime
    private String follow() throws IOException {
        String last = "";
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.startsWith("{") && !line.startsWith("WARNING:")) {
                    last = line.strip();
                    updateMessage(last);
                }
            }
        }
        return last;
    }

    @Override
    protected void cancelled() {
        Process running = process;
        if (running != null) {
            running.destroy();
        }
    }
}
