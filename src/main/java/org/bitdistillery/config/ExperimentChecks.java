package org.bitdistillery.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Checks that concern more than one field, or more than a field's type and range. Files are not opened here.
final class ExperimentChecks {

    private static final double MOST_DRAWN = 0.9;

    private ExperimentChecks() {}

    static List<ConfigProblem> check(Experiment experiment) {
        List<ConfigProblem> problems = new ArrayList<>();
        checkName(experiment.name(), problems);
        checkTask(experiment.task(), problems);
        checkTeacher(experiment.teacher(), experiment.task(), problems);
        checkDistillation(experiment.distill(), problems);
        checkQuantization(experiment, problems);
        checkTrainingFree(experiment.evaluate().trainingFree(), problems);
        if (experiment.pretrain().enabled()) {
            checkCorpus("pretrain.corpus", experiment.pretrain().corpus(), problems);
        }
        return problems;
    }

    private static void checkName(String name, List<ConfigProblem> problems) {
        if (!name.matches("[\\p{L}\\p{N}._ -]{1,80}") || name.startsWith(".")) {
            problems.add(new ConfigProblem(
                    "name", "names a folder, so it needs 1 to 80 letters, digits, dots, dashes or spaces and no leading dot."));
        }
    }

    private static void checkTask(Task task, List<ConfigProblem> problems) {
        if (!task.prompt().contains(Task.TEXT_SLOT)) {
            problems.add(new ConfigProblem("task.prompt", "must contain {text}, where the row's text goes."));
        }
        if (task.prompt().contains(Task.PAIR_SLOT) == task.pairColumns().isEmpty()) {
            problems.add(new ConfigProblem("task.pairColumns", task.pairColumns().isEmpty()
                    ? "is empty, but task.prompt has {pair}: name the second text column, or take {pair} out of the prompt."
                    : "names a second text, but task.prompt has no {pair}: put it where the second text goes."));
        }
        if (task.kind() == Task.Kind.CLASSIFICATION) {
            checkLabels(task, problems);
        } else if (task.source() == DataSource.STARTER) {
            problems.add(new ConfigProblem("task.source", "is starter, which is a classification: name files for a generation task."));
        } else if (task.answerColumns().isEmpty()) {
            problems.add(new ConfigProblem("task.answerColumns", "is empty: name the column that holds the text to generate."));
        }
        if (task.kind() == Task.Kind.GENERATION && task.maxAnswerTokens() >= task.maxTokens()) {
            problems.add(new ConfigProblem("task.maxAnswerTokens", "is " + task.maxAnswerTokens() + ", which leaves the prompt nothing of"
                    + " task.maxTokens, " + task.maxTokens() + ": lower the one or raise the other."));
        }
        if (task.source() == DataSource.FILES) {
            requireFile("task.train", task.train(), problems);
            requireFileOrShare("dev", task.dev(), task.files().devShare(), problems);
            requireFileOrShare("test", task.test(), task.files().testShare(), problems);
            if (task.dev().isBlank() && task.test().isBlank() && task.files().devShare() + task.files().testShare() > MOST_DRAWN) {
                problems.add(new ConfigProblem("task.files.testShare", "leaves too few rows to train on: lower it or task.files.devShare."));
            }
            if (task.textColumns().isEmpty()) {
                problems.add(new ConfigProblem("task.textColumns", "is empty: name the column that holds the text."));
            }
        }
    }

    private static void checkLabels(Task task, List<ConfigProblem> problems) {
        if (task.labels().size() < 2) {
            problems.add(new ConfigProblem("task.labels", "needs at least two labels, for example {\"0\": \"negative\", \"1\": \"positive\"}."));
        }
        if (task.labels().values().stream().anyMatch(String::isBlank)) {
            problems.add(new ConfigProblem("task.labels", "has a label without a word: give each label the word that the model answers."));
        }
        if (new HashSet<>(task.labels().values()).size() < task.labels().size()) {
            problems.add(new ConfigProblem("task.labels", "gives two labels the same word: the words must differ."));
        }
    }

