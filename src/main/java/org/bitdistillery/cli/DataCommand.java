package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.run.EventJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Shows the rows of a task as the window's data page does.
@Command(
        name = "data",
        description = {
            "Shows what a configuration's data looks like: columns and rows, labels, lengths in tokens, prompts, bad rows.",
            "For a single file: bitdistillery inspect FILE."
        },
        mixinStandardHelpOptions = true)
final class DataCommand implements Callable<Integer> {

    private final Services services;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", description = "Configuration file.")
    private Path config;

    @Mixin
    private ConfigOptions settings = new ConfigOptions();

    @Option(names = "--json", description = "Prints one line of JSON.")
    private boolean json;

    DataCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        DataReport report = services.inspector().data(settings.read(config));
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? EventJson.compact(report) + "\n" : DataText.of(report));
        out.flush();
        return report.problems().isEmpty() ? Cli.DONE : Cli.BAD_INPUT;
    }
}
