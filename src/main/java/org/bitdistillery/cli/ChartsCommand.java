package org.bitdistillery.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitdistillery.config.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Draws runs as the window shows them.
@Command(
        name = "charts",
        description = {
            "Draws runs into PNG files: for each stage the loss of every run in one picture, and each run's latent weights on the",
            "ternary grid at the end of the stage, with those of its beginning as an outline."
        },
        mixinStandardHelpOptions = true)
final class ChartsCommand implements Callable<Integer> {

    private static final int MOST = 5;

    private final Services services;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folders of up to 5 runs.")
    private List<Path> runs;

    @Option(names = "--to", paramLabel = "DIR", defaultValue = "charts", description = "Folder of the pictures. Default: ${DEFAULT-VALUE}.")
    private Path to;

    ChartsCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        if (runs.size() > MOST) {
            throw new InvalidInput(runs.size() + " runs were named, but more than " + MOST + " curves in one picture cannot be told apart.");
        }
        services.painter().draw(runs, to).forEach(file -> spec.commandLine().getOut().println(file));
        return Cli.DONE;
    }
}
