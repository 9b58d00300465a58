package org.bitdistillery.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The checkpoints of one stage: folders `step-00000200` with float32 weights, the optimizer's state and the position.
///
/// A folder appears whole or not at all. Batches are functions of their number, so the step count is the position in the
/// data, too, and no random state needs to be kept.
public final class Checkpoints {

    private static final String PREFIX = "step-";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String POSITION = "position.json";
    private static final String BEST = "best";
    private static final String VERDICT = "best.json";

    private final Path folder;
    private final int keep;

    /// @param keep number of checkpoints to keep, the newest ones, beside the best one
    public Checkpoints(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /// How far a stage has come.
    ///
    /// @param step   optimizer steps done
    /// @param tokens tokens seen, padding not counted
    ///
    /// @param objective what the objective remembers; null in checkpoints of earlier versions
    public record Position(long step, long tokens, Map<String, Double> objective) {}

    /// @return the new checkpoint's folder
    /// @throws InvalidInput where it cannot be written; earlier checkpoints are untouched then
    Path save(Decoder student, AdamW optimizer, Position position) {
        Path target = folder(position.step());
        Path unfinished = begin(target);
        ModelFolder.save(student, unfinished, DType.F32);
        SafetensorsWriter.write(unfinished.resolve(OPTIMIZER), optimizer.state(), Map.of());
        AtomicFiles.write(unfinished.resolve(POSITION), JsonMapper.shared().writeValueAsString(position));
        AtomicFiles.replaceFolder(unfinished, target);
        prune();
        return target;
    }

    private Path begin(Path target) {
        Path unfinished = folder.resolve("." + target.getFileName() + ".part");
        try {
            AtomicFiles.deleteFolder(unfinished);
            Files.createDirectories(unfinished);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(unfinished, e);
        }
        return unfinished;
    }

    /// The weights with the lowest validation loss: the folder `best`, and `best.json` in it.
    ///
    /// @param step after which they were
    /// @param loss in nats
    public record Best(long step, double loss) {}

    /// Keeps weights as the best ones, in the place of those before. The newest checkpoint and not this one is what training goes
    /// on from, so that no optimizer state is kept with them.
    ///
    /// @return their folder
    Path saveBest(Decoder weights, Best best) {
        Path target = folder.resolve(BEST);
        Path unfinished = begin(target);
        ModelFolder.save(weights, unfinished, DType.F32);
        AtomicFiles.write(unfinished.resolve(VERDICT), JsonMapper.shared().writeValueAsString(best));
        AtomicFiles.replaceFolder(unfinished, target);
        return target;
    }

    public Optional<Best> best() {
        Path file = folder.resolve(BEST).resolve(VERDICT);
        try {
            return Files.exists(file) ? Optional.of(JsonMapper.shared().readValue(Files.readAllBytes(file), Best.class)) : Optional.empty();
        } catch (IOException | JacksonException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "). Delete its folder to go on without the best weights.", e);
        }
    }

    /// Gives a student the best weights, where there are some.
    void restoreBest(Decoder student) {
        if (best().isPresent()) {
            ModelFolder.restore(student, folder.resolve(BEST));
        }
    }

    private void prune() {
        for (Path old : newestFirst().stream().skip(keep).toList()) {
            AtomicFiles.deleteFolder(old);
        }
    }

    private Path folder(long step) {
        return folder.resolve(String.format("%s%08d", PREFIX, step));
    }

    /// The folder of the newest checkpoint.
    public Optional<Path> newest() {
        return newestFirst().stream().findFirst();
    }

    /// Takes over the newest checkpoint, if there is one.
    ///
    /// @throws InvalidInput where it is damaged
    Optional<Position> restore(Decoder student, AdamW optimizer) {
        return newest().map(checkpoint -> {
            Position position = position(checkpoint.resolve(POSITION));
            ModelFolder.restore(student, checkpoint);
            try (SafetensorsFile state = SafetensorsFile.open(checkpoint.resolve(OPTIMIZER))) {
                optimizer.restore(state, position.step());
            }
            return position;
        });
    }

    private static Position position(Path file) {
        try {
            return JsonMapper.shared().readValue(Files.readAllBytes(file), Position.class);
        } catch (IOException | JacksonException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage()
                    + "). Delete this checkpoint's folder to go on from the one before.", e);
        }
    }

    private List<Path> newestFirst() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> content = Files.list(folder)) {
            return content.filter(path -> path.getFileName().toString().startsWith(PREFIX))
                    .sorted(Comparator.comparing((Path path) -> path.getFileName().toString()).reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
