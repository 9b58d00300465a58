package org.bitdistillery.pipeline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.SamplePrediction;

/// What is remembered of a finished stage; `stages/<key>.json`. Its presence says that the stage is done.
///
/// @param seconds   time that the stage took in the worker that finished it
/// @param scores    of an evaluation, keyed as in [org.bitdistillery.event.Results#scores]
/// @param benchmark of a benchmark, keyed `fp16` and `student`
@JsonInclude(JsonInclude.Include.NON_NULL)
record StageResult(
        double seconds, Map<String, ModelScore> scores, List<SamplePrediction> samples, Map<String, BenchmarkRun> benchmark,
        ExportSummary export) {

    /// Of a stage that hands over a model.
    static StageResult done() {
        return new StageResult(0, null, null, null, null);
    }

    static StageResult evaluated(Map<String, ModelScore> scores, List<SamplePrediction> samples) {
        return new StageResult(0, scores, samples, null, null);
    }

    static StageResult benchmarked(Map<String, BenchmarkRun> benchmark) {
        return new StageResult(0, null, null, benchmark, null);
    }

    static StageResult exported(ExportSummary export) {
        return new StageResult(0, null, null, null, export);
    }

    StageResult withSeconds(double seconds) {
        return new StageResult(seconds, scores, samples, benchmark, export);
    }
}
