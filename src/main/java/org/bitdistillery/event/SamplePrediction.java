package org.bitdistillery.event;

import java.util.Map;

/// One row of the test set with what each model answers.
///
/// @param predictions label by model, keyed as in [Results#scores]
public record SamplePrediction(String text, String label, Map<String, String> predictions) {}
