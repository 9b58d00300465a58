package org.bitdistillery.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.Task;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.TaskEncoder;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.event.PreflightCheck.Level;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.platform.Machine;
import org.bitdistillery.train.TeacherLogits;

/// Everything that should be known before a run, as a list that a person reads from top to bottom.
final class PreflightList {

    private static final double COMFORTABLE = 0.8;
    private static final double RARE_LABEL = 0.05;
    private static final Map<String, String> SUBJECTS = Map.of(
            "teacher", "Model", "distill", "Teacher", "task", "Task", "pretrain", "Corpus", "", "Configuration");
    private static final Pattern FINDING_AND_REMEDY = Pattern.compile("(?<finding>.* .*)(?:: |\\. (?=\\p{Lu}))(?<remedy>.+)");

    private final Experiment experiment;
    private final List<PreflightCheck> checks = new ArrayList<>();

    private PreflightList(Experiment experiment) {
        this.experiment = experiment;
    }

    /// @param experiment whose models are named by their folders
    /// @param runs       the folder in which the run's folder will be
    static List<PreflightCheck> of(Experiment experiment, Path runs) {
        PreflightList list = new PreflightList(experiment);
        List<PreflightCheck> red = Preflight.check(experiment).stream().map(PreflightList::red).toList();
        list.checks.addAll(red);
        list.fill(red, runs);
        return List.copyOf(list.checks);
    }

    /// A remedy is a message's last sentence, or what follows its last colon; a file's name before a colon is none.
    static PreflightCheck red(ConfigProblem problem) {
        String section = problem.path().contains(".") ? problem.path().substring(0, problem.path().indexOf('.')) : problem.path();
        String message = problem.message().startsWith("is ") ? problem.path() + " " + problem.message() : capitalized(problem.message());
        Matcher parts = FINDING_AND_REMEDY.matcher(message);
        boolean remedy = parts.matches();
        return PreflightCheck.red(
                SUBJECTS.getOrDefault(section, "Configuration"), remedy ? parts.group("finding") + "." : message,
                remedy ? capitalized(parts.group("remedy")) : "Mend it.", problem.path());
    }

