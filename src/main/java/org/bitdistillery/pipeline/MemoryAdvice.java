package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.MemorySaving;

/// Settings that make an experiment fit into memory: as few as do, and of those the ones that cost least. Where none do, all that
/// help.
///
/// @param steps in the order in which they are named
record MemoryAdvice(List<Step> steps) {

    /// @param bytes estimated need with this setting and those before it
    record Step(MemorySaving saving, long bytes) {}

    /// @param need estimated bytes of an experiment
    /// @param room bytes that it may take
    static MemoryAdvice of(Experiment experiment, ToLongFunction<Experiment> need, long room) {
        List<MemorySaving> open = EnumSet.allOf(MemorySaving.class).stream()
                .filter(saving -> !saving.in(experiment.compute()).equals(experiment.compute())).toList();
        Optional<List<MemorySaving>> fitting = IntStream.range(0, 1 << open.size()).boxed()
                .sorted(Comparator.<Integer>comparingInt(Integer::bitCount).thenComparing(Comparator.naturalOrder()))
                .map(bits -> IntStream.range(0, open.size()).filter(i -> (bits >> i & 1) == 1).mapToObj(open::get).toList())
                .filter(chosen -> need.applyAsLong(with(experiment, chosen)) <= room)
                .findFirst();
        List<Step> steps = new ArrayList<>();
        Set<MemorySaving> sofar = EnumSet.noneOf(MemorySaving.class);
        long before = need.applyAsLong(experiment);
        for (MemorySaving saving : fitting.orElse(open)) {
            sofar.add(saving);
            long after = need.applyAsLong(with(experiment, sofar));
            if (after < before || fitting.isPresent()) {
                steps.add(new Step(saving, after));
            }
            before = after;
        }
        return new MemoryAdvice(steps);
    }

    private static Experiment with(Experiment experiment, Collection<MemorySaving> savings) {
        return ExperimentFile.withOverrides(experiment, savings.stream().map(MemorySaving::assignment).toList());
    }

    boolean fits(long room) {
        return !steps.isEmpty() && steps.getLast().bytes <= room;
    }

    /// One sentence.
    String remedy(long room) {
        String other = "lower the batch (and raise gradient accumulation), shorten the rows, or choose a smaller model.";
        if (steps.isEmpty()) {
            return capitalized(other);
        }
        String named = steps.stream()
                .map(step -> step.saving.assignment() + " (then about " + PreflightList.mib(step.bytes) + ")").collect(Collectors.joining(", "));
        return fits(room) ? "Set " + named + "; or " + other : "Even " + named + " will not do: " + other;
    }

    private static String capitalized(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
