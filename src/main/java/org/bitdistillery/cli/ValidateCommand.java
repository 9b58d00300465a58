package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.PreflightCheck;
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
        description = "Looks at a configuration, at the files that it names and at the machine, without running it.",
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

    @Option(names = "--time", description = "Makes three real steps of every training stage to tell how long a run takes.")
    private boolean time;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the run will be, to look at its disk. Default: runs.")
    private Path out = Path.of("runs");

    @Option(names = "--json", description = "Prints {\"valid\", \"problems\": [{\"path\", \"message\"}], \"checks\": [...]}.")
    private boolean json;

    private record Report(boolean valid, List<ConfigProblem> problems, List<PreflightCheck> checks) {}

    ValidateCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        Report report = report();
        PrintWriter terminal = spec.commandLine().getOut();
        if (json) {
            terminal.println(EventJson.compact(report));
        } else {
            terminal.print(PreflightText.of(report.checks()));
            if (report.valid()) {
                terminal.println(config + " is valid.");
            } else {
                report.problems().forEach(problem -> spec.commandLine().getErr().println(problem));
            }
        }
        terminal.flush();
        return report.valid() ? Cli.DONE : Cli.BAD_INPUT;
    }

    private static ConfigProblem problem(PreflightCheck check) {
        String field = check.field() + " ";
        String finding = check.finding().startsWith(field) ? check.finding().substring(field.length()) : check.finding();
        return new ConfigProblem(check.field(), finding + " " + check.remedy());
    }

    private Report report() {
        try {
            Experiment experiment = settings.read(config);
            List<PreflightCheck> checks = configOnly ? List.of() : new ArrayList<>(services.inspector().preflight(experiment, out));
            List<ConfigProblem> problems = checks.stream().filter(check -> check.level() == PreflightCheck.Level.RED)
                    .map(ValidateCommand::problem).toList();
            if (time && !configOnly && problems.isEmpty()) {
                checks.add(services.inspector().timeNeeded(experiment));
            }
            return new Report(problems.isEmpty(), problems, checks);
        } catch (ConfigException e) {
            return new Report(false, e.problems(), List.of());
        } catch (InvalidInput e) {
            return new Report(false, List.of(new ConfigProblem("", e.getMessage())), List.of());
        }
    }
}
