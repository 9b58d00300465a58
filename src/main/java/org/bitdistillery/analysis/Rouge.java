package org.bitdistillery.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// ROUGE-1, -2, -L and -Lsum of one answer against one reference (Lin 2004): F1 of what they have in common, as Google's
/// rouge_score computes it. Tokens are runs of a-z and 0-9 after lower-casing; sentences of -Lsum are lines.
///
/// @param rouge1    of single tokens
/// @param rouge2    of pairs of neighbors
/// @param rougeL    of the longest common subsequence of the whole texts
/// @param rougeLsum of the union, for each sentence of the reference, of its longest common subsequences with the
///                  sentences of the answer, no token counted more often than both texts have it
public record Rouge(double rouge1, double rouge2, double rougeL, double rougeLsum) {

    private static final Pattern SEPARATOR = Pattern.compile("[^a-z0-9]+");
    private static final int LONGEST_UNSTEMMED = 3;

    /// @param stemmed whether tokens of more than three characters lose their endings (Porter)
    /// @return each 0..1
    public static Rouge of(String answer, String reference, boolean stemmed) {
        List<String> said = tokens(answer, stemmed);
        List<String> wanted = tokens(reference, stemmed);
        int common = said.isEmpty() || wanted.isEmpty() ? 0 : subsequences(wanted, said)[wanted.size()][said.size()];
        return new Rouge(ofNGrams(said, wanted, 1), ofNGrams(said, wanted, 2), f1(common, said.size(), wanted.size()),
                ofSummaries(lines(answer, stemmed), lines(reference, stemmed)));
    }

    private static double ofNGrams(List<String> said, List<String> wanted, int n) {
        long common = NGrams.common(NGrams.of(said, n), NGrams.of(wanted, n));
        return f1(common, said.size() - n + 1, wanted.size() - n + 1);
    }

    private static double ofSummaries(List<List<String>> said, List<List<String>> wanted) {
        Map<String, Integer> left = new HashMap<>();
        said.forEach(line -> line.forEach(token -> left.merge(token, 1, Integer::sum)));
        long hits = 0;
        for (List<String> line : wanted) {
            BitSet union = new BitSet();
            said.forEach(other -> union.or(longestCommon(line, other)));
            for (int i = union.nextSetBit(0); i >= 0; i = union.nextSetBit(i + 1)) {
                int count = left.getOrDefault(line.get(i), 0);
                if (count > 0) {
                    hits++;
                    left.put(line.get(i), count - 1);
                }
            }
        }
        return f1(hits, said.stream().mapToInt(List::size).sum(), wanted.stream().mapToInt(List::size).sum());
    }

    /// Positions in `line` of one longest common subsequence. Of several, the one that is found from the end, going back in
    /// `line` first.
    private static BitSet longestCommon(List<String> line, List<String> other) {
        int[][] lengths = subsequences(line, other);
        BitSet positions = new BitSet();
        int i = line.size();
        int j = other.size();
        while (i > 0 && j > 0) {
            if (line.get(i - 1).equals(other.get(j - 1))) {
                positions.set(--i);
                j--;
            } else if (lengths[i][j - 1] > lengths[i - 1][j]) {
                j--;
            } else {
                i--;
            }
        }
        return positions;
    }

    /// Length of the longest common subsequence of every pair of beginnings.
    private static int[][] subsequences(List<String> a, List<String> b) {
        int[][] lengths = new int[a.size() + 1][b.size() + 1];
        for (int i = 1; i <= a.size(); i++) {
            for (int j = 1; j <= b.size(); j++) {
                lengths[i][j] = a.get(i - 1).equals(b.get(j - 1))
                        ? lengths[i - 1][j - 1] + 1
                        : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
            }
        }
        return lengths;
    }

    /// Harmonic mean of precision `common/said` and recall `common/wanted`.
    private static double f1(long common, int said, int wanted) {
        return common == 0 ? 0 : 2.0 * common / (said + wanted);
    }

    private static List<List<String>> lines(String text, boolean stemmed) {
        return Arrays.stream(text.split("\n")).map(line -> tokens(line, stemmed)).toList();
    }

    static List<String> tokens(String text, boolean stemmed) {
        List<String> tokens = new ArrayList<>();
        for (String token : SEPARATOR.split(text.toLowerCase(Locale.ROOT))) {
            if (!token.isEmpty()) {
                tokens.add(stemmed && token.length() > LONGEST_UNSTEMMED ? PorterStemmer.stem(token) : token);
            }
        }
        return tokens;
    }
}
