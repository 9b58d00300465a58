package org.bitdistillery.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A task, answered by generating behind the prompt: the label's word in a classification, a text in a generation task such
/// as summarization.
///
/// @param textColumns names that the text column may have; the first one that a file has is taken, because splits of
///                    one data set do not always agree
/// @param labels      word to generate for each label value that the files contain, in the order of the label indices
public record Task(
        @Setting(label = "Kind", help = "Classification answers with a label word, generation with a text.") Kind kind,
        @Setting(label = "Data", help = "Starter is made by BitDistillery itself; files are yours.") DataSource source,
        @Setting(label = "Training rows", help = "TSV, CSV, JSON, JSONL, Parquet; also .gz and .zst.", path = Setting.PathKind.FILE) String train,
        @Setting(label = "Dev rows", help = "Empty draws them from the training rows; test rows likewise.", path = Setting.PathKind.FILE) String dev,
        @Setting(label = "Test rows", path = Setting.PathKind.FILE) String test,
        @Setting(label = "Text columns", help = "The first of these that a file has is read.") List<String> textColumns,
        @Setting(
                        label = "Second text columns",
                        help = "For pairs of texts such as premise and hypothesis; {pair} in the prompt. Empty for single texts.",
                        advanced = true)
                List<String> pairColumns,
        @Setting(label = "Label column") String labelColumn,
        @Setting(label = "Answer columns", help = "Of a generation task: the first of these that a file has is read.")
                List<String> answerColumns,
        @Setting(label = "Labels", help = "Label value in the files = word that the model answers.") Map<String, String> labels,
        @Setting(label = "Prompt", help = "{text} stands for the row's text, {pair} for the second one; the answer follows directly.") String prompt,
        @Setting(
                        label = "Chat template",
                        help = "On puts the prompt as the user's words into the model's chat template; auto does where it has one.")
                Chat chatTemplate,
        @Setting(label = "Rows to train on", help = "0 takes all.", unit = "rows", min = 0) int maxTrainRows,
        @Setting(label = "Rows to evaluate on", help = "Of each split; 0 takes all.", unit = "rows", min = 0) int maxEvaluationRows,
        @Setting(
                        label = "Longest row",
                        help = "Longer prompts lose the beginning of their longer text, in a generation task its end.",
                        unit = "tokens", min = 8, max = 131072)
                int maxTokens,
        @Setting(label = "Longest answer", help = "Of a generation task; longer references are cut.", unit = "tokens", min = 1, max = 131072)
                int maxAnswerTokens,
        @Setting(label = "Decoding", help = "How a generation task is answered in the evaluation.", advanced = true) Decoding decoding,
        @Setting(label = "Sampling temperature", min = 0.01, max = 10, advanced = true) double samplingTemperature,
        @Setting(label = "Top p", help = "Sampling keeps the most likely tokens with this mass.", min = 0.01, max = 1, advanced = true)
                double topP,
        @Setting(label = "Reading the files") RowFiles files) {

    public static final String TEXT_SLOT = "{text}";
    public static final String PAIR_SLOT = "{pair}";

    public enum Chat { OFF, ON, AUTO }

    public enum Kind { CLASSIFICATION, GENERATION }

    public enum Decoding { GREEDY, SAMPLED }

    public static final Task DEFAULTS = new Task(
            Kind.CLASSIFICATION, DataSource.STARTER, "", "", "", List.of("sentence", "text", "content"), List.of(), "label",
            List.of("summary", "highlights", "y"), orderedLabels(), "{text}\nSentiment:", Chat.OFF, 0, 0, 128, 64, Decoding.GREEDY, 1, 0.9,
            RowFiles.DEFAULTS);

    private static Map<String, String> orderedLabels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("0", "negative");
        labels.put("1", "positive");
        return Collections.unmodifiableMap(labels);
    }
}
