package org.bitdistillery.event;

/// A stage that a run will go through.
///
/// @param steps  planned optimizer steps, or 0 for a stage that does not train
/// @param weight estimated cost, in units that are the same for all stages of the run
public record StagePlan(StageId stage, long steps, double weight) {}
