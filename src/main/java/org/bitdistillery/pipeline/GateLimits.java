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

    /// The same arithmetic on the same numbers. Sums of a norm may come out in another order, which now and then moves an activation
    /// by one INT8 step, a few thousandths of the largest logit.
    static final GateLimits EXACT = new GateLimits(0.02, 0.99, 0.99, 2e-3);
    /// The same weights in other arithmetic: INT8 activations rounded in another order or in other groups.
    static final GateLimits ROUNDED = new GateLimits(0.25, 0.95, 0.97, 0.01);
    /// Weights that were rounded once more: embeddings of 6 or 8 bits, scales of 16 bits, master weights as BF16.
    static final GateLimits REQUANTIZED = new GateLimits(0.35, 0.9, 0.95, 0.03);

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
