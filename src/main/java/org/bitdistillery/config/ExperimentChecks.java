package org.bitdistillery.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Checks that concern more than one field, or more than a field's type and range. Files are not opened here.
final class ExperimentChecks {

    private ExperimentChecks() {}

    static List<ConfigProblem> check(Experiment experiment) {
        List<ConfigProblem> problems = new ArrayList<>();
        checkName(experiment.name(), problems);
        checkTask(experiment.task(), problems);
        checkTeacher(experiment.teacher(), problems);
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
        if (task.labels().size() < 2) {
            problems.add(new ConfigProblem("task.labels", "needs at least two labels, for example {\"0\": \"negative\", \"1\": \"positive\"}."));
        }
        if (task.labels().values().stream().anyMatch(String::isBlank)) {
            problems.add(new ConfigProblem("task.labels", "has a label without a word: give each label the word that the model answers."));
        }
        if (new HashSet<>(task.labels().values()).size() < task.labels().size()) {
            problems.add(new ConfigProblem("task.labels", "gives two labels the same word: the words must differ."));
        }
        if (task.source() == DataSource.FILES) {
            requireFile("task.train", task.train(), problems);
            requireFile("task.dev", task.dev(), problems);
            requireFile("task.test", task.test(), problems);
            if (task.textColumns().isEmpty()) {
                problems.add(new ConfigProblem("task.textColumns", "is empty: name the column that holds the text."));
            }
        }
    }

    private static void checkTeacher(TeacherStage teacher, List<ConfigProblem> problems) {
        if (teacher.tokens() > 0) {
            checkCorpus("teacher.corpus", teacher.corpus(), problems);
        }
        if (teacher.source() == TeacherStage.Source.FOLDER && teacher.path().isBlank()) {
            problems.add(new ConfigProblem("teacher.path", "is empty: name a model folder, or set teacher.source to starter or new."));
        }
        if (teacher.source() == TeacherStage.Source.NEW && teacher.tokens() == 0) {
            problems.add(new ConfigProblem("teacher.tokens", "is 0, but a new model knows nothing: give it a pre-training budget."));
        }
    }

    private static void checkCorpus(String path, Corpus corpus, List<ConfigProblem> problems) {
        if (corpus.source() == DataSource.FILES && corpus.files().isEmpty()) {
            problems.add(new ConfigProblem(path + ".files", "is empty: name a text file, or set " + path + ".source to starter."));
        }
    }

    private static void requireFile(String path, String value, List<ConfigProblem> problems) {
        if (value.isBlank()) {
            problems.add(new ConfigProblem(path, "is empty: name a file, or set task.source to starter."));
        }
    }
}
