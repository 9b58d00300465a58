package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitdistillery.analysis.SpeedRatio;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.LabelBenchmark;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.bench.ReportTables;
import org.bitdistillery.run.ModelTargets;
import org.bitdistillery.run.EventJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Measures how many texts a second models classify.
@Command(
        name = "labels",
        description = {
            "Measures how many texts a second a model classifies on the CPU: with the whole output head, with the rows of the label",
            "tokens only, and with what all prompts begin with computed once besides."
        },
        mixinStandardHelpOptions = true)
final class BenchLabelsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "MODEL",
            description = "Model folder, ORG/NAME, packed file, own:FILE.gguf, or the folder of a finished run.")
    private List<String> models;

    @Option(names = "--prompt", paramLabel = "TOKENS", defaultValue = "32", description = "Length of a prompt. Default: ${DEFAULT-VALUE}.")
    private int prompt;

    @Option(names = "--shared", paramLabel = "TOKENS", defaultValue = "8",
            description = "Tokens that all prompts begin with: the task's instruction. Default: ${DEFAULT-VALUE}.")
    private int shared;

    @Option(names = "--labels", paramLabel = "N", defaultValue = "2", description = "Label tokens. Default: ${DEFAULT-VALUE}.")
    private int labels;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Turns. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "0 uses every core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--json", description = "Prints one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        LabelBenchmark benchmark = new LabelBenchmark(prompt, shared, labels, rounds);
        PrintWriter out = spec.commandLine().getOut();
        TextTable table = TextTable.ofNumbers("model", "texts/s, whole head", "label rows ÷ it", "95 % interval",
                "shared beginning too ÷ it", "95 % interval");
        Map<String, Object> report = new LinkedHashMap<>();
        for (NamedModel model : ModelTargets.named(models)) {
            if (model.deployed()) {
                continue;
            }
            LabelBenchmark.Speeds speeds = benchmark.measure(model.path(), threads);
            SpeedRatio rows = speeds.labelHeadRatio();
            SpeedRatio task = speeds.taskHeadRatio();
            table.row(model.name(), Units.rate(speeds.median()), Units.ratio(rows.ratio()), ReportTables.interval(rows),
                    Units.ratio(task.ratio()), ReportTables.interval(task));
            report.put(model.name(), Map.of("textsPerSecond", speeds.median(), "labelRows", rows, "labelRowsAndSharedBeginning", task));
        }
        out.print(json ? EventJson.compact(report) + "\n" : table.text());
        out.flush();
        return Cli.DONE;
    }
}
