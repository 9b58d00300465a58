package org.bitdistillery.bench;

import java.util.List;
import java.util.Map;

/// What one fresh process measured of one model.
///
/// @param engine            what computed, for example `BitDistillery` or `llama.cpp b4916`
/// @param loadSeconds       from opening the model until it could compute, or -1 where the engine does not tell
/// @param firstTokenSeconds from opening the model until the first prompt was read, nothing warmed up, or -1
/// @param skipped           workloads that need more positions than the model has
/// @param peakRssBytes      largest resident set of the process, or -1 where the operating system does not tell
/// @param shares            where the time went, by kind of work; empty where the engine does not tell
record Measurement(
        String engine, int threads, double loadSeconds, double firstTokenSeconds, List<Rate> rates, List<Workload> skipped,
        ModelMemory memory, long peakRssBytes, List<TimeShare> shares) {

    /// @param joulesPerToken of the whole processor package, or null where the machine does not tell
    record Rate(Workload workload, double tokensPerSecond, Double joulesPerToken) {}

    /// @param parts  share of the time by part of the forward pass, 0..1 altogether
    /// @param layers share of the time by block; the last one is embedding and output head
    record TimeShare(Workload.Kind kind, Map<String, Double> parts, List<Double> layers) {}

    Measurement withPeakRss(long bytes) {
        return new Measurement(engine, threads, loadSeconds, firstTokenSeconds, rates, skipped, memory, Math.max(bytes, peakRssBytes), shares);
    }
}
