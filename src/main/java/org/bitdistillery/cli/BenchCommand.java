package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.bitdistillery.bench.Benchmark;
import org.bitdistillery.bench.BenchmarkOptions;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.bench.ReportTables;
import org.bitdistillery.bench.SyntheticModels;
import org.bitdistillery.bench.SyntheticShape;
import org.bitdistillery.bench.report.ReportFolder;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.run.ModelTargets;
import org.bitdistillery.run.EventJson;
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
            "The first model is what the others are compared with. `bench train` measures training, `bench roofline` this machine and the kernels,",
            "`bench labels` classification."
        },
        subcommands = {BenchTrainCommand.class, BenchRooflineCommand.class, BenchLabelsCommand.class},
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    private static final String SWEEP = "sweep";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "MODEL",
            description = "Model folder, ORG/NAME of a downloaded model, packed file, GGUF file (run by llama.cpp; own:FILE.gguf runs it in this "
                    + "program's engine), NAME=PATH to name it, or the folder of a finished run for its FP16 model, its student "
                    + "and the files it exported.")
    private List<String> models;

    @Option(names = "--threads", paramLabel = "N,...", defaultValue = "0",
            description = "Thread counts; 0 uses every core, sweep measures 1, 2, 4 ... and every core. Default: ${DEFAULT-VALUE}.")
    private String threads;

    @Option(names = "--prompt", split = ",", paramLabel = "TOKENS", defaultValue = "128,512",
            description = "Lengths of the prompts whose reading is timed. Default: ${DEFAULT-VALUE}.")
    private List<Integer> prompts;

    @Option(names = "--decode", paramLabel = "TOKENS", defaultValue = "64",
            description = "Tokens made one by one; 0 measures prompts only. Default: ${DEFAULT-VALUE}.")
    private int decodeTokens;

    @Option(names = "--context", split = ",", paramLabel = "TOKENS", defaultValue = "0,512",
            description = "Tokens in the cache before decoding. Default: ${DEFAULT-VALUE}.")
    private List<Integer> contexts;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5",
            description = "Measurements of each model, in turns; a verdict needs 5. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "" + BenchmarkOptions.TIMEOUT_SECONDS,
            description = "Most that one process may take. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(names = "--llama", paramLabel = "PATH",
            description = "Runs GGUF files: llama.cpp's llama-bench, its library, or a Java binding's jar. Default: llama-bench on the path.")
    private Path llama;

    @Option(names = "--shape", paramLabel = "SHAPE",
            description = "Measures random weights of a published shape, FP16 and student: qwen3-0.6b, qwen3-1.7b or qwen3-4b.")
    private String shape;

    @Option(names = "--temp", paramLabel = "DIR", description = "Where the models of --shape are written meanwhile. Default: the system's.")
    private Path temp = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--report", paramLabel = "DIR", description = "Writes the report there as JSON, Markdown and pictures (SVG, PNG).")
    private Path reportFolder;

    @Option(names = "--kv-cache", paramLabel = "FORMAT", defaultValue = "f32",
            description = "How keys and values are kept: f32, f16 or int8. Default: ${DEFAULT-VALUE}.")
    private String cache;

    @Option(names = "--json", description = "Prints the report as one line of JSON, and progress to standard error.")
    private boolean json;

    @Override
    public Integer call() {
        if (models == null && shape == null) {
            throw new ParameterException(spec.commandLine(), "Name at least one model folder or run, or a shape.");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        BenchmarkOptions options = new BenchmarkOptions(threadCounts(threads), prompts, decodeTokens, contexts, rounds, timeout);
        List<NamedModel> named = models == null ? List.of() : ModelTargets.named(models);
        Consumer<String> tell = line -> {
            progress.println(line);
            progress.flush();
        };
        BenchmarkReport report = shape == null ? measure(named, options, tell) : measureShape(named, options, tell);
        if (reportFolder != null) {
            ReportFolder.write(reportFolder, report);
        }
        out.print(json ? EventJson.compact(report) + "\n" : "\n" + text(report));
        out.flush();
        return Cli.DONE;
    }

    private BenchmarkReport measureShape(List<NamedModel> others, BenchmarkOptions options, Consumer<String> tell) {
        try (var synthetic = SyntheticModels.write(SyntheticShape.named(shape), temp, tell, () -> false)) {
            List<NamedModel> all = new ArrayList<>(synthetic.models());
            all.addAll(others);
            return measure(all, options, tell);
        }
    }

    private BenchmarkReport measure(List<NamedModel> named, BenchmarkOptions options, Consumer<String> tell) {
        Benchmark benchmark = new Benchmark(Optional.ofNullable(llama), CacheFormat.named(cache));
        return benchmark.run(named, options, (_, _, line) -> tell.accept(line), () -> false);
    }

    private static List<Integer> threadCounts(String text) {
        if (text.equals(SWEEP)) {
            return BenchmarkOptions.sweep(Runtime.getRuntime().availableProcessors());
        }
        List<Integer> counts = new ArrayList<>();
        for (String part : text.split(",")) {
            try {
                counts.add(Integer.parseInt(part.strip()));
            } catch (NumberFormatException e) {
                throw new InvalidInput("--threads is " + text + ", possible are numbers with commas between them, for example 1,2, or "
                        + SWEEP + ".", e);
            }
        }
        return counts;
    }

    static String text(BenchmarkReport report) {
        StringBuilder text = new StringBuilder();
        ReportTables.verdicts(report).forEach(sentence -> text.append(sentence).append('\n'));
        ReportTables.remedies(report).forEach(sentence -> text.append(sentence).append('\n'));
        text.append('\n').append(table(ReportTables.speeds(report))).append('\n').append(table(ReportTables.memory(report))).append('\n');
        ReportTables.shares(report).forEach(line -> text.append(line).append('\n'));
        text.append(ReportTables.load(report)).append('\n');
        report.notes().forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }

    private static String table(ReportTables.Table content) {
        TextTable table = TextTable.ofNumbers(content.header().toArray(String[]::new));
        content.rows().forEach(row -> table.row(row.toArray(String[]::new)));
        return table.text();
    }
}
