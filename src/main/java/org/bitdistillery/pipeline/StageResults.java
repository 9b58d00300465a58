package org.bitdistillery.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.SamplePrediction;
import org.bitdistillery.event.StageId;
import org.bitdistillery.platform.AtomicFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The results of finished stages in a run folder, and the report that they add up to.
final class StageResults {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final RunPaths paths;

    StageResults(RunPaths paths) {
        this.paths = paths;
    }

    Optional<StageResult> find(StageId stage) {
        Path file = paths.stageResult(stage);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file, StageResult.class));
        } catch (JacksonException e) {
            throw new InvalidInput(file + " is damaged: delete it, and the stage will run again.", e);
        }
    }

    void save(StageId stage, StageResult result) {
        Path file = paths.stageResult(stage);
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
        AtomicFiles.write(file, JSON.writeValueAsString(result));
    }

    /// What is known so far.
    Results report(String name) {
        Map<String, ModelScore> scores = Map.of();
        List<SamplePrediction> samples = null;
        Map<String, BenchmarkRun> benchmark = null;
        Map<String, Double> seconds = new LinkedHashMap<>();
        var export = find(StageId.EXPORT).map(StageResult::export).orElse(null);
        for (StageId stage : StageId.values()) {
            StageResult result = find(stage).orElse(null);
            if (result != null) {
                seconds.put(stage.key(), result.seconds());
                scores = result.scores() == null ? scores : result.scores();
                samples = result.samples() == null ? samples : result.samples();
                benchmark = result.benchmark() == null ? benchmark : result.benchmark();
            }
        }
        double total = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        return new Results(
                Results.SCHEMA_VERSION, name, scores.get("fp16Sft"), scores.get("bitnetSft"), scores.get("bitDistill"),
                trainingFree(scores), scores.get("bagOfWords"), samples, benchmark, export, seconds, total);
    }

    private static Map<String, ModelScore> trainingFree(Map<String, ModelScore> scores) {
        Map<String, ModelScore> converted = new LinkedHashMap<>();
        scores.forEach((key, score) -> {
            if (key.startsWith(Results.TRAINING_FREE)) {
                converted.put(key.substring(Results.TRAINING_FREE.length()), score);
            }
        });
        return converted.isEmpty() ? null : converted;
    }

    Results saveReport(String name) {
        Results results = report(name);
        AtomicFiles.write(paths.results(), JSON.writeValueAsString(results) + "\n");
        return results;
    }
}
