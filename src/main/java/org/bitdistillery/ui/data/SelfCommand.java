package org.bitdistillery.ui.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.SelfProcess;

/// Commands of this program in a process of its own, so that window and command line cannot differ and what a data file does
/// to a tokenizer cannot take the window along.
@FunctionalInterface
public interface SelfCommand {

    /// @return the command's line of JSON
    /// @throws InvalidInput with the command's last words, where it gave none
    String json(String command, Experiment experiment) throws IOException, InterruptedException;

    static SelfCommand ofThisProgram() {
        return of(SelfProcess::command);
    }

    /// @param program makes a process out of the arguments of the command line
    static SelfCommand of(Function<String[], ProcessBuilder> program) {
        return (command, experiment) -> {
            Path config = Files.createTempFile("bitdistillery", ".json");
            Process process = null;
            try {
                Files.writeString(config, ExperimentFile.toJson(experiment));
                process = program.apply(new String[] {command, config.toString(), "--json"}).redirectErrorStream(true).start();
                process.getOutputStream().close();
                return answer(process, command);
            } finally {
                if (process != null) {
                    process.destroy();
                }
                Files.deleteIfExists(config);
            }
        };
    }

    private static String answer(Process process, String command) throws IOException, InterruptedException {
        String json = "";
        String words = "";
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    json = line;
                } else if (!line.isBlank() && !line.startsWith("WARNING:")) {
                    words = line.strip();
                }
            }
        }
        int code = process.waitFor();
        if (json.isEmpty()) {
            throw new InvalidInput(words.isEmpty() ? "The command " + command + " ended with exit code " + code + "." : words);
        }
        return json;
    }
}
