package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.run.EventJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Checks a configuration and the files that it names, and trains nothing.
@Command(
        name = "validate",
        description = "Checks a configuration and the files that it names, without running it.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {

    private final Services services;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", description = "Configuration file.")
    private Path config;

    @Mixin
    private ConfigOptions settings = new ConfigOptions();

    @Option(names = "--config-only", description = "Leaves the files that the configuration names unchecked.")
    private boolean configOnly;

    @Option(names = "--json", description = "Prints {\"valid\", \"problems\": [{\"path\", \"message\"}]}.")
    private boolean json;

    private record Report(boolean valid, List<ConfigProblem> problems) {}

    ValidateCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        List<ConfigProblem> problems = problems();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(EventJson.compact(new Report(problems.isEmpty(), problems)));
        } else if (problems.isEmpty()) {
            out.println(config + " is valid.");
        } else {
            problems.forEach(problem -> spec.commandLine().getErr().println(problem));
        }
        out.flush();
        return problems.isEmpty() ? Cli.DONE : Cli.BAD_INPUT;
    }

    private List<ConfigProblem> problems() {
        try {
            Experiment experiment = settings.read(config);
            return configOnly ? List.of() : services.check().apply(experiment);
        } catch (ConfigException e) {
            return e.problems();
        } catch (InvalidInput e) {
            return List.of(new ConfigProblem("", e.getMessage()));
        }
    }
}
