package org.bitdistillery.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.study.Study;
import org.bitdistillery.study.StudyFile;
import org.bitdistillery.study.StudyPlan;
import org.bitdistillery.study.StudyReport;
import org.bitdistillery.study.StudyRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs the variants of a study with several seeds and adds them up.
@Command(
        name = "study",
        description = {
            "Runs variants of an experiment with several seeds and prints one table: ablations, comparisons.",
            "Stages with equal settings are computed once. Call it again to go on after Ctrl-C or a crash."
        },
        mixinStandardHelpOptions = true)
final class StudyCommand implements Callable<Integer> {

    private static final long STOP_SECONDS = 60;

    private final Services services;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Study, for example sample-configs/studies/sst2-stories260k.json.")
    private Path file;

    @Option(names = "--out", paramLabel = "DIR", description = "The study's folder. Default: studies/<name>.")
    private Path out;

    @Option(names = "--seeds", split = ",", paramLabel = "N", description = "Seeds instead of the file's.")
    private List<Long> seeds = List.of();

    @Option(names = "--only", split = ";", paramLabel = "NAME", description = "Variants to run; separate several by semicolons.")
    private List<String> only = List.of();

    @Option(names = "--parallel", paramLabel = "N", defaultValue = "1",
            description = "Runs at a time; give each its share of the cores by compute.threads. Default: ${DEFAULT-VALUE}.")
    private int parallel;

    @Option(names = "--json", description = "Prints nothing but the report, as one line of JSON.")
    private boolean json;

    StudyCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() throws InterruptedException {
        StudyFile study = StudyFile.read(file);
        Path folder = out == null ? Path.of("studies").resolve(study.name()) : out;
        StudyPlan plan = StudyPlan.of(study, folder, seeds, only);
        plan.requireReady(services.check());
        PrintWriter progress = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        Study work = new Study(new RunExecutor(), line -> {
            progress.println(line);
            progress.flush();
        });
        CountDownLatch over = new CountDownLatch(1);
        Thread onCtrlC = new Thread(() -> stop(work, over), "stop on Ctrl-C");
        Runtime.getRuntime().addShutdownHook(onCtrlC);
        Map<StudyRun, String> failures;
        try {
            failures = work.carryOut(plan, Math.max(1, parallel));
        } finally {
            over.countDown();
            removeHook(onCtrlC);
        }
        StudyReport report = StudyReport.of(plan);
        save(folder, report);
        spec.commandLine().getOut().println(json ? EventJson.compact(report) : report.markdown());
        spec.commandLine().getOut().flush();
        failures.forEach((run, reason) -> spec.commandLine().getErr().println(run.title() + " did not finish: " + reason));
        return failures.isEmpty() ? Cli.DONE : Cli.FAILED;
    }

    private static void save(Path folder, StudyReport report) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder, e);
        }
        AtomicFiles.write(folder.resolve("study.json"), EventJson.compact(report) + "\n");
        AtomicFiles.write(folder.resolve("study.md"), report.markdown());
    }

    private static void stop(Study work, CountDownLatch over) {
        work.stop();
        try {
            over.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is on its way out, and the hook with it.
        }
    }
}
