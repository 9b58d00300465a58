package org.bitdistillery.event;

/// Latent weights of quantized projections, counted in bins that are pinned to the ternary grid.
///
/// Bin edges stand at `k·delta/16` for k = -64..64, so that the ternary boundaries `±delta/2` and the levels `±delta`
/// are always edges and a bin means the same at every step. `counts` has 130 entries: below -4 delta, the 128 bins
/// from left to right, and above 4 delta.
///
/// @param delta        scale, `max(mean|W|, 1e-5)`; for several tensors together, the mean of theirs
/// @param zeroFraction share of weights whose code is 0, 0..1
/// @param boundaryMass share of weights within 5 % of delta of `±delta/2`, 0..1
public record WeightHistogram(double delta, long[] counts, double zeroFraction, double boundaryMass) {

    public static final int BINS_PER_DELTA = 16;
    public static final int DELTAS_EACH_SIDE = 4;
    public static final int BINS = 2 * DELTAS_EACH_SIDE * BINS_PER_DELTA;
}
