package org.bitdistillery.pipeline;

import java.util.Locale;
import org.bitdistillery.event.GateReading;

/// What a reader of an export must reach (docs/export.md says where the numbers come from).
///
/// @param relativeDifference largest difference of a logit over the student's largest logit
/// @param tokenAgreement     share of positions whose most likely token is the same
/// @param answerAgreement    share of rows answered alike
/// @param perplexity         by how much the perplexity may differ, as a fraction
record GateLimits(double relativeDifference, double tokenAgreement, double answerAgreement, double perplexity) {

    /// The same arithmetic on the same numbers: bit for bit.
    static final GateLimits IDENTICAL = new GateLimits(0, 1, 1, 0);
    /// The same weights, with sums in another order or a scale that was rounded once more in its last bit. That bit decides where an
    /// activation lies halfway between two INT8 steps, and each such step is passed on through all layers.
    static final GateLimits LAST_BIT = new GateLimits(0.05, 0.98, 0.98, 0.005);
    /// The same weights, activations rounded to INT8 in groups and not by token.
    static final GateLimits REGROUPED = new GateLimits(0.1, 0.95, 0.97, 0.01);
    /// Numbers that were rounded once more: embeddings of 6 or 8 bits, scales of 16 bits, master weights as BF16.
    static final GateLimits REQUANTIZED = new GateLimits(0.15, 0.93, 0.95, 0.02);

    GateReading judge(GateReading reading) {
        String failure = failure(reading);
        return new GateReading(
                reading.reader(), reading.largestDifference(), reading.relativeDifference(), reading.tokenAgreement(), reading.perplexityRatio(),
                reading.answerAgreement(), reading.accuracy(), reading.studentAccuracy(), reading.tokens(), reading.rows(), failure);
    }

    private String failure(GateReading reading) {
        if (!(reading.relativeDifference() <= relativeDifference)) {
            return text("its logits differ from the student's by %.2g of the largest one, at most %.2g is allowed",
                    reading.relativeDifference(), relativeDifference);
        }
        if (!(reading.tokenAgreement() >= tokenAgreement)) {
            return text("its most likely token is the student's at %.1f %% of the positions, at least %.1f %% is asked",
                    100 * reading.tokenAgreement(), 100 * tokenAgreement);
        }
        if (!(Math.abs(reading.perplexityRatio() - 1) <= perplexity)) {
            return text("its perplexity is %.4f times the student's, at most %.1f %% away is allowed", reading.perplexityRatio(), 100 * perplexity);
        }
        if (reading.answerAgreement() != null && !(reading.answerAgreement() >= answerAgreement)) {
            return text("it answers %.1f %% of the rows as the student does, at least %.1f %% is asked",
                    100 * reading.answerAgreement(), 100 * answerAgreement);
        }
        return null;
    }

    private static String text(String format, Object... numbers) {
        return String.format(Locale.ROOT, format, numbers);
    }
}
