package org.bitdistillery.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run found out; `results.json`. What was switched off is absent.
///
/// @param fp16Sft     the base fine-tuned in full precision
/// @param bitnetSft   the base quantized and fine-tuned directly
/// @param bitDistill  the distilled student
/// @param trainingFree FP16-SFT rounded without training, keyed `absmean`, `gptq`, `awq` and `ptqtp`
/// @param bagOfWords  a logistic regression on word counts, to show what counting words reaches
/// @param benchmark   runs keyed `fp16` and `student`
/// @param stageSeconds time spent by each stage, keyed by [StageId#key]
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Results(
        int schemaVersion, String name, ModelScore fp16Sft, ModelScore bitnetSft, ModelScore bitDistill,
        Map<String, ModelScore> trainingFree, ModelScore bagOfWords,
        List<SamplePrediction> samples, Map<String, BenchmarkRun> benchmark, ExportSummary export,
        Map<String, Double> stageSeconds, double seconds) {

    public static final int SCHEMA_VERSION = 1;

    /// Begins the keys of [#scores] that are training-free conversions, for example `ptq.gptq`.
    public static final String TRAINING_FREE = "ptq.";

    /// The scores that are there, in the order in which people compare them, keyed as in `results.json`.
    public Map<String, ModelScore> scores() {
        Map<String, ModelScore> scores = new LinkedHashMap<>();
        putPresent(scores, "fp16Sft", fp16Sft);
        putPresent(scores, "bitnetSft", bitnetSft);
        putPresent(scores, "bitDistill", bitDistill);
        if (trainingFree != null) {
            trainingFree.forEach((method, score) -> scores.put(TRAINING_FREE + method, score));
        }
        putPresent(scores, "bagOfWords", bagOfWords);
        return scores;
    }

    private static void putPresent(Map<String, ModelScore> scores, String key, ModelScore score) {
        if (score != null) {
            scores.put(key, score);
        }
    }
}
