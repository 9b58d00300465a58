package org.bitdistillery.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A classification task, answered by generating the label's word behind the prompt.
///
/// @param textColumns names that the text column may have; the first one that a file has is taken, because splits of
///                    one data set do not always agree
/// @param labels      word to generate for each label value that the files contain, in the order of the label indices
public record Task(
        @Setting(label = "Data", help = "Starter is made by BitDistillery itself; files are yours.") DataSource source,
        @Setting(label = "Training rows", help = "Tab-separated with a header line.", path = Setting.PathKind.FILE) String train,
        @Setting(label = "Dev rows", path = Setting.PathKind.FILE) String dev,
        @Setting(label = "Test rows", path = Setting.PathKind.FILE) String test,
        @Setting(label = "Text columns", help = "The first of these that a file has is read.") List<String> textColumns,
        @Setting(label = "Label column") String labelColumn,
        @Setting(label = "Labels", help = "Label value in the files = word that the model answers.") Map<String, String> labels,
        @Setting(label = "Prompt", help = "{text} stands for the row's text; the answer follows directly.") String prompt,
        @Setting(label = "Rows to train on", help = "0 takes all.", unit = "rows", min = 0) int maxTrainRows,
        @Setting(label = "Rows to evaluate on", help = "Of each split; 0 takes all.", unit = "rows", min = 0) int maxEvaluationRows,
        @Setting(label = "Longest row", help = "Longer prompts lose their beginning.", unit = "tokens", min = 8, max = 131072)
                int maxTokens) {

    public static final String TEXT_SLOT = "{text}";

    public static final Task DEFAULTS = new Task(
            DataSource.STARTER, "", "", "", List.of("sentence", "text", "content"), "label",
            orderedLabels(), "{text}\nSentiment:", 0, 0, 128);

    private static Map<String, String> orderedLabels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("0", "negative");
        labels.put("1", "positive");
        return Collections.unmodifiableMap(labels);
    }
}
