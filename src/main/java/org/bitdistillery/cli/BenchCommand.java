package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.Benchmark;
import org.bitdistillery.bench.BenchmarkOptions;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.pipeline.RunPaths;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Measures models against each other on the CPU.
@Command(
        name = "bench",
        description = {
            "Measures speed and memory of models on the CPU, in turns, each measurement in a process of its own.",
            "Gains are those over the first model. `bench train` measures training instead."
        },
        subcommands = BenchTrainCommand.class,
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "MODEL",
            description = "Model folder, NAME=FOLDER to give it a name, or the folder of a finished run for its FP16 model and its student.")
    private List<String> models;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "0 uses every core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--prompt", paramLabel = "TOKENS", defaultValue = "128", description = "Default: ${DEFAULT-VALUE}.")
    private int promptTokens;

    @Option(names = "--decode", paramLabel = "TOKENS", defaultValue = "64", description = "Default: ${DEFAULT-VALUE}.")
    private int decodeTokens;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Medians are reported. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--json", description = "Prints the report as one line of JSON, and progress to standard error.")
    private boolean json;

    @Override
    public Integer call() {
        if (models == null) {
            throw new ParameterException(spec.commandLine(), "Name at least one model folder or run.");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        BenchmarkReport report = new Benchmark().run(
                named(models), new BenchmarkOptions(threads, promptTokens, decodeTokens, rounds), progress::println, () -> false);
        out.print(json ? EventJson.compact(report) + "\n" : "\n" + text(report.runs()));
        out.flush();
        return Cli.DONE;
    }

    /// @throws InvalidInput where a folder holds neither a model nor a run, or two models have one name
    static List<NamedModel> named(List<String> arguments) {
        List<NamedModel> models = new ArrayList<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            Path folder = Path.of(argument.substring(equals + 1));
            if (equals > 0) {
                models.add(new NamedModel(argument.substring(0, equals), folder));
            } else if (new RunFolder(folder).isRun()) {
                RunPaths run = new RunPaths(folder);
                models.add(new NamedModel("fp16", run.fp16Sft()));
                models.add(new NamedModel("student", run.export(ExportStage.Format.HUGGINGFACE)));
            } else {
                models.add(new NamedModel(ConfigJson.readMode(folder) == LinearMode.FULL ? "fp16" : "student", folder));
            }
        }
        Set<String> names = new HashSet<>();
        for (NamedModel model : models) {
            if (!names.add(model.name())) {
                throw new InvalidInput("Two models are called " + model.name() + ". Tell them apart: NAME=" + model.folder() + ".");
            }
        }
        return models;
    }

    static String text(List<BenchmarkRun> runs) {
        BenchmarkRun first = runs.getFirst();
        TextTable table = TextTable.ofNumbers("model", "threads", "prefill", "decode", "weights", "file", "peak RSS");
        for (BenchmarkRun run : runs) {
            table.row(run.name(), Integer.toString(run.threads()),
                    rate(run, first, BenchmarkRun::prefillTokensPerSecond), rate(run, first, BenchmarkRun::decodeTokensPerSecond),
                    size(run, first, BenchmarkRun::weightBytes), size(run, first, BenchmarkRun::fileBytes),
                    size(run, first, BenchmarkRun::peakRssBytes));
        }
        return table.text();
    }

    private static String rate(BenchmarkRun run, BenchmarkRun first, ToDoubleFunction<BenchmarkRun> value) {
        String text = Units.tokensPerSecond(value.applyAsDouble(run));
        return run == first ? text : text + " (" + Units.ratio(value.applyAsDouble(run) / value.applyAsDouble(first)) + ")";
    }

    private static String size(BenchmarkRun run, BenchmarkRun first, ToDoubleFunction<BenchmarkRun> value) {
        String text = Units.bytes((long) value.applyAsDouble(run));
        boolean known = value.applyAsDouble(run) > 0 && value.applyAsDouble(first) > 0;
        return run == first || !known
                ? text
                : text + " (" + Units.ratio(value.applyAsDouble(first) / value.applyAsDouble(run)) + ")";
    }
}
