package org.bitdistillery.data;

import java.util.List;
import java.util.Map;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.Task;

/// Tasks for tests: the defaults, but for what a test is about.
final class Tasks {

    private Tasks() {}

    static Task of(
            DataSource source, String train, String dev, String test, Map<String, String> labels, String prompt, int maxTrainRows,
            int maxEvaluationRows, int maxTokens) {
        Task task = Task.DEFAULTS;
        return new Task(
                task.kind(), source, train, dev, test, task.textColumns(), task.pairColumns(), task.labelColumn(),
                task.answerColumns(), labels, prompt, task.chatTemplate(), maxTrainRows, maxEvaluationRows, maxTokens, task.maxAnswerTokens(),
                task.decoding(), task.samplingTemperature(), task.topP(), task.files());
    }

    /// Premise, hypothesis and label, by which the tests' pairs are named.
    static Task pairs(String file, String prompt) {
        Task task = Task.DEFAULTS;
        return new Task(
                task.kind(), DataSource.FILES, file, file, file, List.of("premise"), List.of("hypothesis"), task.labelColumn(),
                task.answerColumns(), task.labels(), prompt, task.chatTemplate(), 0, 0, task.maxTokens(), task.maxAnswerTokens(), task.decoding(),
                task.samplingTemperature(), task.topP(), task.files());
    }

    static Task generation(String file, String prompt, int maxTokens, int maxAnswerTokens) {
        Task task = Task.DEFAULTS;
        return new Task(
                Task.Kind.GENERATION, DataSource.FILES, file, file, file, task.textColumns(), task.pairColumns(), task.labelColumn(),
                task.answerColumns(), task.labels(), prompt, task.chatTemplate(), 0, 0, maxTokens, maxAnswerTokens, task.decoding(),
                task.samplingTemperature(), task.topP(), task.files());
    }
}
