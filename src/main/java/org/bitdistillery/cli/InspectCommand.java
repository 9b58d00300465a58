package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Says what a model or a run is, without computing anything.
@Command(name = "inspect", description = "Describes a model folder or a run folder.", mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL_OR_RUN", description = "Folder of a model in Hugging Face layout, or of a run.")
    private Path path;

    @Option(names = "--tensors", description = "Lists every tensor of a model, too.")
    private boolean tensors;

    @Option(names = "--json", description = "Prints one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (!Files.isDirectory(path)) {
            throw new InvalidInput(path + (Files.exists(path) ? " is a file" : " does not exist")
                    + ". Name the folder of a model in Hugging Face layout, or of a run.");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (new RunFolder(path).isRun()) {
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
