package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.platform.OpenMp;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Exports the student of a run once more, in another format or to another place.
@Command(
        name = "export",
        description = "Exports a run's student, loads the files again and compares them with the student.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

    private static final int PERCENT_BETWEEN_LINES = 10;

    private final Services services;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Folder of a run that has a student.")
    private Path run;

    @Option(names = "--format", paramLabel = "F", defaultValue = "huggingface",
            description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private ExportStage.Format format;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "New or empty folder for the files.")
    private Path target;

    @Option(names = "--json", description = "Prints the result as one line of JSON, and progress to standard error.")
    private boolean json;

    ExportCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        RunFolder folder = RunFolder.open(run);
        OpenMp.setWaitPolicy(folder.experiment().compute().openMpWait());
        PrintWriter out = spec.commandLine().getOut();
        DoubleConsumer progress = progress(json ? spec.commandLine().getErr() : out);
        ExportSummary summary = services.exporter().export(run, format, target, progress);
        out.print(json ? EventJson.compact(summary) + "\n" : ResultsReport.export(summary));
        out.flush();
        return Cli.DONE;
    }

    private static DoubleConsumer progress(PrintWriter lines) {
        return new DoubleConsumer() {
            private int next;

            @Override
            public void accept(double fraction) {
                int percent = (int) (100 * fraction);
                if (percent >= next) {
                    next = percent + PERCENT_BETWEEN_LINES;
                    lines.println("Comparing the export with the student: " + percent + " %");
                    lines.flush();
                }
            }
        };
    }
}
