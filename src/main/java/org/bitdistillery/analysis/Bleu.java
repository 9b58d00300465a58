package org.bitdistillery.analysis;

import java.util.List;
import java.util.regex.Pattern;

/// Corpus BLEU of n-grams up to four with one reference a row (Papineni et al. 2002), as sacrebleu computes it unless told
/// otherwise: mteval-v13a tokens, case kept, counts added up over the rows, exponential smoothing.
public final class Bleu {

    private static final int ORDERS = 4;
    private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern MARK_BEHIND_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern MARK_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_BEHIND_DIGIT = Pattern.compile("([0-9])(-)");
    private static final Pattern SPACE = Pattern.compile("(?U)\\s+");

    private Bleu() {}

    /// What one row adds to the corpus.
    ///
    /// @param matches n-grams of the hypothesis that the reference has too, each at most as often as there, by order
    /// @param total   n-grams of the hypothesis, by order
    public record Counts(long[] matches, long[] total, long hypothesisTokens, long referenceTokens) {

        public static Counts of(String hypothesis, String reference) {
            List<String> said = tokens(hypothesis);
            List<String> wanted = tokens(reference);
            long[] matches = new long[ORDERS];
            long[] total = new long[ORDERS];
            for (int order = 1; order <= ORDERS; order++) {
                matches[order - 1] = NGrams.common(NGrams.of(said, order), NGrams.of(wanted, order));
                total[order - 1] = Math.max(0, said.size() - order + 1);
            }
            return new Counts(matches, total, said.size(), wanted.size());
        }
    }

    /// `BP · exp(1/4 Σ ln p_n)` with `p_n` the share of matches, and `1/(2^k·total)` for the k-th order without any; 0 where
    /// nothing matches or an order does not occur. `BP = exp(1 - reference/hypothesis)` where the hypotheses are shorter.
    ///
    /// @param rows indices into `counts`; an index may come several times
    /// @return 0..1
    public static double score(List<Counts> counts, int[] rows) {
        long[] matches = new long[ORDERS];
        long[] total = new long[ORDERS];
        long hypothesis = 0;
        long reference = 0;
        for (int row : rows) {
            Counts one = counts.get(row);
            for (int order = 0; order < ORDERS; order++) {
                matches[order] += one.matches[order];
                total[order] += one.total[order];
            }
            hypothesis += one.hypothesisTokens;
            reference += one.referenceTokens;
        }
        if (matches[0] == 0 || total[ORDERS - 1] == 0) {
            return 0;
        }
        double logs = 0;
        double smoothing = 1;
        for (int order = 0; order < ORDERS; order++) {
            if (matches[order] == 0) {
                smoothing *= 2;
                logs -= Math.log(smoothing * total[order]);
            } else {
                logs += Math.log((double) matches[order] / total[order]);
            }
        }
        double brevity = hypothesis < reference ? Math.exp(1 - (double) reference / hypothesis) : 1;
        return brevity * Math.exp(logs / ORDERS);
    }

    /// Tokens as mteval-v13a cuts them: symbols stand alone, and so do periods, commas and dashes but between digits.
    static List<String> tokens(String text) {
        String line = text.stripTrailing()
                .replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
                .replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
        line = MARK_BEHIND_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = MARK_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = DASH_BEHIND_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return SPACE.splitAsStream(line).filter(token -> !token.isEmpty()).toList();
    }
}
