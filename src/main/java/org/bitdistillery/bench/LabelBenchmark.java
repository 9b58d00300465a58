package org.bitdistillery.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.bitdistillery.analysis.Median;
import org.bitdistillery.analysis.SpeedRatio;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.LabelHead;
import org.bitdistillery.inference.PromptReader;
import org.bitdistillery.inference.Session;

/// How many texts a second a model classifies on the CPU: with the whole output head, with the label tokens' rows of it, and with
/// the prompts' common beginning computed once besides. The three take turns.
///
/// @param promptTokens length of a prompt
/// @param sharedTokens tokens that all prompts begin with
/// @param labels       label tokens
/// @param rounds       turns
public record LabelBenchmark(int promptTokens, int sharedTokens, int labels, int rounds) {

    private static final int PROMPTS = 8;

    /// Sentences a second, one number a round.
    ///
    /// @param wholeHead     every logit, every token
    /// @param labelHead     label logits only
    /// @param sharedPrompts label logits only, the common beginning once
    public record Speeds(double[] wholeHead, double[] labelHead, double[] sharedPrompts) {

        /// Of the whole head.
        public double median() {
            return Median.of(wholeHead);
        }

        public SpeedRatio labelHeadRatio() {
            return SpeedRatio.of(labelHead, wholeHead, 1);
        }

        public SpeedRatio taskHeadRatio() {
            return SpeedRatio.of(sharedPrompts, wholeHead, 1);
        }
    }

    public LabelBenchmark {
        if (promptTokens < 1 || sharedTokens < 0 || sharedTokens >= promptTokens) {
            throw new InvalidInput("Prompts of " + promptTokens + " tokens cannot share " + sharedTokens
                    + ". Ask for prompts of at least one token that share fewer than all.");
        }
        if (rounds < 1 || rounds > 1000) {
            throw new InvalidInput("The rounds of a benchmark are " + rounds + ", possible are 1 to 1000.");
        }
    }

    /// @param threads 0 for every core
    /// @throws InvalidInput where the model cannot be read, has too few positions or too few tokens
    public Speeds measure(Path model, int threads) {
        try (var causal = CausalModel.load(model, threads); Session session = causal.newSession(promptTokens)) {
            int vocabulary = causal.architecture().vocabularySize();
            SplittableRandom random = new SplittableRandom(1);
            LabelHead head = new LabelHead(causal, random.ints(labels, 0, vocabulary).toArray());
            int[] beginning = random.ints(sharedTokens, 0, vocabulary).toArray();
            List<int[]> prompts = new ArrayList<>();
            for (int i = 0; i < PROMPTS; i++) {
                int[] prompt = random.ints(promptTokens, 0, vocabulary).toArray();
                System.arraycopy(beginning, 0, prompt, 0, sharedTokens);
                prompts.add(prompt);
            }
            return turns(session, head, prompts);
        }
    }

    private Speeds turns(Session session, LabelHead head, List<int[]> prompts) {
        Speeds speeds = new Speeds(new double[rounds], new double[rounds], new double[rounds]);
        // The first turn warms up and does not count.
        for (int round = -1; round < rounds; round++) {
            int index = Math.max(round, 0);
            PromptReader reader = new PromptReader(session);
            speeds.wholeHead[index] = rate(prompts, prompt -> {
                session.reset();
                session.prefill(prompt);
            });
            speeds.labelHead[index] = rate(prompts, prompt -> {
                session.reset();
                session.prefill(prompt, head);
            });
            session.reset();
            reader.logits(prompts.getLast(), head);
            speeds.sharedPrompts[index] = rate(prompts, prompt -> reader.logits(prompt, head));
        }
        return speeds;
    }

    private static double rate(List<int[]> prompts, Consumer<int[]> read) {
        long begin = System.nanoTime();
        prompts.forEach(read);
        return prompts.size() * 1e9 / (System.nanoTime() - begin);
    }
}
