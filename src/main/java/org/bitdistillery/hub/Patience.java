package org.bitdistillery.hub;

import java.time.Duration;

/// How long to wait for a server before giving up.
///
/// @param answer      until a request is answered
/// @param stall       without a byte of an answer that has begun
/// @param firstPause  before the second attempt; doubled for each further one
/// @param attempts    in a row without progress
/// @param longestWait that a server may ask for
record Patience(Duration answer, Duration stall, Duration firstPause, int attempts, Duration longestWait) {

    static final Patience USUAL = new Patience(
            Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(1), 6, Duration.ofMinutes(5));

    /// The pause behind a number of attempts that failed, between half and all of it, so that many clients do not return at
    /// one moment.
    Duration pause(int failed, double random) {
        long millis = firstPause.toMillis() << Math.min(failed - 1, 5);
        return Duration.ofMillis(Math.round(millis * (0.5 + 0.5 * random)));
    }
}
