package org.bitdistillery.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Which of the student's layers are distilled: one late in the stack, the one that the layer advisor finds, all, or some.
///
/// @param kind    how they are chosen
/// @param numbers ascending, counted from 0; empty but for [Kind#NUMBERS]
public record LayerChoice(Kind kind, List<Integer> numbers) {

    /// The layer at four fifths of the depth (the authors' code: 22 of 28).
    public static final String LATE = "late";
    public static final String ADVISED = "advised";
    public static final String ALL = "all";

    private static final double LATE_DEPTH = 0.8;

    public enum Kind { LATE, ADVISED, ALL, NUMBERS }

    /// @throws InvalidInput where the text is none of `late`, `advised`, `all` and numbers
    public static LayerChoice parse(String text) {
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        return switch (trimmed) {
            case LATE -> new LayerChoice(Kind.LATE, List.of());
            case ADVISED -> new LayerChoice(Kind.ADVISED, List.of());
            case ALL -> new LayerChoice(Kind.ALL, List.of());
            default -> numbers(trimmed);
        };
    }

    private static LayerChoice numbers(String text) {
        if (!text.matches("\\d{1,5}(\\s*,\\s*\\d{1,5})*")) {
            throw new InvalidInput("\"" + text + "\" chooses no layers: write late, advised, all, or numbers such as 2, 4.");
        }
        return new LayerChoice(
                Kind.NUMBERS, Arrays.stream(text.split("\\s*,\\s*")).map(Integer::valueOf).distinct().sorted().toList());
    }

    /// The layers of a student, ascending. An advised choice must have been replaced by what the advisor said.
    ///
    /// @throws InvalidInput where the student has no such layer
    public List<Integer> of(int layers) {
        return switch (kind) {
            case LATE -> List.of(late(layers));
            case ALL -> IntStream.range(0, layers).boxed().toList();
            case ADVISED -> throw new IllegalStateException("The layer advisor was not asked.");
            case NUMBERS -> {
                int last = numbers.getLast();
                if (last >= layers) {
                    throw new InvalidInput("distill.layers names layer " + last + ", but the student has " + layers
                            + " layers, counted from 0. Choose at most " + (layers - 1) + ", or late.");
                }
                yield numbers;
            }
        };
    }

    /// The layer at four fifths of the depth, counted from 0.
    public static int late(int layers) {
        return Math.clamp(Math.round(LATE_DEPTH * layers) - 1, 0, layers - 1);
    }
}
