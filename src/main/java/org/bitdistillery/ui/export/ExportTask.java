package org.bitdistillery.ui.export;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.concurrent.Task;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.ExportedTensor;
import org.bitdistillery.platform.SelfProcess;
import org.bitdistillery.run.EventJson;

/// Exports a run's student in a process of its own: the command `export` of this program, so that window and command line
/// cannot differ.
public final class ExportTask extends Task<Exported> {

    private static final Pattern PROGRESS = Pattern.compile("(.*): (\\d+) %");
    private static final String TENSORS = "tensors.json";

    private final Path target;
    private final ProcessBuilder command;
    private volatile Process process;

    /// @param format     as `export --format` names it
    /// @param embeddings as `export --embeddings` names it
    /// @param llama      as `export --llama` names it
    public ExportTask(Path run, String format, String embeddings, Optional<Path> llama, Path target) {
        this(run, format, embeddings, llama, target, SelfProcess::command);
    }

    /// @param program makes a process out of the arguments of the command line
    ExportTask(Path run, String format, String embeddings, Optional<Path> llama, Path target, Function<String[], ProcessBuilder> program) {
        this.target = target;
        List<String> arguments = new ArrayList<>(List.of(
                "export", run.toAbsolutePath().toString(), "--format", format, "--embeddings", embeddings, "--to", target.toAbsolutePath().toString(),
                "--json"));
        llama.ifPresent(library -> arguments.addAll(List.of("--llama", library.toAbsolutePath().toString())));
        command = program.apply(arguments.toArray(String[]::new));
        updateTitle("Export to " + target.getFileName());
        updateMessage("Starting");
    }

    public Path target() {
        return target;
    }

    @Override
    protected Exported call() throws IOException, InterruptedException {
        process = command.redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String[] last = follow();
            int code = process.waitFor();
            if (code != 0) {
                throw new InvalidInput(last[0].isBlank() ? "The export failed with exit code " + code + "." : last[0]);
            }
            List<ExportedTensor> tensors = List.of(EventJson.read(Files.readString(target.resolve(TENSORS)), ExportedTensor[].class));
            return new Exported(EventJson.read(last[1], ExportSummary.class), tensors);
        } finally {
            process.destroy();
        }
    }

    /// Shows what the process says, line by line.
    ///
    /// @return the last line that is no JSON and no warning of the Java runtime, and the last one that is JSON
    private String[] follow() throws IOException {
        String[] last = {"", "{}"};
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    last[1] = line;
                } else if (!line.isBlank() && !line.startsWith("WARNING:")) {
                    last[0] = line.strip();
                    show(last[0]);
                }
            }
        }
        return last;
    }

    private void show(String line) {
        Matcher progress = PROGRESS.matcher(line);
        if (progress.matches()) {
            updateProgress(Integer.parseInt(progress.group(2)), 100);
        }
        updateMessage(progress.matches() ? progress.group(1) : line);
    }

    @Override
    protected void cancelled() {
        Process running = process;
        if (running != null) {
            running.destroy();
        }
    }
}