    private static void checkTeacher(TeacherStage teacher, Task task, List<ConfigProblem> problems) {
        if (teacher.tokens() > 0) {
            checkCorpus("teacher.corpus", teacher.corpus(), problems);
        }
        if (teacher.source() == TeacherStage.Source.FOLDER && teacher.path().isBlank()) {
            problems.add(new ConfigProblem("teacher.path", "is empty: name a model folder, or set teacher.source to starter or new."));
        }
        if (teacher.source() != TeacherStage.Source.FOLDER && task.chatTemplate() == Task.Chat.ON) {
            problems.add(new ConfigProblem("task.chatTemplate",
                    "is on, but only the models of others come with chat templates: set it to off or auto, or teacher.source to folder."));
        }
        if (teacher.source() == TeacherStage.Source.NEW && teacher.tokens() == 0) {
            problems.add(new ConfigProblem("teacher.tokens", "is 0, but a new model knows nothing: give it a pre-training budget."));
        }
    }

    private static void checkDistillation(DistillStage distill, List<ConfigProblem> problems) {
        try {
            LayerChoice.parse(distill.layers());
        } catch (InvalidInput e) {
            problems.add(new ConfigProblem("distill.layers", e.getMessage()));
        }
        if (distill.relationWeight() > 0 && !distill.relates()) {
            problems.add(new ConfigProblem(
                    "distill.relateQueries", "is off, and so are keys and values: switch one on, or set distill.relationWeight to 0."));
        }
        if (distill.cachedLogits() > 0 && distill.logitsTarget() == DistillStage.LogitsTarget.TAID) {
            problems.add(new ConfigProblem("distill.cachedLogits",
                    "cannot serve TAID, whose target needs every logit: set it to 0, or set distill.logitsTarget to teacher."));
        }
    }

    private static void checkQuantization(Experiment experiment, List<ConfigProblem> problems) {
        Quantization quantization = experiment.quantization();
        if (quantization.keep().stream().anyMatch(String::isBlank)) {
            problems.add(new ConfigProblem("quantization.keep", "has an empty part of a name, which every projection has: remove it."));
        }
        if (!quantization.fitsExports()) {
            String remedy = " holds weights with one scale a tensor, INT8 activations and nothing else: switch it off, or set quantization"
                    + " back to its defaults.";
            if (experiment.benchmark().enabled()) {
                problems.add(new ConfigProblem("benchmark.enabled", "is on, but the CPU engine" + remedy));
            }
            if (experiment.export().enabled()) {
                problems.add(new ConfigProblem("export.enabled", "is on, but the export format" + remedy));
            }
        }
    }

    private static void checkTrainingFree(List<String> methods, List<ConfigProblem> problems) {
        for (String method : methods) {
            if (!EvaluateStage.TRAINING_FREE.contains(method)) {
                problems.add(new ConfigProblem("evaluate.trainingFree", "names \"" + method + "\": choose from "
                        + String.join(", ", EvaluateStage.TRAINING_FREE) + "."));
            }
        }
    }

    private static void checkCorpus(String path, Corpus corpus, List<ConfigProblem> problems) {
        if (corpus.source() == DataSource.FILES && corpus.files().isEmpty()) {
            problems.add(new ConfigProblem(path + ".files", "is empty: name a text file, or set " + path + ".source to starter."));
        }
    }

    private static void requireFileOrShare(String split, String file, double share, List<ConfigProblem> problems) {
        if (file.isBlank() && share == 0) {
            problems.add(new ConfigProblem("task." + split, "is empty: name a file, or give task.files." + split
                    + "Share a share of the training rows."));
        }
    }

    private static void requireFile(String path, String value, List<ConfigProblem> problems) {
        if (value.isBlank()) {
            problems.add(new ConfigProblem(path, "is empty: name a file, or set task.source to starter."));
        }
    }
}
