package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.SamplePrediction;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.export.ExportOptions;
import org.bitdistillery.export.ExportProgress;
import org.bitdistillery.pipeline.RunStoppedException;
import org.bitdistillery.run.Worker;

/// A pipeline that trains nothing, and the command line in front of it with its streams caught.
final class FakeRuns {

    static final Results RESULTS = results();

    private FakeRuns() {}

    /// What one command did.
    record Output(int exitCode, String out, String err) {

        String lastLine() {
            return out.lines().reduce("", (_, line) -> line);
        }
    }

    static Output execute(Worker.Job job, String... args) {
        return execute(new Services(job, _ -> List.of(), FakeRuns::export, (_, _) -> List.of(), inspector()), args);
    }

    static Output execute(Services services, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Cli.execute(services, new PrintWriter(out, true), new PrintWriter(err, true), List.of(args));
        return new Output(exitCode, out.toString(), err.toString());
    }

    static ExportSummary export(Path run, ExportOptions options, Path target, ExportProgress progress) {
        for (int i = 0; i <= 1000; i++) {
            progress.at("Comparing", i / 1000.0);
        }
        return new ExportSummary("huggingface", target.toString(), 2048, 1e-7, 1, 100);
    }

    /// Finds these problems and nothing else.
    static Services.Inspector inspector(ConfigProblem... problems) {
        return new Services.Inspector() {
            @Override
            public DataReport data(Experiment experiment) {
                return new DataReport(List.of(), List.of(), null, List.of(), List.of(), List.of(), "");
            }

            @Override
            public List<PreflightCheck> preflight(Experiment experiment, Path runs) {
                return Stream.of(problems).map(problem -> PreflightCheck.red("Task", problem.message(), "Mend it.", problem.path())).toList();
            }

            @Override
            public PreflightCheck timeNeeded(Experiment experiment) {
                return PreflightCheck.green("Time", "Training takes about 3 min.");
            }
        };
    }

    /// A job of five steps.
    static Worker.Job fiveSteps() {
        return (_, _, events, mayContinue) -> {
            steps(events, mayContinue);
            events.accept(new RunEvent.RunFinished(Instant.now(), 61.5, RESULTS));
            return RESULTS;
        };
    }

    private static void steps(Consumer<RunEvent> events, BooleanSupplier mayContinue) {
        events.accept(new RunEvent.RunStarted(Instant.now(), "fake", 1, List.of(new StagePlan(StageId.DISTILL, 5, 1))));
        events.accept(new RunEvent.StageStarted(Instant.now(), StageId.DISTILL, 5, 0, "on 5 rows"));
        for (long step = 1; step <= 5; step++) {
            if (!mayContinue.getAsBoolean()) {
                throw new RunStoppedException();
            }
            events.accept(step(step, Instant.now()));
        }
        events.accept(new RunEvent.ValidationDone(Instant.now(), StageId.DISTILL, 5, 0.25, 0.875));
        events.accept(new RunEvent.StageFinished(Instant.now(), StageId.DISTILL, 12.34, false));
    }

    static RunEvent.StepDone step(long step, Instant at) {
        return new RunEvent.StepDone(at, StageId.DISTILL, step, 32 * step, new Losses(2.5, 0.5, 0.125, 0.03), 1e-4, 0.5, 1234);
    }

    private static Results results() {
        Map<String, BenchmarkRun> benchmark = new LinkedHashMap<>();
        benchmark.put("fp16", new BenchmarkRun("fp16", 2, 1000, 50, 4L << 20, 4L << 20, 100L << 20));
        benchmark.put("student", new BenchmarkRun("student", 2, 2000, 125, 1L << 20, 2L << 20, -1));
        return new Results(1, "fake", score(0.934), score(0.812), score(0.925), null, null,
                List.of(new SamplePrediction("fine", "good", Map.of("fp16Sft", "good"))), benchmark,
                new ExportSummary("huggingface", "export/huggingface", 2L << 20, 1.2e-7, 0.9985, 2000),
                Map.of("distill", 12.34), 61.5);
    }

    private static ModelScore score(double accuracy) {
        List<Double> interval = List.of(accuracy - 0.01, accuracy + 0.01);
        return new ModelScore(accuracy, interval, null, null, null, 0.2113, List.of(
                new ModelScore.SplitScore("dev", 1000, accuracy - 0.002, interval, 0.21),
                new ModelScore.SplitScore("test", 1000, accuracy + 0.002, interval, 0.22)));
    }
}
