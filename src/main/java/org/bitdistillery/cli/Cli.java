package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.run.TrainingNeed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// The command line: all that the window does, without a screen.
public final class Cli {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;

    /// Set to anything, it shows the stack trace of an unexpected error.
    private static final String DEBUG = "BITDISTILLERY_DEBUG";
    private static final Logger LOG = LoggerFactory.getLogger(Cli.class);

    private Cli() {}

    /// Runs one command.
    ///
    /// @return the exit code
    public static int execute(Services services, PrintWriter out, PrintWriter err, List<String> args) {
        return execute(services, ModelHub.ofUser(TrainingNeed::of), out, err, args);
    }

    static int execute(Services services, ModelHub hub, PrintWriter out, PrintWriter err, List<String> args) {
        return commandLine(services, hub).setOut(out).setErr(err).execute(args.toArray(String[]::new));
    }

    private static CommandLine commandLine(Services services, ModelHub hub) {
        CommandLine commands = new CommandLine(new BitDistilleryCommand())
                .addSubcommand(new RunCommand(services))
                .addSubcommand(new ValidateCommand(services))
                .addSubcommand(new StudyCommand(services))
                .addSubcommand(new ChartsCommand(services))
                .addSubcommand(new FieldsCommand())
                .addSubcommand(new DataCommand(services))
                .addSubcommand(new InspectCommand())
                .addSubcommand(new GenerateCommand())
                .addSubcommand(new ClassifyCommand())
                .addSubcommand(ModelsCommand.with(hub))
                .addSubcommand(new MakeModelCommand())
                .addSubcommand(new BenchCommand())
                .addSubcommand(new ExportCommand(services))
                .addSubcommand(RunExecutor.WORKER_COMMAND, new WorkerCommand(services));
        return commands
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Cli::wrongUsage)
                .setExecutionExceptionHandler(Cli::failed);
    }

    private static int wrongUsage(CommandLine.ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println(e.getMessage());
        command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return BAD_INPUT;
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult arguments) {
        if (e instanceof InvalidInput) {
            command.getErr().println(e.getMessage());
            return BAD_INPUT;
        }
        LOG.debug("The command failed", e);
        if (System.getenv(DEBUG) != null) {
            e.printStackTrace(command.getErr());
        } else {
            command.getErr().println(
                    "Something went wrong that should not (" + e + "). Set " + DEBUG + "=1 to see where, and report it.");
        }
        return FAILED;
    }
}
