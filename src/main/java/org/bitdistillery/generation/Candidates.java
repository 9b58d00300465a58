package org.bitdistillery.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.bitdistillery.generation.ModelEvent.Candidate;

/// The tokens that are most likely to come next.
final class Candidates {

    private Candidates() {}

    /// @param logits   [vocabulary]
    /// @param most     candidates
    /// @param spelling of a token
    /// @return the likeliest first, with their softmax
    static List<Candidate> of(float[] logits, int most, IntFunction<String> spelling) {
        int[] best = new int[Math.min(most, logits.length)];
        int found = 0;
        for (int token = 0; token < logits.length; token++) {
            if (found == best.length && logits[token] <= logits[best[found - 1]]) {
                continue;
            }
            int at = found < best.length ? found++ : found - 1;
            while (at > 0 && logits[best[at - 1]] < logits[token]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = token;
        }
        double largest = logits[best[0]];
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit - largest);
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < found; i++) {
            candidates.add(new Candidate(spelling.apply(best[i]), Math.exp(logits[best[i]] - largest) / total));
        }
        return candidates;
    }
}
