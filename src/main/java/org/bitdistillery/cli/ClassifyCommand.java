package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.TaskFile;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.generation.ClassificationRequest;
import org.bitdistillery.generation.ModelEvent.Classified;
import org.bitdistillery.generation.ModelEvent.Loaded;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.pipeline.RunPaths;
import org.bitdistillery.pipeline.TaskClassifier;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Answers a text, or the rows of a file, with a model and the task that it was trained for.
@Command(
        name = "classify",
        description = {
            "Classifies a text or the rows of a file on the CPU, with the prompt and the labels of a run or of a configuration.",
            "A file's rows may have labels; then the share of right answers is told, too."
        },
        mixinStandardHelpOptions = true)
final class ClassifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL",
            description = "Folder of a model in Hugging Face layout, ORG/NAME of a downloaded model, a packed file, a GGUF file, or the folder of"
                    + " a run for its student and its task.")
    private String named;

    @Option(names = "--run", paramLabel = "RUN", description = "Folder of the run whose task it is.")
    private Path run;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file whose task it is.")
    private Path config;

    @Mixin
    private ConfigOptions settings = new ConfigOptions();

    @Option(names = "--text", description = "Text to classify.")
    private String text;

    @Option(names = "--pair", description = "The second text of a task of pairs.")
    private String pair;

    @Option(names = "--file", paramLabel = "FILE", description = "Rows to classify, with the columns that the task names.")
    private Path file;

    @Option(names = "--serve",
            description = "Answers texts from the standard input, a line of JSON each, with lines of JSON; docs/generation.md has the fields.")
    private boolean serve;

    @Option(names = "--to", paramLabel = "TSV", description = "New file for the answers to --file. Default: they are printed.")
    private Path target;

    @Option(names = "--threads", defaultValue = "0", description = "0 for every core (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--json", description = "Prints one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        checkUsage();
        Path model = HubCache.ofUser().folder(named);
        RunFolder modelsRun = new RunFolder(model);
        Path settingsFile = config != null ? config : run != null ? RunFolder.open(run).config() : modelsRun.isRun() ? modelsRun.config() : null;
        if (settingsFile == null) {
            throw wrongUsage("Say by --run RUN or --config FILE which task the model answers.");
        }
        Task task = settings.read(settingsFile).task();
        TaskClassifier.requireClassification(task);
        TaskFile rows = file == null ? null : TaskFile.toClassify(file, task);
        long begin = System.nanoTime();
        try (TaskClassifier classifier = TaskClassifier.open(modelsRun.isRun() ? student(modelsRun) : model, task, threads)) {
            if (serve) {
                boolean pairs = !task.pairColumns().isEmpty();
                ModelServer.ofStandardInput(ClassificationRequest.class, spec.commandLine().getOut())
                        .run(Loaded.of(classifier.model(), false, begin), (request, _, _) -> classified(classifier, request),
                                _ -> classifier.classify("warm", pairs ? "up" : ""));
            } else if (rows == null) {
                show(classifier.classify(text, pair == null ? "" : pair));
            } else {
                answer(rows, classifier, task);
            }
        }
        spec.commandLine().getOut().flush();
        return Cli.DONE;
    }

    private static Classified classified(TaskClassifier classifier, ClassificationRequest request) {
        TaskClassifier.Answer answer = classifier.classify(request.text(), request.pair());
        return new Classified(answer.label(), answer.word(), answer.probabilities(), answer.promptTokens(), answer.seconds());
    }

    private void checkUsage() {
        if ((text == null ? 0 : 1) + (file == null ? 0 : 1) + (serve ? 1 : 0) != 1) {
            throw wrongUsage("Give one of these: a text by --text, a file of rows by --file, or --serve for texts from a program.");
        }
        if (run != null && config != null) {
            throw wrongUsage("The task is that of --run or that of --config: leave one of them out.");
        }
        if (text == null && pair != null || file == null && target != null) {
            throw wrongUsage("--pair belongs to --text, and --to to --file.");
        }
        if (target != null && Files.exists(target)) {
            throw new InvalidInput(target + " exists: name a new file with --to, so that nothing is overwritten.");
        }
        if (target != null && !Files.isDirectory(target.toAbsolutePath().getParent())) {
            throw new InvalidInput(target + " cannot be written, since its folder does not exist: make the folder, or name another one.");
        }
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static Path student(RunFolder run) {
        Experiment experiment = run.experiment();
        return new RunPaths(run.path()).finishedStudent(experiment);
    }

    private void show(TaskClassifier.Answer answer) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(EventJson.compact(answer));
            return;
        }
        TextTable table = TextTable.ofNumbers("answer", "probability");
        answer.probabilities().entrySet().stream().sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(word -> table.row(word.getKey(), Units.percent(word.getValue())));
        out.print(table.text());
        out.printf("[label %s, %d tokens in %.0f ms]%n", answer.label(), answer.promptTokens(), 1000 * answer.seconds());
    }

    private void answer(TaskFile rows, TaskClassifier classifier, Task task) {
        Predictions predictions = new Predictions(task, rows.rows());
        PrintWriter out = spec.commandLine().getOut();
        boolean prints = target == null && !json;
        StringBuilder lines = new StringBuilder();
        print(predictions.header(), prints, lines);
        for (TaskRow row : rows.rows()) {
            print(predictions.line(row, classifier.classify(row.text(), row.pair())), prints, lines);
        }
        if (target != null) {
            AtomicFiles.write(target, lines.toString());
        }
        if (json) {
            out.println(EventJson.compact(predictions.summary(rows.badRows(), target)));
        } else {
            // What is printed can be sent on to a file.
            (prints ? spec.commandLine().getErr() : out).println(predictions.text(rows.badRows()));
        }
    }

    private void print(String line, boolean now, StringBuilder lines) {
        if (now) {
            spec.commandLine().getOut().println(line);
        } else {
            lines.append(line).append('\n');
        }
    }
}
