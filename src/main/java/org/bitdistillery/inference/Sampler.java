package org.bitdistillery.inference;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bitdistillery.config.InvalidInput;

/// Chooses the next token from logits: the likeliest, or drawn at a temperature from the k likeliest. Seeded.
public final class Sampler {

    private final double temperature;
    private final int topK;
    private final SplittableRandom random;

    private Sampler(double temperature, int topK, long seed) {
        this.temperature = temperature;
        this.topK = topK;
        random = new SplittableRandom(seed);
    }

    public static Sampler greedy() {
        return new Sampler(0, 1, 0);
    }

    /// @param temperature divides the logits; 0 is greedy
    /// @param topK        tokens to draw from; 0 for all
    /// @throws InvalidInput where one of them is negative
    public static Sampler of(double temperature, int topK, long seed) {
        if (!(temperature >= 0) || topK < 0) {
            throw new InvalidInput("Temperature " + temperature + " and top-k " + topK + " must not be negative.");
        }
        return new Sampler(temperature, topK, seed);
    }

    public int next(float[] logits) {
        int likeliest = likeliest(logits);
        if (temperature == 0 || topK == 1) {
            return likeliest;
        }
        float least = topK == 0 || topK >= logits.length ? Float.NEGATIVE_INFINITY : kthLargest(logits);
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

    private double weight(float logit, float largest, float least) {
        return logit < least ? 0 : Math.exp((logit - largest) / temperature);
    }

    private float kthLargest(float[] logits) {
        float[] sorted = logits.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - topK];
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
