package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.run.Worker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs an experiment in this process, from its start or from where an earlier worker left it.
@Command(
        name = "run",
        description = {
            "Runs an experiment without a screen: teacher, SubLN, pre-training, distillation, evaluation, benchmark, export.",
            "Ctrl-C stops it at its next step, with a checkpoint to resume from."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private static final Path RUNS = Path.of("runs");
    private static final Duration LINE_EVERY = Duration.ofSeconds(5);
    /// A step of a large model and its checkpoint fit in; whoever waits longer wants the process gone.
    private static final long STOP_SECONDS = 60;

    private final Services services;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "CONFIG",
            description = "Configuration file, for example sample-configs/quickstart.json.")
    private Path config;

    @Option(names = "--out", paramLabel = "DIR", description = "The run's folder, new or empty. Default: runs/<time>-<name>.")
    private Path out;

    @Option(names = "--resume", paramLabel = "RUN",
            description = "Folder of a run that was stopped, interrupted or failed: goes on with it.")
    private Path resume;

    @Mixin
    private ConfigOptions settings = new ConfigOptions();

    @Option(names = "--json", description = "Prints nothing but the results, as one line of JSON.")
    private boolean json;

    RunCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        PrintWriter terminal = spec.commandLine().getOut();
        RunFolder folder = resume == null ? newRun() : RunFolder.openToResume(resumed());
        if (!json) {
            terminal.println("Run folder: " + folder.path());
            terminal.flush();
        }
        CountDownLatch over = new CountDownLatch(1);
        Thread onCtrlC = new Thread(() -> stop(folder, over), "stop on Ctrl-C");
        Runtime.getRuntime().addShutdownHook(onCtrlC);
        try {
            return report(folder, work(folder, terminal), terminal);
        } finally {
            over.countDown();
            removeHook(onCtrlC);
        }
    }

    private RunFolder newRun() {
        if (config == null) {
            throw new ParameterException(spec.commandLine(), "Name a configuration file, or a run to go on with by --resume.");
        }
        Experiment experiment = settings.read(config);
        List<ConfigProblem> problems = services.check().apply(experiment);
        if (!problems.isEmpty()) {
            throw new ConfigException(config.toString(), problems);
        }
        Path path = out == null ? RunFolder.defaultPath(RUNS, experiment.name(), LocalDateTime.now()) : out;
        return RunFolder.create(path, experiment);
    }

    private Path resumed() {
        if (config != null || out != null || !settings.isEmpty()) {
            throw new ParameterException(spec.commandLine(),
                    "--resume goes on with the run's own configuration and folder: leave CONFIG, --out and --set away.");
        }
        return resume;
    }

    private Worker.Outcome work(RunFolder folder, PrintWriter terminal) {
        if (json) {
            return Worker.work(folder, services.job(), _ -> { });
        }
        try (RunPrinter printer = isTerminal() ? RunPrinter.inPlace(terminal) : RunPrinter.plain(terminal, LINE_EVERY)) {
            return Worker.work(folder, services.job(), printer);
        }
    }

    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    private int report(RunFolder folder, Worker.Outcome outcome, PrintWriter terminal) {
        PrintWriter err = spec.commandLine().getErr();
        String resumeHint = "Go on with: bitdistillery run --resume " + folder.path();
        return switch (outcome.state()) {
            case FINISHED -> {
                if (!json) {
                    terminal.println();
                    terminal.println(ResultsReport.text(outcome.results()));
                }
                terminal.println(EventJson.compact(outcome.results()));
                terminal.flush();
                yield Cli.DONE;
            }
            case STOPPED -> {
                err.println("The run was stopped. " + resumeHint);
                yield Cli.FAILED;
            }
            default -> {
                err.println("The run failed: " + outcome.message());
                err.println(resumeHint);
                yield Cli.FAILED;
            }
        };
    }

    private void stop(RunFolder folder, CountDownLatch over) {
        if (over.getCount() == 0) {
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        err.println("\nStopping at the next step ...");
        err.flush();
        try {
            folder.requestStop();
            if (!over.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                err.println("The step takes longer than " + STOP_SECONDS + " s and is given up; the last checkpoint stays.");
            }
        } catch (InvalidInput e) {
            err.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        err.flush();
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is on its way out, and the hook with it.
        }
    }
}
