package org.bitdistillery.event;

/// Speed and memory of one model on the CPU; medians over the rounds of a benchmark.
///
/// @param weightBytes  weights resident in memory, embeddings counted
/// @param fileBytes    size of the model's weight file
/// @param peakRssBytes largest resident set of a fresh process that ran nothing but this model, or -1 where the
///                     operating system does not tell
public record BenchmarkRun(
        String name, int threads, double prefillTokensPerSecond, double decodeTokensPerSecond, long weightBytes, long fileBytes,
        long peakRssBytes) {}
