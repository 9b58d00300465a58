package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.FormatAnswer;
import org.bitdistillery.export.ExportOptions;
import org.bitdistillery.export.ExportProgress;
import org.bitdistillery.platform.OpenMp;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    @Option(names = "--embeddings", paramLabel = "E", defaultValue = "f16",
            description = "Embeddings and head of GGUF files: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private ExportStage.Embeddings embeddings;

    @Option(names = "--llama", paramLabel = "LIB",
            description = "The libllama of a llama.cpp, or for i2_s of a bitnet.cpp, to check GGUF files with."
                    + " Default: the llama.cpp that comes along.")
    private Path llama;

    @Option(names = "--table", description = "Prints which program runs this student, and why not, and exports nothing.")
    private boolean table;

    @Option(names = "--to", paramLabel = "DIR", description = "New or empty folder for the files.")
    private Path target;

    @Option(names = "--json", description = "Prints the result as one line of JSON, and progress to standard error.")
    private boolean json;

    ExportCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        if (target == null && !table) {
            throw new ParameterException(spec.commandLine(), "Name a new folder for the files with --to, or ask with --table what can be exported.");
        }
        RunFolder folder = RunFolder.open(run);
        PrintWriter out = spec.commandLine().getOut();
        if (table) {
            List<FormatAnswer> answers = folder.exportFormats();
            out.print(json ? EventJson.compact(answers) + "\n" : table(answers));
            out.flush();
            return Cli.DONE;
        }
        OpenMp.setWaitPolicy(folder.experiment().compute().openMpWait());
        ExportProgress progress = progress(json ? spec.commandLine().getErr() : out);
        ExportSummary summary = services.exporter().export(run, new ExportOptions(format, embeddings, llama), target, progress);
        out.print(json ? EventJson.compact(summary) + "\n" : ResultsReport.export(summary));
        out.flush();
        return Cli.DONE;
    }

    private static String table(List<FormatAnswer> answers) {
        TextTable table = TextTable.ofTexts("format", "runs on", "possible", "as, or why not");
        answers.forEach(answer -> table.row(answer.format(), answer.runsOn(), answer.possible() ? "yes" : "no",
                answer.possible() ? answer.reason() : answer.reason() + "; " + answer.instead()));
        return table.text();
    }

    private static ExportProgress progress(PrintWriter lines) {
        return ExportProgress.every(PERCENT_BETWEEN_LINES, (doing, fraction) -> {
            lines.println(doing + ": " + (int) (100 * fraction) + " %");
            lines.flush();
        });
    }
}
