package org.bitdistillery.event;

/// How a quantized projection fares in training, beside its histogram. What was not measured is null.
///
/// @param flipRate        share of ternary codes that changed since the last snapshot, 0..1
/// @param activationScale mean over tokens of the largest |x| in front of the projection, the scale of the INT8 activations
/// @param gradientNorm    L2 norm of the last gradient
public record TensorHealth(Double flipRate, Double activationScale, Double gradientNorm) {}
