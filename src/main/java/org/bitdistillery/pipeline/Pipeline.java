package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.MemorySaving;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.platform.FreedMemory;

/// The stages in order. What an earlier, interrupted worker finished in the same folder is taken over.
public final class Pipeline {

    private static final int TYPICAL_ROW = 64;

    private static final List<Stage> STAGES = List.of(
            new PrepareTeacher(), new FineTuneTeacher(), new AddSubLn(), new ContinuePretraining(), new DistillStudent(),
            new TrainBaseline(), new EvaluateModels(), new BenchmarkModels(), new ExportStudent());

    private Pipeline() {}

    /// Runs an experiment to its end.
    ///
    /// @param folder      the run folder, which may hold the work of an interrupted worker
    /// @param events      told of everything that happens, on the calling thread
    /// @param mayContinue asked between steps; blocks while the run is paused, false stops it
    /// @throws RunStoppedException                    where `mayContinue` said so
    /// @throws org.bitdistillery.config.InvalidInput where something that the user gave stands in the way
    public static Results run(Experiment experiment, Path folder, Consumer<RunEvent> events, BooleanSupplier mayContinue) {
        return runResolved(NamedModels.resolve(experiment, HubCache.ofUser()), folder, events, mayContinue);
    }

    private static Results runResolved(Experiment experiment, Path folder, Consumer<RunEvent> events, BooleanSupplier mayContinue) {
        RunPaths paths = new RunPaths(folder);
        StageResults results = new StageResults(paths);
        try (RunContext context = new RunContext(experiment, paths, events, mayContinue, results)) {
            List<Stage> enabled = STAGES.stream().filter(stage -> stage.isEnabled(context)).toList();
            context.emit(new RunEvent.RunStarted(
                    Instant.now(), experiment.name(), ProcessHandle.current().pid(),
                    enabled.stream().map(stage -> plan(stage, context)).toList()));
            for (Stage stage : enabled) {
                runOnce(stage, context, results);
            }
            Results report = results.saveReport(experiment.name());
            context.emit(new RunEvent.RunFinished(Instant.now(), report.seconds(), report));
            return report;
        }
    }

    /// What stands in the way of an experiment, found without training; empty where the run can begin.
    public static List<ConfigProblem> check(Experiment experiment) {
        try {
            return Preflight.check(NamedModels.resolve(experiment, HubCache.ofUser()));
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    /// Everything that should be known before a run, worst first within each subject's place; red ones are also what
    /// [#check(Experiment)] finds.
    public static List<PreflightCheck> preflight(Experiment experiment, Path runs) {
        try {
            return PreflightList.of(NamedModels.resolve(experiment, HubCache.ofUser()), runs);
        } catch (ConfigException e) {
            return e.problems().stream().map(PreflightList::red).toList();
        }
    }

    /// How long a run takes, from real steps of every training stage; takes as long as these steps and writes nothing that
    /// stays.
    public static PreflightCheck timeNeeded(Experiment experiment) {
        return TimeNeed.measure(NamedModels.resolve(experiment, HubCache.ofUser()));
    }

    /// Bytes at the peak of stage 3 with the default settings but for these savings and rows of 64 tokens, teacher and student of this shape.
    public static long memoryNeeded(Architecture teacher, Set<MemorySaving> savings) {
        List<String> settings = Stream.concat(
                Stream.of("teacher.source=starter", "finetune.enabled=false", "pretrain.enabled=false", "baseline.enabled=false"),
                savings.stream().map(MemorySaving::assignment)).toList();
        Experiment distillation = ExperimentFile.withOverrides(Experiment.DEFAULTS, settings);
        return MemoryNeed.of(distillation, teacher, teacher, TYPICAL_ROW).bytes();
    }

    /// What the task's rows and the corpora look like.
    public static DataReport inspect(Experiment experiment) {
        return DataInspection.of(NamedModels.resolve(experiment, HubCache.ofUser()));
    }

    private static StagePlan plan(Stage stage, RunContext context) {
        Stage.Work work = stage.work(context);
        return new StagePlan(stage.id(), work.steps(), work.flops());
    }

    private static void runOnce(Stage stage, RunContext context, StageResults results) {
        var earlier = results.find(stage.id());
        if (earlier.isPresent()) {
            context.emit(new RunEvent.StageFinished(Instant.now(), stage.id(), earlier.get().seconds(), true));
            return;
        }
        context.stopIfAsked();
        long start = System.nanoTime();
        StageResult result = stage.run(context);
        FreedMemory.giveBack();
        double seconds = (System.nanoTime() - start) / 1e9;
        results.save(stage.id(), result.withSeconds(seconds));
        context.emit(new RunEvent.StageFinished(Instant.now(), stage.id(), seconds, false));
    }
}
