package org.bitdistillery.model;

import java.util.Locale;

/// Rotary position embedding: the pair `(x[i], x[i + d/2])` of a head is turned by `position · frequency[i]`.
///
/// @param theta   base of the frequencies `theta^(-2i/d)`
/// @param scaling how a model trained on shorter sequences was stretched
public record Rope(double theta, Scaling scaling) {

    public static Rope of(double theta) {
        return new Rope(theta, new Scaling.None());
    }

    /// Hugging Face's `rope_type`.
    public sealed interface Scaling {

        double apply(double frequency);

        /// `default`.
        record None() implements Scaling {
            @Override
            public double apply(double frequency) {
                return frequency;
            }
        }

        /// `linear`: positions are divided by the factor.
        record Linear(double factor) implements Scaling {
            @Override
            public double apply(double frequency) {
                return frequency / factor;
            }
        }

        /// `llama3`: slow turns are divided by the factor, fast ones are kept, those between are blended.
        ///
        /// @param lowFrequencyFactor  waves longer than `originalPositions` over this are slow
        /// @param highFrequencyFactor waves shorter than `originalPositions` over this are fast
        /// @param originalPositions   longest sequence before stretching
        record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions) implements Scaling {
            @Override
            public double apply(double frequency) {
                double wavesInContext = originalPositions * frequency / (2 * Math.PI);
                double kept = (wavesInContext - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
                double share = Math.clamp(kept, 0, 1);
                return share * frequency + (1 - share) * frequency / factor;
            }
        }
    }

    /// For people, for example `base 500,000, llama3 ×8 from 8,192`.
    public String text() {
        String base = "base " + number(theta);
        return switch (scaling) {
            case Scaling.None _ -> base;
            case Scaling.Linear linear -> base + ", linear ×" + number(linear.factor());
            case Scaling.Llama3 llama -> base + ", llama3 ×" + number(llama.factor()) + " from " + number(llama.originalPositions());
        };
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%,.2f", value);
    }

    /// Angle by which each pair turns from one position to the next, [headDim / 2].
    public double[] frequencies(int headDim) {
        double[] frequencies = new double[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = scaling.apply(Math.pow(theta, -2.0 * i / headDim));
        }
        return frequencies;
    }
}
