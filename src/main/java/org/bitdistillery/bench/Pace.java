package org.bitdistillery.bench;

/// How long a process takes its time.
///
/// @param timedNanos      each workload is repeated until it has taken this long altogether
/// @param sectionNanos    least length of one of its sections, whose median counts
/// @param steadyNanos     how long nothing may have changed before a warm-up is over
/// @param mostWarmUpNanos after which a warm-up is over anyway
record Pace(long timedNanos, long sectionNanos, long steadyNanos, long mostWarmUpNanos) {

    static final Pace FULL = new Pace(500_000_000L, 100_000_000L, 300_000_000L, 15_000_000_000L);
    /// To see that everything works, not how fast.
    static final Pace HASTY = new Pace(1, 1, 1, 1);
}
