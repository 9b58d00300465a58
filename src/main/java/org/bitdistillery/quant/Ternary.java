package org.bitdistillery.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Weights rounded to -1, 0 and 1 with one scale a tensor: `w ≈ delta · codes` (BitNet b1.58, arXiv 2402.17764, eq. 1-3).
///
/// @param delta absmean of the weights, in their unit
/// @param codes -1, 0 or 1, one a weight, in the weights' order
public record Ternary(float delta, byte[] codes) {

    /// Keeps all-zero tensors from dividing by zero, as in the authors' code.
    public static final float LEAST_DELTA = 1e-5f;

    /// Absmean quantization: `delta = max(mean|w|, 1e-5)`, `codes = clip(round(w / delta), -1, 1)`.
    public static Ternary of(float[] weights) {
        return of(weights, absmean(weights));
    }

    /// Quantization with a delta that is already known, for example the one that the training graph used.
    public static Ternary of(float[] weights, float delta) {
        byte[] codes = new byte[weights.length];
        for (int i = 0; i < weights.length; i++) {
            codes[i] = code(weights[i], delta);
        }
        return new Ternary(delta, codes);
    }

    /// `max(mean|w|, 1e-5)`, summed in double so that the result does not hang on the order of summation.
    public static float absmean(float[] weights) {
        return absmean(MemorySegment.ofArray(weights));
    }

    /// The same of float32 values in memory.
    static float absmean(MemorySegment weights) {
        long count = weights.byteSize() / Float.BYTES;
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += Math.abs(weights.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
        return Math.max((float) (sum / Math.max(1, count)), LEAST_DELTA);
    }

    /// Rounds half to even; the weights flip at `±delta/2`.
    static byte code(float weight, float delta) {
        return (byte) Math.clamp((int) Math.rint(weight / delta), -1, 1);
    }

    /// `delta · codes`.
    public float[] dequantized() {
        float[] weights = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            weights[i] = delta * codes[i];
        }
        return weights;
    }
}
