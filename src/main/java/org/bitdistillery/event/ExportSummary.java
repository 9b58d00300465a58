package org.bitdistillery.event;

/// An exported student and the gate that it went through.
///
/// @param path                   the export, relative to the run folder where it lies inside, else absolute
/// @param bytes                  all files together
/// @param maxRelativeLogitDifference largest |difference| over largest |logit| between the reloaded files and the student in memory
/// @param engineAgreement        share of test rows on which the packed CPU engine predicts the same label as the training graph, 0..1;
///                               in a generation task, of those rows' answer tokens for which both find the same one likeliest
public record ExportSummary(
        String format, String path, long bytes, double maxRelativeLogitDifference, double engineAgreement, int comparedRows) {}
