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
import org.bitdistillery.analysis.Confusion;
import org.bitdistillery.analysis.Wilson;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.data.BagOfWords;
import org.bitdistillery.data.Example;
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
import org.bitdistillery.train.Evaluator;

/// Accuracy and loss of every model on the dev and test rows, and some of their answers side by side.
final class EvaluateModels implements Stage {

    private static final int BATCH = 64;
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
        Map<String, int[]> predictions = new LinkedHashMap<>();
        for (var model : models.entrySet()) {
            double done = (double) scores.size() / models.size();
            Answers answers = answers(context, model.getValue(), fraction -> {
                context.stopIfAsked();
                context.progress(done + fraction / models.size(), NAMES.get(model.getKey()));
            });
            scores.put(model.getKey(), answers.score(context.task()));
            predictions.put(model.getKey(), answers.test().predictions());
        }
        scores.putAll(trainingFree(context));
        if (context.experiment().evaluate().bagOfWords()) {
            scores.put("bagOfWords", bagOfWords(context.taskData()));
        }
        return StageResult.evaluated(scores, samples(context, predictions));
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

    /// What one model answers on both splits.
    private record Answers(Evaluator.Result dev, Evaluator.Result test) {

        ModelScore score(TaskInputs task) {
            int devRows = task.dev().size();
            int testRows = task.test().size();
            int rows = devRows + testRows;
            int correct = dev.correct() + test.correct();
            double loss = (dev.loss() * devRows + test.loss() * testRows) / rows;
            Confusion confusion = new Confusion(task.answers().size());
            count(confusion, task.dev(), dev);
            count(confusion, task.test(), test);
            return new ModelScore(
                    (double) correct / rows, Wilson.interval95(correct, rows), confusion.macroF1(), confusion.matthews(), null, loss,
                    List.of(split("dev", dev, devRows), split("test", test, testRows)));
        }

        private static void count(Confusion confusion, List<Example> rows, Evaluator.Result result) {
            for (int i = 0; i < rows.size(); i++) {
                confusion.add(rows.get(i).label(), result.predictions()[i]);
            }
        }

        private static ModelScore.SplitScore split(String name, Evaluator.Result result, int rows) {
            return new ModelScore.SplitScore(
                    name, rows, result.accuracy(), Wilson.interval95(result.correct(), rows), result.loss());
        }
    }

    private static Answers answers(RunContext context, Path folder, DoubleConsumer progress) {
        try (Decoder decoder = ModelFolder.load(folder)) {
            HandOver.roundEmbeddings(decoder);
            return answers(context, decoder, progress);
        }
    }

    /// FP16-SFT rounded without any training.
    private static Map<String, ModelScore> trainingFree(RunContext context) {
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
                    Answers answers = answers(context, converted, _ -> context.progress(1, "FP16-SFT rounded by " + name));
                    scores.put(Results.TRAINING_FREE + name, answers.score(context.task()));
                }
            }
        }
        return scores;
    }

    private static Answers answers(RunContext context, Decoder decoder, DoubleConsumer progress) {
        TaskInputs task = context.task();
        try (Evaluator evaluator = new Evaluator(decoder, BATCH)) {
            double devShare = (double) task.dev().size() / (task.dev().size() + task.test().size());
            Evaluator.Result dev = evaluator.classify(task.dev(), task.answers(), done -> progress.accept(done * devShare));
            Evaluator.Result test =
                    evaluator.classify(task.test(), task.answers(), done -> progress.accept(devShare + done * (1 - devShare)));
            return new Answers(dev, test);
        }
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
    private static List<SamplePrediction> samples(RunContext context, Map<String, int[]> predictions) {
        List<TaskRow> test = context.taskData().test();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(context.experiment().seed()));
        List<String> words = context.taskData().labelWords();
        return order.stream().limit(context.experiment().evaluate().samples()).map(row -> {
            Map<String, String> answers = new LinkedHashMap<>();
            predictions.forEach((model, labels) -> answers.put(model, words.get(labels[row])));
            return new SamplePrediction(test.get(row).text(), words.get(test.get(row).label()), answers);
        }).toList();
    }
}
