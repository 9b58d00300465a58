package org.bitdistillery.analysis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How often each run of n tokens occurs.
final class NGrams {

    private NGrams() {}

    static Map<List<String>, Integer> of(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= tokens.size(); i++) {
            counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
        }
        return counts;
    }

    /// Σ min of both counts.
    static long common(Map<List<String>, Integer> some, Map<List<String>, Integer> others) {
        long common = 0;
        for (var entry : some.entrySet()) {
            common += Math.min(entry.getValue(), others.getOrDefault(entry.getKey(), 0));
        }
        return common;
    }
}
