package org.bitdistillery.inference;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.bitdistillery.config.InvalidInput;

/// Chooses the next token from logits: the likeliest, or drawn at a temperature from the k likeliest, or from as few
/// of the likeliest as have a share p of the probability (Holtzman et al. 2020), or from those that have at least a share of the
/// likeliest one's (min-p, Nguyen et al. 2024). Seeded.
public final class Sampler {

    private final double temperature;
    private final int topK;
    private final double topP;
    private final double minP;
    private final float repetitionPenalty;
    private final BitSet seen = new BitSet();
    private final SplittableRandom random;
    private float[] penalized = new float[0];

    private Sampler(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {
        this.temperature = temperature;
        this.topK = topK;
        this.topP = topP;
        this.minP = minP;
        this.repetitionPenalty = (float) repetitionPenalty;
        random = new SplittableRandom(seed);
    }

    public static Sampler greedy() {
        return new Sampler(0, 1, 1, 0, 1, 0);
    }

    /// @param temperature divides the logits; 0 is greedy
    /// @param topK        tokens to draw from; 0 for all
    /// @throws InvalidInput where one of them is negative
    public static Sampler of(double temperature, int topK, long seed) {
        return of(temperature, topK, 1, seed);
    }

    /// @param topP share of the probability, at the temperature and among the k likeliest, that is drawn from; 1 for all
    /// @throws InvalidInput where temperature or k are negative, or p is not in 0..1
    public static Sampler of(double temperature, int topK, double topP, long seed) {
        return of(temperature, topK, topP, 0, 1, seed);
    }

    /// @param minP              least probability of a token that is drawn, as a share of the likeliest one's; 0 for all
    /// @param repetitionPenalty logits of tokens that have been [#observe]d are divided by it where positive, else multiplied
    ///                          (Keskar et al. 2019); 1 for none. It counts for the greedy choice, too.
    /// @throws InvalidInput where temperature or k are negative, p or min-p no share, or the penalty below 1
    public static Sampler of(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {
        if (!(temperature >= 0) || topK < 0) {
            throw new InvalidInput("Temperature " + temperature + " and top-k " + topK + " must not be negative.");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new InvalidInput("Top-p is " + topP + ", which is no share of the probability: choose one above 0 and up to 1.");
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new InvalidInput("Min-p is " + minP + ", which is no share of the largest probability: choose one from 0 to 1.");
        }
        if (!(repetitionPenalty >= 1 && repetitionPenalty <= 100)) {
            throw new InvalidInput("The repetition penalty is " + repetitionPenalty + ", choose one from 1 (none) to 100.");
        }
        return new Sampler(temperature, topK, topP, minP, repetitionPenalty, seed);
    }

    /// Remembers a token of the prompt or the answer, for the repetition penalty.
    public void observe(int token) {
        seen.set(token);
    }

    public int next(float[] modelLogits) {
        float[] logits = repetitionPenalty == 1 || seen.isEmpty() ? modelLogits : penalize(modelLogits);
        int likeliest = likeliest(logits);
        if (temperature == 0 || topK == 1) {
            return likeliest;
        }
        float least = Math.max(least(logits, logits[likeliest]), logits[likeliest] + (float) (temperature * Math.log(minP)));
        double total = 0;
        for (float logit : logits) {
            total += weight(logit, logits[likeliest], least);
        }
        double rest = random.nextDouble() * total;
        for (int token = 0; token < logits.length; token++) {
            rest -= weight(logits[token], logits[likeliest], least);
            if (rest < 0) {
                return token;
            }
        }
        return likeliest;
    }

    private float[] penalize(float[] logits) {
        if (penalized.length != logits.length) {
            penalized = new float[logits.length];
        }
        System.arraycopy(logits, 0, penalized, 0, logits.length);
        for (int token = seen.nextSetBit(0); token >= 0 && token < logits.length; token = seen.nextSetBit(token + 1)) {
            penalized[token] = logits[token] > 0 ? logits[token] / repetitionPenalty : logits[token] * repetitionPenalty;
        }
        return penalized;
    }

    private double weight(float logit, float largest, float least) {
        return logit < least ? 0 : Math.exp((logit - largest) / temperature);
    }

    /// The smallest logit that is drawn from.
    private float least(float[] logits, float largest) {
        boolean all = topK == 0 || topK >= logits.length;
        if (all && topP == 1) {
            return Float.NEGATIVE_INFINITY;
        }
        float[] sorted = logits.clone();
        Arrays.sort(sorted);
        int first = all ? 0 : sorted.length - topK;
        return topP == 1 ? sorted[first] : nucleus(sorted, first, largest);
    }

    private float nucleus(float[] sorted, int first, float largest) {
        double total = 0;
        for (int i = first; i < sorted.length; i++) {
            total += weight(sorted[i], largest, sorted[first]);
        }
        int next = sorted.length - 1;
        double kept = weight(sorted[next], largest, sorted[first]);
        while (next > first && kept < topP * total) {
            kept += weight(sorted[--next], largest, sorted[first]);
        }
        return sorted[next];
    }

    private static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }
}
