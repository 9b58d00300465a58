package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Says what a model, a run or a file of rows is, without computing anything.
@Command(name = "inspect", description = "Describes a model folder, a run folder or a file of rows.", mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL_RUN_OR_FILE",
            description = "Folder of a model in Hugging Face layout or of a run, ORG/NAME of a downloaded model, "
                    + "or a TSV, CSV, JSON, JSONL or Parquet file.")
    private String named;

    @Option(names = "--tensors", description = "Lists every tensor of a model, too.")
    private boolean tensors;

    @Option(names = "--json", description = "Prints one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Path path = HubCache.ofUser().folder(named);
        if (!Files.exists(path)) {
            throw new InvalidInput(path + " does not exist. Name a file of rows, the folder of a model in Hugging Face layout, or of a run.");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (Files.isRegularFile(path)) {
            TableSummary table = TableSummary.of(path);
            out.print(json ? EventJson.compact(table) + "\n" : table.text());
        } else if (new RunFolder(path).isRun()) {
            RunSummary run = RunSummary.of(RunFolder.open(path));
            out.print(json ? EventJson.compact(run) + "\n" : run.text());
        } else {
            ModelSummary model = ModelSummary.of(path, tensors);
            out.print(json ? EventJson.compact(model) + "\n" : model.text());
        }
        out.flush();
        return Cli.DONE;
    }
}
