package org.bitdistillery.analysis;

import java.util.Locale;

/// What a speed ratio allows one to say.
///
/// @param remedy what would settle an open question, or what casts doubt on an answer; empty where there is nothing to add
public record SpeedVerdict(Outcome outcome, String remedy) {

    public enum Outcome { FASTER, SLOWER, INCONCLUSIVE }

    /// Below, an interval for the median cannot be trusted to cover 95 %.
    public static final int LEAST_ROUNDS = 5;
    /// A share of all cores used by others that makes a measurement doubtful.
    public static final double NOISY = 0.05;
    /// More rounds than anybody waits for.
    private static final double MOST_ROUNDS = 60;

    /// @param othersShare share of all cores that other programs used meanwhile, 0..1
    public static SpeedVerdict of(SpeedRatio measured, double othersShare) {
        String noise = othersShare > NOISY ? "Other programs disturbed it: measure again on a quiet machine." : "";
        if (measured.rounds() < LEAST_ROUNDS) {
            return new SpeedVerdict(Outcome.INCONCLUSIVE, join(String.format(Locale.ROOT,
                    "A 95 %% interval needs at least %d rounds and %d %s measured: ask for more rounds.", LEAST_ROUNDS, measured.rounds(),
                    measured.rounds() == 1 ? "was" : "were"), noise));
        }
        if (measured.interval95().get(0) > 1) {
            return new SpeedVerdict(Outcome.FASTER, noise);
        }
        if (measured.interval95().get(1) < 1) {
            return new SpeedVerdict(Outcome.SLOWER, noise);
        }
        return new SpeedVerdict(Outcome.INCONCLUSIVE, noise.isEmpty() ? moreRounds(measured) : noise);
    }

    private static String moreRounds(SpeedRatio measured) {
        double needed = measured.roundsToTellFromOne();
        return needed <= MOST_ROUNDS
                ? String.format(Locale.ROOT, "If the difference is real, about %.0f rounds would show it.", Math.max(needed, measured.rounds() + 1))
                : String.format(Locale.ROOT, "The two are equal to within %.1f %%: more rounds will hardly tell them apart.",
                        100 * Math.max(1 - measured.interval95().get(0), measured.interval95().get(1) - 1));
    }

    private static String join(String first, String second) {
        return second.isEmpty() ? first : first + " " + second;
    }
}
