package org.bitdistillery.data;

import java.util.Map;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.Task;

/// Classification tasks for tests: the defaults, but for what a test is about.
final class Tasks {

    private Tasks() {}

    static Task of(
            DataSource source, String train, String dev, String test, Map<String, String> labels, String prompt, int maxTrainRows,
            int maxEvaluationRows, int maxTokens) {
        Task task = Task.DEFAULTS;
        return new Task(
                task.kind(), source, train, dev, test, task.textColumns(), task.pairColumns(), task.labelColumn(),
                task.answerColumns(), labels, prompt, maxTrainRows, maxEvaluationRows, maxTokens, task.maxAnswerTokens(),
                task.decoding(), task.samplingTemperature(), task.topP());
    }
}
