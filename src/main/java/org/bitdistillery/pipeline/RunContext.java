package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Devices;
import org.bitdistillery.model.Torch;

/// What stages share: the configuration, the run folder, the way to tell what happens, and the task's rows.
final class RunContext implements AutoCloseable {

    private final Experiment experiment;
    private final RunPaths paths;
    private final Consumer<RunEvent> events;
    private final BooleanSupplier mayContinue;
    private final StageResults results;
    private StageId stage = StageId.TEACHER;
    private TaskData taskData;
    private TaskInputs task;

    RunContext(
            Experiment experiment, RunPaths paths, Consumer<RunEvent> events, BooleanSupplier mayContinue, StageResults results) {
        this.experiment = experiment;
        this.paths = paths;
        this.events = events;
        this.mayContinue = mayContinue;
        this.results = results;
        Devices.use(experiment.compute());
        Torch.threads(experiment.compute().threads());
    }

    Experiment experiment() {
        return experiment;
    }

    RunPaths paths() {
        return paths;
    }

    /// What finished stages have found out so far.
    Results resultsSoFar() {
        return results.report(experiment.name());
    }

    void emit(RunEvent event) {
        events.accept(event);
    }

    void note(String message) {
        emit(new RunEvent.Noted(Instant.now(), stage, message));
    }

    void progress(double fraction, String detail) {
        emit(new RunEvent.Progressed(Instant.now(), stage, fraction, detail));
    }

    /// Tells that a stage begins, or goes on from a checkpoint.
    void begin(StageId started, long steps, long step, String detail) {
        stage = started;
        emit(new RunEvent.StageStarted(Instant.now(), started, steps, step, detail));
    }

    boolean mayContinue() {
        return mayContinue.getAsBoolean();
    }

    void stopIfAsked() {
        if (!mayContinue()) {
            throw new RunStoppedException();
        }
    }

    /// Folder of the base model.
    Path base() {
        TeacherStage teacher = experiment.teacher();
        if (teacher.tokens() > 0) {
            return paths.base();
        }
        return teacher.source() == TeacherStage.Source.FOLDER ? Path.of(teacher.path()) : paths.initialBase();
    }

    /// The teacher's folder: fine-tuned here, or taken as fine-tuned already.
    Path fp16Sft() {
        if (experiment.finetune().enabled()) {
            return paths.fp16Sft();
        }
        return experiment.distill().teacher().isBlank() ? base() : distillTeacher();
    }

    /// What stage 3 learns from: a model of the user's, or the one that this run fine-tuned.
    Path distillTeacher() {
        String other = experiment.distill().teacher();
        return other.isBlank() ? fp16Sft() : Path.of(other);
    }

    /// The student as the last training stage left it.
    Path student() {
        return paths.finalStudent(experiment);
    }

    /// Shape of the base model, known before a new one exists.
    Architecture architecture() {
        return BaseModel.architecture(experiment.teacher());
    }

    /// The task's rows; loaded once.
    TaskData taskData() {
        if (taskData == null) {
            taskData = TaskData.load(experiment.task(), experiment.seed());
            taskData.notes().forEach(this::note);
        }
        return taskData;
    }

    /// The task as the base model's tokens; needs the base model's folder.
    TaskInputs task() {
        if (task == null) {
            task = TaskInputs.load(experiment.task(), taskData(), base());
        }
        return task;
    }

    @Override
    public void close() {
        if (task != null) {
            task.close();
        }
    }
}
