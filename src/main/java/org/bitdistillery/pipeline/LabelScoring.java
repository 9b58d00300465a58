package org.bitdistillery.pipeline;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.bitdistillery.analysis.Confusion;
import org.bitdistillery.analysis.Wilson;
import org.bitdistillery.data.Example;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.train.Evaluator;

/// Classification: how often the likeliest label is the row's own.
final class LabelScoring implements TaskScoring {

    private static final int BATCH = 64;

    private final TaskInputs task;
    private final List<String> words;

    LabelScoring(RunContext context) {
        this.task = context.task();
        this.words = context.taskData().labelWords();
    }

    @Override
    public Scored score(Decoder decoder, DoubleConsumer progress) {
        try (Evaluator evaluator = new Evaluator(decoder, BATCH)) {
            double devShare = (double) task.dev().size() / (task.dev().size() + task.test().size());
            Evaluator.Result dev = evaluator.classify(task.dev(), task.answers(), done -> progress.accept(done * devShare));
            Evaluator.Result test =
                    evaluator.classify(task.test(), task.answers(), done -> progress.accept(devShare + done * (1 - devShare)));
            return new Scored(score(dev, test), Arrays.stream(test.predictions()).mapToObj(words::get).toList());
        }
    }

    private ModelScore score(Evaluator.Result dev, Evaluator.Result test) {
        int devRows = task.dev().size();
        int testRows = task.test().size();
        int rows = devRows + testRows;
        int correct = dev.correct() + test.correct();
        Confusion confusion = new Confusion(words.size());
        count(confusion, task.dev(), dev);
        count(confusion, task.test(), test);
        return new ModelScore(
                (double) correct / rows, Wilson.interval95(correct, rows), confusion.macroF1(), confusion.matthews(), null,
                TaskScoring.mean(dev.loss(), devRows, test.loss(), testRows),
                List.of(split("dev", dev, devRows), split("test", test, testRows)));
    }

    private static void count(Confusion confusion, List<Example> rows, Evaluator.Result result) {
        for (int i = 0; i < rows.size(); i++) {
            confusion.add(rows.get(i).label(), result.predictions()[i]);
        }
    }

    private static ModelScore.SplitScore split(String name, Evaluator.Result result, int rows) {
        return new ModelScore.SplitScore(name, rows, result.accuracy(), Wilson.interval95(result.correct(), rows), result.loss());
    }
}
