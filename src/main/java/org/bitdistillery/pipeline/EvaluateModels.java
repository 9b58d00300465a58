package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleConsumer;
import org.bitdistillery.analysis.Wilson;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.data.BagOfWords;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.SamplePrediction;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Calibrated;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;

/// Scores of every model on the dev and test rows, and some of their answers side by side.
final class EvaluateModels implements Stage {

    private static final Map<String, String> NAMES =
            Map.of("fp16Sft", "FP16-SFT", "bitnetSft", "BitNet-SFT", "bitDistill", "BitDistill");

    @Override
    public StageId id() {
        return StageId.EVALUATE;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return context.experiment().evaluate().enabled();
    }

    @Override
    public Work work(RunContext context) {
        TaskData rows = context.taskData();
        double flops = models(context).size() * (rows.dev().size() + rows.test().size()) * TaskTraining.rowFlops(context);
        return new Work(0, flops, "Dev and test rows, every model");
    }

    @Override
    public StageResult run(RunContext context) {
        context.begin(id(), 0, 0, work(context).detail());
        Map<String, Path> models = models(context);
        Map<String, ModelScore> scores = new LinkedHashMap<>();
        Map<String, List<String>> answers = new LinkedHashMap<>();
        TaskScoring scoring = TaskScoring.of(context);
        for (var model : models.entrySet()) {
            double done = (double) scores.size() / models.size();
            TaskScoring.Scored scored = scored(scoring, model.getValue(), fraction -> {
                context.stopIfAsked();
                context.progress(done + fraction / models.size(), NAMES.get(model.getKey()));
            });
            scores.put(model.getKey(), scored.score());
            answers.put(model.getKey(), scored.answers());
        }
        scores.putAll(trainingFree(context, scoring));
        if (context.experiment().evaluate().bagOfWords() && !context.task().isGeneration()) {
            scores.put("bagOfWords", bagOfWords(context.taskData()));
        }
        return StageResult.evaluated(scores, samples(context, answers));
    }

    private static Map<String, Path> models(RunContext context) {
        Map<String, Path> models = new LinkedHashMap<>();
        models.put("fp16Sft", context.fp16Sft());
        if (context.experiment().baseline().enabled()) {
            models.put("bitnetSft", context.paths().bitnetSft());
        }
        models.put("bitDistill", context.student());
        return models;
    }

    private static TaskScoring.Scored scored(TaskScoring scoring, Path folder, DoubleConsumer progress) {
        try (Decoder decoder = ModelFolder.load(folder)) {
            HandOver.roundEmbeddings(decoder);
            return scoring.score(decoder, progress);
        }
    }

    /// FP16-SFT rounded without any training.
    private static Map<String, ModelScore> trainingFree(RunContext context, TaskScoring scoring) {
        Map<String, ModelScore> scores = new LinkedHashMap<>();
        List<String> methods = context.experiment().evaluate().trainingFree();
        if (methods.isEmpty()) {
            return scores;
        }
        List<int[]> rows = CalibrationRows.ofTask(context);
        Quantization quantization = context.experiment().quantization();
        try (Decoder teacher = ModelFolder.load(context.fp16Sft(), LinearMode.FULL)) {
            for (String name : methods) {
                context.stopIfAsked();
                Calibrated.Method method = Calibrated.Method.valueOf(name.toUpperCase(Locale.ROOT));
                try (Decoder converted = Calibrated.convert(teacher, method, quantization, rows)) {
                    HandOver.roundEmbeddings(converted);
                    scores.put(Results.TRAINING_FREE + name, scoring.score(converted, _ -> {
                        context.stopIfAsked();
                        context.progress(1, "FP16-SFT rounded by " + name);
                    }).score());
                }
            }
        }
        return scores;
    }

    private static ModelScore bagOfWords(TaskData rows) {
        BagOfWords model = BagOfWords.train(rows.train(), rows.labelWords().size());
        List<TaskRow> all = new ArrayList<>(rows.dev());
        all.addAll(rows.test());
        int correct = model.correct(all);
        return new ModelScore(
                (double) correct / all.size(), Wilson.interval95(correct, all.size()), null, null, null,
                model.loss(all),
                List.of(bagOfWords("dev", model, rows.dev()), bagOfWords("test", model, rows.test())));
    }

    private static ModelScore.SplitScore bagOfWords(String split, BagOfWords model, List<TaskRow> rows) {
        int correct = model.correct(rows);
        return new ModelScore.SplitScore(
                split, rows.size(), (double) correct / rows.size(), Wilson.interval95(correct, rows.size()), model.loss(rows));
    }

    /// Rows of the test set, drawn with the run's seed.
    private static List<SamplePrediction> samples(RunContext context, Map<String, List<String>> answers) {
        List<TaskRow> test = context.taskData().test();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(context.experiment().seed()));
        List<String> words = context.taskData().labelWords();
        return order.stream().limit(context.experiment().evaluate().samples()).map(row -> {
            TaskRow asked = test.get(row);
            Map<String, String> said = new LinkedHashMap<>();
            answers.forEach((model, all) -> said.put(model, all.get(row)));
            return new SamplePrediction(
                    asked.question(), context.task().isGeneration() ? asked.reference() : words.get(asked.label()), said);
        }).toList();
    }
}
