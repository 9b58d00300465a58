package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.bitdistillery.data.Example;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.Sampler;
import org.bitdistillery.inference.Session;

/// What the CPU engine answers: in a classification the label whose answer has the largest log-probability, in a generation
/// task the likeliest tokens.
final class EngineClassifier {

    private final CausalModel model;
    private final List<int[]> answers;
    private final Sampler greedy = Sampler.greedy();

    EngineClassifier(CausalModel model, List<int[]> answers) {
        this.model = model;
        this.answers = answers;
    }

    /// @param progress hears the fraction done, 0..1; what it throws ends the classification
    /// @return label index by row
    int[] classify(List<Example> examples, DoubleConsumer progress) {
        int longestAnswer = answers.stream().mapToInt(answer -> answer.length).max().orElseThrow();
        int longest = examples.stream().mapToInt(example -> example.prompt().length).max().orElseThrow() + longestAnswer;
        int[] labels = new int[examples.size()];
        try (Session session = model.newSession(longest)) {
            for (int i = 0; i < labels.length; i++) {
                labels[i] = classify(session, examples.get(i).prompt());
                progress.accept((i + 1.0) / labels.length);
            }
        }
        return labels;
    }

    /// The tokens that the engine finds likeliest in the places of each row's own answer, given what stands before them.
    List<int[]> likeliest(List<Example> examples, DoubleConsumer progress) {
        List<int[]> tokens = new ArrayList<>();
        int longest = examples.stream().mapToInt(Example::length).max().orElseThrow();
        try (Session session = model.newSession(longest)) {
            for (Example example : examples) {
                int[] best = new int[example.answer().length];
                float[] logits = prefill(session, example.prompt());
                for (int i = 0; i < best.length; i++) {
                    best[i] = greedy.next(logits);
                    if (i + 1 < best.length) {
                        logits = session.decode(example.answer()[i]);
                    }
                }
                tokens.add(best);
                progress.accept((double) tokens.size() / examples.size());
            }
        }
        return tokens;
    }

    private int classify(Session session, int[] prompt) {
        int best = 0;
        double bestScore = Double.NEGATIVE_INFINITY;
        boolean single = answers.stream().allMatch(answer -> answer.length == 1);
        float[] next = single ? prefill(session, prompt) : null;
        for (int label = 0; label < answers.size(); label++) {
            double score = single ? next[answers.get(label)[0]] : score(session, prompt, answers.get(label));
            if (score > bestScore) {
                bestScore = score;
                best = label;
            }
        }
        return best;
    }

    private static float[] prefill(Session session, int[] tokens) {
        session.reset();
        return session.prefill(tokens);
    }

    private static double score(Session session, int[] prompt, int[] answer) {
        float[] logits = prefill(session, prompt);
        double score = 0;
        for (int i = 0; i < answer.length; i++) {
            score += logProbability(logits, answer[i]);
            if (i + 1 < answer.length) {
                logits = session.decode(answer[i]);
            }
        }
        return score;
    }

    private static double logProbability(float[] logits, int token) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return logits[token] - largest - Math.log(sum);
    }

    /// Share of rows on which two lists of predictions agree, 0..1.
    static double agreement(int[] a, int[] b) {
        long same = 0;
        for (int i = 0; i < a.length; i++) {
            same += a[i] == b[i] ? 1 : 0;
        }
        return (double) same / a.length;
    }
}