    /// Names of files and fields stay as they are spelled.
    private static String capitalized(String sentence) {
        return sentence.matches("(?s)\\p{Ll}+[ ,].*") ? Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1) : sentence;
    }

    private boolean has(List<PreflightCheck> red, String section) {
        return red.stream().anyMatch(check -> check.field().equals(section) || check.field().startsWith(section + "."));
    }

    private void fill(List<PreflightCheck> red, Path runs) {
        TeacherStage teacher = experiment.teacher();
        Architecture shape = has(red, "teacher") ? null : BaseModel.architecture(teacher);
        if (shape != null) {
            checks.add(PreflightCheck.green("Model", "%s: %s, %,.1f million weights.".formatted(
                    model(teacher), shape.family().name().toLowerCase(java.util.Locale.ROOT), MemoryNeed.parameters(shape) / 1e6)));
        }
        DataReport data = DataInspection.of(experiment);
        try (TokenFacts tokens = TokenFacts.of(experiment, new ArrayList<>())) {
            if (shape != null && tokens.tokenizer() != null) {
                checks.add(TokenizerChecks.ofModel(shape, tokens.tokenizer()));
            }
            String other = experiment.distill().teacher();
            if (shape != null && tokens.tokenizer() != null && experiment.distill().enabled() && !other.isBlank() && !has(red, "distill")) {
                checks.add(TokenizerChecks.ofTeacher(Path.of(other), BaseModel.tokenizer(teacher), tokens.tokenizer()));
            }
            if (!has(red, "task")) {
                checkTask(data, tokens, shape);
            }
        }
        checkCorpora(data, red);
        if (shape != null) {
            int longest = data.splits().stream().map(DataReport.Split::lengths).filter(java.util.Objects::nonNull)
                    .mapToInt(lengths -> Math.min(lengths.longest(), lengths.limit())).max().orElse(experiment.task().maxTokens());
            checkMemory(shape, longest);
            checkDisk(shape, runs);
        }
    }

    private static String model(TeacherStage teacher) {
        return switch (teacher.source()) {
            case FOLDER -> teacher.path();
            case STARTER -> "The starter teacher";
            case NEW -> "A new model";
        };
    }

    private void checkTask(DataReport data, TokenFacts tokens, Architecture shape) {
        Task task = experiment.task();
        for (DataReport.Split split : data.splits()) {
            boolean fine = split.badRows() == 0;
            String rows = "%,d %s rows%s.".formatted(split.rows(), split.name(), split.file().isEmpty() ? "" : " of " + split.file());
            checks.add(fine ? PreflightCheck.green("Rows", rows) : PreflightCheck.amber(
                    "Rows", "%s %,d bad ones are left out, the first: %s".formatted(rows, split.badRows(), split.problems().getFirst()),
                    "Look at them on the data page, or by the command data.", "task." + split.name()));
            checkLabels(split);
            checkLengths(split, shape);
        }
        data.notes().stream().filter(note -> note.contains("among")).forEach(note -> checks.add(PreflightCheck.amber(
                "Repeated rows", note, "Switch task.files.dropRepeated on to leave them out of the training.", "task.files.dropRepeated")));
        TaskEncoder encoder = tokens.encoder();
        if (encoder != null && task.kind() == Task.Kind.CLASSIFICATION) {
            List<String> words = List.copyOf(task.labels().values());
            String answers = java.util.stream.IntStream.range(0, words.size())
                    .mapToObj(i -> words.get(i) + " " + Arrays.toString(encoder.answers().get(i))).collect(Collectors.joining(", "));
            checks.add(PreflightCheck.green("Label words", "Their tokens differ: " + answers + "."));
        }
        if (encoder != null && shape != null) {
            checkTeacherLogits(data, encoder, shape);
        }
    }

    /// How much disk `distill.cachedLogits` takes, counted from the rows' mean length.
    private void checkTeacherLogits(DataReport data, TaskEncoder encoder, Architecture shape) {
        DistillStage distill = experiment.distill();
        Task task = experiment.task();
        boolean kept = distill.enabled() && distill.cachedLogits() > 0 && distill.logitsWeight() > 0;
        data.splits().stream().filter(split -> kept && split.name().equals("train") && split.lengths() != null).forEach(split -> {
            long rows = task.maxTrainRows() > 0 ? Math.min(task.maxTrainRows(), split.rows()) : split.rows();
            boolean answers = distill.logitsTokens() == DistillStage.TokenScope.ANSWER && task.kind() == Task.Kind.CLASSIFICATION;
            double tokens = answers ? encoder.answers().stream().mapToInt(answer -> answer.length).max().orElse(1) : split.lengths().mean();
            long bytes = TeacherLogits.bytes(Math.round(rows * tokens), distill, shape.vocabularySize());
            String finding = "The teacher's %,d largest logits of %,d rows take about %s in the run's folder.";
            checks.add(PreflightCheck.green("Teacher logits", finding.formatted(
                    Math.min(distill.cachedLogits(), shape.vocabularySize()), rows, mib(Math.max(bytes, 1 << 20)))));
        });
    }

    private void checkLabels(DataReport.Split split) {
        split.labels().entrySet().stream().min(Map.Entry.comparingByValue()).ifPresent(rarest -> {
            double share = rarest.getValue() / (double) Math.max(1, split.rows());
            if (share < RARE_LABEL) {
                boolean none = rarest.getValue() == 0;
                checks.add(PreflightCheck.amber("Label balance", none
                        ? "None of the %,d %s rows is \"%s\".".formatted(split.rows(), split.name(), rarest.getKey())
                        : "Only %,d of the %,d %s rows (%.1f %%) are \"%s\".".formatted(
                                rarest.getValue(), split.rows(), split.name(), 100 * share, rarest.getKey()),
                        none && split.name().equals("train") ? "This label cannot be learned: add rows of it, or take it out of task.labels."
                                : "Accuracy alone says little here: look at the confusion of the labels.", "task." + split.name()));
            }
        });
    }

    private void checkLengths(DataReport.Split split, Architecture shape) {
        DataReport.TokenLengths lengths = split.lengths();
        if (lengths == null) {
            return;
        }
        if (lengths.longest() > lengths.limit()) {
            String most = shape == null ? "" : " (the model reads up to %,d)".formatted(shape.maxPositions());
            checks.add(PreflightCheck.amber("Lengths", "%.1f %% of the %s rows have more than %,d tokens and are cut; the longest has %,d.".formatted(
                    100.0 * lengths.tooLong() / lengths.sampled(), split.name(), lengths.limit(), lengths.longest()),
                    "Raise task.maxTokens" + most + ", or leave it so if the beginnings matter little.", "task.maxTokens"));
        } else {
            checks.add(PreflightCheck.green("Lengths", "The longest %s row has %,d of %,d tokens.".formatted(
                    split.name(), lengths.longest(), lengths.limit())));
        }
    }

    private void checkCorpora(DataReport data, List<PreflightCheck> red) {
        for (DataReport.CorpusFacts corpus : data.corpora()) {
            if (!corpus.files().isEmpty() && !has(red, corpus.stage() + ".corpus")) {
                checks.add(PreflightCheck.green("Corpus", "%,d %s, %s of text for the stage %s.".formatted(
                        corpus.files().size(), corpus.files().size() == 1 ? "file" : "files", Units.bytes(corpus.bytes()), corpus.stage())));
            }
        }
    }

    private void checkMemory(Architecture student, int longestRow) {
        String folder = experiment.distill().teacher();
        Architecture teacher = experiment.distill().enabled() && !folder.isBlank() && Files.isDirectory(Path.of(folder))
                ? ConfigJson.read(Path.of(folder)) : student;
        MemoryNeed need = MemoryNeed.of(experiment, student, teacher, longestRow);
        long available = Machine.availableBytes();
        String parts = need.parts().stream().map(part -> part.name() + " " + mib(part.bytes())).collect(Collectors.joining(", "));
        String finding = "About %s in the stage %s (%s); %s are free.".formatted(mib(need.bytes()), need.stage(), parts, mib(available));
        if (available < 0 || need.bytes() <= COMFORTABLE * available) {
            checks.add(PreflightCheck.green("Memory", finding));
            return;
        }
        ToLongFunction<Experiment> estimate = other -> MemoryNeed.of(other, student, teacher, longestRow).bytes();
        long room = (long) (COMFORTABLE * available);
        MemoryAdvice advice = MemoryAdvice.of(experiment, estimate, room);
        String field = advice.steps().isEmpty() ? need.stage() + ".optimization.batchSize" : advice.steps().getFirst().saving().field();
        String warning = need.bytes() <= available ? "" : " It is an estimate, but it will probably not fit.";
        checks.add(PreflightCheck.amber("Memory", finding + warning, advice.remedy(room), field));
    }

    /// Of every training stage its checkpoints with weights and both moments, and what it hands over.
    private void checkDisk(Architecture shape, Path runs) {
        long stages = java.util.stream.Stream.of(
                experiment.teacher().tokens() > 0, experiment.finetune().enabled(), experiment.pretrain().enabled(),
                experiment.distill().enabled(), experiment.baseline().enabled()).filter(on -> on).count();
        int kept = experiment.telemetry().keepCheckpoints() + (experiment.telemetry().keepBest() ? 1 : 0) + 1;
        long weights = 4 * MemoryNeed.parameters(shape);
        long need = stages * (kept * 3 * weights + weights) + 2 * weights;
        long free = free(runs);
        String finding = "Checkpoints and models of %d training stages take up to %s; %s are free.".formatted(stages, mib(need), mib(free));
        if (free < 0 || need <= COMFORTABLE * free) {
            checks.add(PreflightCheck.green("Disk", finding));
        } else {
            checks.add(new PreflightCheck(need > free ? Level.RED : Level.AMBER, "Disk", finding,
                    "Keep fewer checkpoints, or free some space.", "telemetry.keepCheckpoints"));
        }
    }

    private static long free(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing == null ? -1 : Files.getFileStore(existing).getUsableSpace();
        } catch (java.io.IOException e) {
            return -1;
        }
    }

    static String mib(long bytes) {
        return bytes >= 10L << 30 ? "%,.1f GiB".formatted(bytes / (double) (1L << 30)) : "%,d MiB".formatted(bytes >> 20);
    }
}
