package org.bitdistillery.cli;

import org.bitdistillery.platform.Machine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command without a subcommand.
@Command(
        name = "bitdistillery",
        description = "Distills full-precision language models into 1.58-bit students. Without arguments it opens its window.",
        mixinStandardHelpOptions = true,
        versionProvider = BitDistilleryCommand.Version.class,
        footer = {"", "Exit codes: 0 done, 1 a run failed, 2 wrong usage or configuration."})
final class BitDistilleryCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"BitDistillery " + Machine.programVersion()};
        }
    }
}
