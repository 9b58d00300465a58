package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.LongFunction;
import org.bitdistillery.analysis.TextScores;
import org.bitdistillery.config.EvaluateStage;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.Example;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.event.MetricScore;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.inference.Sampler;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.train.AnswerDecoder;
import org.bitdistillery.train.Evaluator;

/// Generation: how close the answers come to the references, and how likely the references are.
final class TextScoring implements TaskScoring {

    private static final int BATCH = 64;
    /// Of the time; reading the references takes far less than writing answers.
    private static final double LOSS_SHARE = 0.1;

    private final Task settings;
    private final EvaluateStage evaluation;
    private final TaskInputs task;
    private final TaskData rows;
    private final long seed;

    TextScoring(RunContext context) {
        this.settings = context.experiment().task();
        this.evaluation = context.experiment().evaluate();
        this.task = context.task();
        this.rows = context.taskData();
        this.seed = context.experiment().seed();
    }

    @Override
    public Scored score(Decoder decoder, DoubleConsumer progress) {
        double devLoss;
        double testLoss;
        try (Evaluator evaluator = new Evaluator(decoder, BATCH)) {
            devLoss = evaluator.answerLoss(task.dev(), done -> progress.accept(done * LOSS_SHARE / 2));
            testLoss = evaluator.answerLoss(task.test(), done -> progress.accept((1 + done) * LOSS_SHARE / 2));
        }
        List<Example> asked = new ArrayList<>(task.dev());
        asked.addAll(task.test());
        List<String> answers = answers(decoder, asked, done -> progress.accept(LOSS_SHARE + done * (1 - LOSS_SHARE)));
        List<String> references = new ArrayList<>();
        rows.dev().stream().map(TaskRow::reference).forEach(references::add);
        rows.test().stream().map(TaskRow::reference).forEach(references::add);
        Map<String, MetricScore> text = TextScores.of(answers, references, evaluation.stemRouge(), evaluation.resamples(), seed);
        double loss = TaskScoring.mean(devLoss, tokens(task.dev()), testLoss, tokens(task.test()));
        ModelScore score = new ModelScore(null, null, null, null, text, loss, List.of(
                new ModelScore.SplitScore("dev", task.dev().size(), null, null, devLoss),
                new ModelScore.SplitScore("test", task.test().size(), null, null, testLoss)));
        return new Scored(score, answers.subList(task.dev().size(), answers.size()));
    }

    private List<String> answers(Decoder decoder, List<Example> asked, DoubleConsumer progress) {
        LongFunction<Sampler> samplers = switch (settings.decoding()) {
            case GREEDY -> _ -> Sampler.greedy();
            case SAMPLED -> own -> Sampler.of(settings.samplingTemperature(), 0, settings.topP(), own);
        };
        try (AnswerDecoder answering = new AnswerDecoder(decoder, settings.maxAnswerTokens(), samplers)) {
            return answering.answers(asked.stream().map(Example::prompt).toList(), seed, progress).stream()
                    .map(tokens -> task.tokenizer().decode(tokens).strip())
                    .toList();
        }
    }

    private static long tokens(List<Example> examples) {
        return examples.stream().mapToLong(example -> example.answer().length).sum();
    }
}
