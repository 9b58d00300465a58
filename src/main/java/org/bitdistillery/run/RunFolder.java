package org.bitdistillery.run;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.FormatAnswer;
import org.bitdistillery.event.Results;
import org.bitdistillery.pipeline.ExportJob;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.platform.AtomicFiles;
import tools.jackson.core.JacksonException;

/// The folder that a run owns. Everything that is known of a run stands here and nowhere else.
///
/// | file | what |
/// |---|---|
/// | `config.json` | the configuration, every field written out |
/// | `environment.json` | versions, machine, seed, hashes of the data |
/// | `events.jsonl` | what happened ([RunEvent]), only ever appended |
/// | `control.json`, `worker.json`, `worker.lock`, `worker.log` | between the worker and whoever shows the run |
/// | `checkpoints/`, `models/`, `stages/`, `export/` | results of the stages |
/// | `results.json` | what the run found out ([Results]) |
public record RunFolder(Path path) {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    /// Makes the folder of a new run and writes its configuration there.
    ///
    /// @param path must not exist, or be empty
    /// @throws InvalidInput where there is something already, or nothing can be written
    public static RunFolder create(Path path, Experiment experiment) {
        RunFolder folder = new RunFolder(path);
        try {
            Files.createDirectories(path);
            try (Stream<Path> content = Files.list(path)) {
                if (content.findAny().isPresent()) {
                    throw folder.isRun()
                            ? new InvalidInput(path + " holds a run already. Go on with it by --resume " + path
                                    + ", or choose another folder.")
                            : new InvalidInput(path + " is not empty. Choose an empty or a new folder for the run.");
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw new InvalidInput(path + " is a file. Choose a folder for the run.", e);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(path, e);
        }
        AtomicFiles.write(folder.config(), ExperimentFile.toJson(experiment));
        return folder;
    }

    /// @throws InvalidInput where no run is there
    public static RunFolder open(Path path) {
        RunFolder folder = new RunFolder(path);
        if (!Files.isDirectory(path)) {
            throw new InvalidInput(path + " does not exist. Name the folder of a run.");
        }
        if (!folder.isRun()) {
            throw new InvalidInput(path + " is not the folder of a run: it has no config.json of an experiment."
                    + " Name the folder of a run.");
        }
        return folder;
    }

    /// Opens a run for a new worker, and forgets what an earlier one was asked to do and said of itself.
    ///
    /// @throws InvalidInput where there is no run, it is finished, or a worker is at it
    public static RunFolder openToResume(Path path) {
        RunFolder folder = open(path);
        switch (folder.state()) {
            case FINISHED -> throw new InvalidInput(path + " is finished already, there is nothing to resume. Start a new run.");
            case RUNNING, PAUSED -> throw folder.busy();
            default -> folder.control().request(RunControl.Command.RUN);
        }
        try {
            Files.deleteIfExists(folder.workerFile());
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder.workerFile(), e);
        }
        return folder;
    }

    InvalidInput busy() {
        String process = workerProcess().map(id -> " (process " + id + ")").orElse("");
        return new InvalidInput("Another worker" + process + " is at " + path + ". Wait until it is done, or stop it first.");
    }

    /// Where a run goes that the user gave no folder: below `runs`, named by time and experiment.
    public static Path defaultPath(Path runs, String name, LocalDateTime now) {
        String safeName = name.strip().replaceAll("[^\\p{L}\\p{N}._-]+", "-");
        return runs.resolve(STAMP.format(now) + "-" + (safeName.isEmpty() ? "run" : safeName));
    }

    /// Whether a run is here. Model folders have a `config.json`, too, but with a `model_type`.
    public boolean isRun() {
        try {
            return Files.isRegularFile(config()) && !Files.readString(config()).contains("\"model_type\"");
        } catch (IOException e) {
            return false;
        }
    }

    /// @throws InvalidInput where the configuration is missing or broken
    public Experiment experiment() {
        return ExperimentFile.read(config());
    }

    /// In which formats the student can be exported, or will be able to.
    ///
    /// @throws InvalidInput where neither student nor base model can be read
    public List<FormatAnswer> exportFormats() {
        return ExportJob.formats(path);
    }

    /// What the run found out, or nothing as long as it has not finished.
    public Optional<Results> results() {
        try {
            return Files.exists(resultsFile())
                    ? Optional.of(EventJson.MAPPER.readValue(Files.readString(resultsFile()), Results.class))
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /// Where the run stands. Reads one line of the log and asks for the worker's lock, however long the run is.
    public RunState state() {
        Optional<WorkerInfo> worker = WorkerInfo.read(workerFile());
        boolean live = worker.isPresent() && (worker.get().isThisProcess() || WorkerLock.isHeld(lockFile()));
        Optional<RunEvent> last = EventLog.lastEvent(events());
        if (last.isEmpty()) {
            return live ? RunState.RUNNING : worker.isPresent() ? RunState.INTERRUPTED : RunState.NEW;
        }
        if (live && last.get().at().isBefore(worker.get().startedAt())) {
            return RunState.RUNNING;
        }
        return switch (last.get()) {
            case RunEvent.RunFinished _ -> RunState.FINISHED;
            case RunEvent.RunFailed _ -> RunState.FAILED;
            case RunEvent.RunStopped _ -> RunState.STOPPED;
            case RunEvent.RunPaused _ -> live ? RunState.PAUSED : RunState.INTERRUPTED;
            default -> live ? RunState.RUNNING : RunState.INTERRUPTED;
        };
    }

    /// Why the run failed, in one sentence, where it did.
    public Optional<String> failure() {
        return EventLog.lastEvent(events())
                .map(event -> event instanceof RunEvent.RunFailed failed ? failed.message() : null);
    }

    /// When the run was configured, or the epoch where the disk does not tell.
    public Instant created() {
        try {
            return Files.getLastModifiedTime(config()).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    public Path config() {
        return path.resolve("config.json");
    }

    public Path environment() {
        return path.resolve("environment.json");
    }

    public Path events() {
        return path.resolve("events.jsonl");
    }

    public Path resultsFile() {
        return path.resolve("results.json");
    }

    /// Standard output and standard error of the worker, and the stack trace of a failure.
    public Path log() {
        return path.resolve("worker.log");
    }

    /// Lets the worker save a checkpoint and end after its current step.
    ///
    /// @throws InvalidInput where the folder cannot be written
    public void requestStop() {
        control().request(RunControl.Command.STOP);
    }

    /// The process that works on the run, or did last.
    public Optional<Long> workerProcess() {
        return WorkerInfo.read(workerFile()).map(WorkerInfo::processId);
    }

    Path workerFile() {
        return path.resolve("worker.json");
    }

    Path lockFile() {
        return path.resolve("worker.lock");
    }

    RunControl control() {
        return new RunControl(path.resolve("control.json"));
    }
}
