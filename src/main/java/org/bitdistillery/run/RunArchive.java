package org.bitdistillery.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;

/// The runs below one folder.
public final class RunArchive {

    /// A run in one line.
    ///
    /// @param scores 0..1 by model, accuracy or ROUGE-Lsum, keyed as in `results.json`; empty until the run finished
    public record Entry(Path folder, String name, RunState state, Instant created, Map<String, Double> scores) {}

    private RunArchive() {}

    /// Newest first. Folders that hold no run, or a broken one, are left out; a folder that does not exist has no runs.
    public static List<Entry> list(Path runs) {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.map(RunFolder::new)
                    .filter(RunFolder::isRun)
                    .flatMap(RunArchive::entry)
                    .sorted(Comparator.comparing(Entry::created).reversed())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Stream<Entry> entry(RunFolder folder) {
        try {
            Map<String, Double> scores = new LinkedHashMap<>();
            folder.results().ifPresent(
                    results -> results.scores().forEach((model, score) -> scores.put(model, score.headline())));
            return Stream.of(new Entry(folder.path(), folder.experiment().name(), folder.state(), folder.created(), scores));
        } catch (InvalidInput e) {
            return Stream.empty();
        }
    }
}
