package org.bitdistillery.hub;

/// Memory that distilling a model takes at the peak of stage 3, in bytes; 0 where it is not known.
///
/// @param bytes       with the default settings
/// @param savingBytes with every setting that saves memory
public record DistillNeed(long bytes, long savingBytes) {

    static final DistillNeed UNKNOWN = new DistillNeed(0, 0);
}
