package org.bitdistillery.inference;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bitdistillery.config.InvalidInput;

/// Chooses the next token from logits: the likeliest, or drawn at a temperature from the k likeliest, or from as few
/// of the likeliest as have a share p of the probability (Holtzman et al. 2020). Seeded.
public final class Sampler {

    private final double temperature;
    private final int topK;
    private final double topP;
    private final SplittableRandom random;

    private Sampler(double temperature, int topK, double topP, long seed) {
        this.temperature = temperature;
        this.topK = topK;
        this.topP = topP;
        random = new SplittableRandom(seed);
    }

    public static Sampler greedy() {
        return new Sampler(0, 1, 1, 0);
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
        if (!(temperature >= 0) || topK < 0) {
            throw new InvalidInput("Temperature " + temperature + " and top-k " + topK + " must not be negative.");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new InvalidInput("Top-p is " + topP + ", which is no share of the probability: choose one above 0 and up to 1.");
        }
        return new Sampler(temperature, topK, topP, seed);
    }

    public int next(float[] logits) {
        int likeliest = likeliest(logits);
        if (temperature == 0 || topK == 1) {
            return likeliest;
        }
        float least = least(logits, logits[likeliest]);
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
