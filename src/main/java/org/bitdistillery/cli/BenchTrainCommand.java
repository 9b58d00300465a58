package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.MemorySaving;
import org.bitdistillery.platform.OpenMp;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.train.OperatorProfile;
import org.bitdistillery.train.TrainingBenchmark;
import org.bitdistillery.train.TrainingMemory;
import org.bitdistillery.train.WatchingCost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Measures how fast this machine trains.
@Command(
        name = "train",
        description = {
            "Measures training throughput of FP16-SFT, BitNet-SFT and distillation beside this machine's matrix multiplication peak.",
            "MFU: floating-point operations of the model over those that the machine could have done in the same time."
        },
        mixinStandardHelpOptions = true)
final class BenchTrainCommand implements Callable<Integer> {

    private static final int PROFILED_OPERATORS = 20;

    @Spec
    private CommandSpec spec;

    @Option(names = "--shapes", split = ",", paramLabel = "SHAPE", defaultValue = "S,M",
            description = "S (hidden 256, 4 layers, vocabulary 4,096), M (hidden 768, 8 layers, vocabulary 8,192). Default: ${DEFAULT-VALUE}.")
    private List<TrainingBenchmark.Size> shapes;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "0 uses every core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--batch", paramLabel = "SEQUENCES", defaultValue = "16",
            description = "Sequences of 128 tokens in a step. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Medians are reported. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--wait", paramLabel = "POLICY", defaultValue = "passive",
            description = "OpenMP wait policy, passive or active. Default: ${DEFAULT-VALUE}.")
    private Compute.WaitPolicy wait;

    @Option(names = "--profile", description = "Prints where the time of each mode goes, by libtorch operator, instead of measuring.")
    private boolean profile;

    @Option(names = "--memory", paramLabel = "MODE",
            description = "Prints predicted and largest resident memory of one mode at the first shape, instead of measuring speed:"
                    + " FP16_SFT, BITNET_SFT or DISTILL.")
    private TrainingBenchmark.Mode memory;

    @Option(names = "--save", paramLabel = "SETTING", split = ",",
            description = "With --memory: settings that save memory, of ${COMPLETION-CANDIDATES}.")
    private Set<MemorySaving> savings = EnumSet.noneOf(MemorySaving.class);

    @Option(names = "--watch", description = "Measures what looks at the weights and validations cost distillation, instead.")
    private boolean watch;

    @Option(names = "--json", description = "Prints the report as one line of JSON, and progress to standard error.")
    private boolean json;

    @Override
    public Integer call() {
        OpenMp.setWaitPolicy(wait);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        if (profile) {
            return profile(out);
        }
        if (memory != null) {
            return memory(out);
        }
        if (watch) {
            return watch(out, progress);
        }
        TrainingBenchmark.Report report = TrainingBenchmark.run(
                shapes, Math.clamp(threads, 0, 1024), Math.clamp(batch, 1, 4096), Math.clamp(rounds, 1, 100), line -> {
                    progress.println(line);
                    progress.flush();
                });
        out.print(json ? EventJson.compact(report) + "\n" : "\n" + text(report));
        out.flush();
        return Cli.DONE;
    }

    private int memory(PrintWriter out) {
        TrainingMemory.Comparison found = TrainingMemory.compare(shapes.getFirst(), memory, Math.clamp(batch, 1, 4096), savings);
        out.println(json ? EventJson.compact(found) : "%s %s, %d sequences: predicted %s, peak %s (%s of it predicted)".formatted(
                found.shape(), found.mode(), batch, Units.bytes(found.predicted()), Units.bytes(found.peak()),
                Units.percent((double) found.predicted() / found.peak())));
        out.flush();
        return Cli.DONE;
    }

    private int watch(PrintWriter out, PrintWriter progress) {
        for (TrainingBenchmark.Size size : shapes) {
            WatchingCost.Report found = WatchingCost.measure(
                    size, Math.clamp(threads, 0, 1024), Math.clamp(batch, 1, 4096), Math.clamp(rounds, 1, 100), line -> {
                        progress.println(line);
                        progress.flush();
                    });
            out.println(json ? EventJson.compact(found) : ("%s: a step takes %.3f s; a look at the weights adds %.3f s, %s of the time at the"
                    + " default interval; a validation adds %.3f s, %s").formatted(
                            found.shape(), found.stepSeconds(), found.lookSeconds(), Units.percent(found.lookShare()),
                            found.validationSeconds(), Units.percent(found.validationShare())));
            out.flush();
        }
        return Cli.DONE;
    }

    private int profile(PrintWriter out) {
        for (TrainingBenchmark.Size size : shapes) {
            for (TrainingBenchmark.Mode mode : TrainingBenchmark.Mode.values()) {
                List<OperatorProfile.Row> rows = TrainingBenchmark.profile(size, mode, threads, batch);
                double total = rows.stream().mapToDouble(OperatorProfile.Row::seconds).sum();
                TextTable table = TextTable.ofNumbers(size + " " + mode.key(), "calls", "own ms", "share");
                rows.stream().limit(PROFILED_OPERATORS).forEach(row -> table.row(
                        row.operator(), Long.toString(row.calls()), String.format(Locale.ROOT, "%,.1f", 1e3 * row.seconds()),
                        Units.percent(row.seconds() / total)));
                out.println(table.text());
                out.flush();
            }
        }
        return Cli.DONE;
    }

    private static String text(TrainingBenchmark.Report report) {
        TextTable table = TextTable.ofNumbers("shape, mode", "throughput", "MFU");
        report.rows().forEach(row -> table.row(
                row.shape() + " " + row.mode(), Units.tokensPerSecond(row.tokensPerSecond()), Units.percent(row.mfu())));
        return table.text() + String.format(Locale.ROOT, "%nMatrix multiplication peak: %,.0f GFLOP/s%n", report.gemmPeakGflops());
    }
}
