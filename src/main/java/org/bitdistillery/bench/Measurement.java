package org.bitdistillery.bench;

/// What one fresh process measured of one model.
///
/// @param weightBytes  weights resident in memory
/// @param fileBytes    size of `model.safetensors`
/// @param peakRssBytes largest resident set of the process, or -1 where the operating system does not tell
public record Measurement(
        int threads, double prefillTokensPerSecond, double decodeTokensPerSecond, long weightBytes, long fileBytes,
        long peakRssBytes) {}
