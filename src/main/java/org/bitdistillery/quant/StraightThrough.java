package org.bitdistillery.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.bitdistillery.config.Quantization;

/// The quantizers of the training graph (BitNet b1.58, arXiv 2402.17764). Rounding is half to even.
///
/// Rounding has no useful derivative; the straight-through estimator takes that of the identity, `x + stopgrad(Q(x) - x)`.
/// For weights the graph begins at `Q(w)` and its gradient is applied to `w`, which is the same without an operator.
///
/// Arrays whose memory is at hand ([ArrayMemory]) are rounded where they lie, by [RoundingKernels]; others by operators.
public final class StraightThrough {

    static final float LEAST_GAMMA = 1e-5f;
    static final int INT8_MAX = 127;

    private StraightThrough() {
    }

    private static RoundingKernels kernels() {
        return new RoundingKernels(JniUtils.getNumThreads() > 1);
    }

    /// [TernaryQuantizer] of matrices [out, in] of one width, laid under each other; no gradient; belongs to `work`.
    public static NDArray ternary(List<NDArray> weights, TernaryQuantizer quantizer, NDManager work) {
        return lieInMemory(weights, quantizer)
                ? rounded(weights, kernels()::absmean, work)
                : stacked(weights.stream().map(weight -> ternaryByOperators(weight, quantizer, work)).toList());
    }

    /// The same to the last bit as exports round: [#ternary] sums up the absmean in another order.
    public static NDArray asShipped(List<NDArray> weights, TernaryQuantizer quantizer, NDManager work) {
        return lieInMemory(weights, quantizer)
                ? rounded(weights, Ternary::absmean, work)
                : stacked(weights.stream().map(weight -> shippedByArrays(weight, quantizer, work)).toList());
    }

    private static boolean lieInMemory(List<NDArray> weights, TernaryQuantizer quantizer) {
        return quantizer.granularity() == Quantization.Granularity.TENSOR && weights.stream().allMatch(ArrayMemory::holds);
    }

    private static NDArray rounded(List<NDArray> weights, ToDoubleFunction<MemorySegment> absmean, NDManager work) {
        long rows = weights.stream().mapToLong(weight -> weight.getShape().get(0)).sum();
        NDArray all = work.create(new Shape(rows, weights.getFirst().getShape().get(1)), DataType.FLOAT32);
        MemorySegment target = ArrayMemory.of(all);
        long at = 0;
        for (NDArray weight : weights) {
            MemorySegment latent = ArrayMemory.of(weight);
            kernels().ternary(latent, (float) absmean.applyAsDouble(latent), target.asSlice(at, latent.byteSize()));
            at += latent.byteSize();
        }
        return all;
    }

    private static NDArray shippedByArrays(NDArray weight, TernaryQuantizer quantizer, NDManager work) {
        Shape shape = weight.getShape();
        try (NDManager scratch = work.newSubManager()) {
            NDArray single = weight.toType(DataType.FLOAT32, true);
            single.attach(scratch);
            float[] values = quantizer.dequantized(single.toFloatArray(), Math.toIntExact(shape.get(1)));
            NDArray rounded = scratch.create(values, shape).toType(weight.getDataType(), true);
            rounded.attach(work);
            return rounded;
        }
    }

    private static NDArray stacked(List<NDArray> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        try (NDList all = new NDList(parts)) {
            return NDArrays.concat(all, 0);
        }
    }

    /// `delta · clip(round(w / delta), -1, 1)` with `delta = max(mean|w|, 1e-5)`, no gradient; belongs to `work`.
    private static NDArray ternaryOfTensor(NDArray weight, NDManager work) {
        try (NDManager scratch = work.newSubManager()) {
            NDArray latent = weight.stopGradient();
            latent.attach(scratch);
            NDArray delta = latent.abs().mean().maximum(Ternary.LEAST_DELTA);
            NDArray quantized = latent.div(delta).round().clip(-1, 1).muli(delta);
            quantized.attach(work);
            return quantized;
        }
    }

    /// The same by operators, of one matrix.
    static NDArray ternaryByOperators(NDArray weight, TernaryQuantizer quantizer, NDManager work) {
        if (quantizer.granularity() == Quantization.Granularity.TENSOR) {
            return ternaryOfTensor(weight, work);
        }
        try (NDManager scratch = work.newSubManager()) {
            NDArray latent = weight.stopGradient();
            latent.attach(scratch);
            long rows = latent.getShape().get(0);
            long columns = latent.getShape().get(1);
            long size = quantizer.granularity() == Quantization.Granularity.CHANNEL ? columns : Math.min(columns, quantizer.blockSize());
            long missing = Math.floorMod(-columns, size);
            if (missing > 0) {
                NDArray padding = scratch.zeros(new Shape(rows, missing), latent.getDataType());
                latent = latent.concat(padding, 1);
            }
            long blocks = (columns + missing) / size;
            float[] sizes = new float[Math.toIntExact(blocks)];
            Arrays.fill(sizes, size);
            sizes[sizes.length - 1] -= missing;
            NDArray counts = scratch.create(sizes, new Shape(1, blocks, 1)).toType(latent.getDataType(), false);
            NDArray grouped = latent.reshape(rows, blocks, size);
            NDArray delta = grouped.abs().sum(new int[] {-1}, true).div(counts).maximum(Ternary.LEAST_DELTA);
            NDArray quantized = grouped.div(delta).round().clip(-1, 1).muli(delta).reshape(rows, blocks * size);
            quantized = missing == 0 ? quantized : quantized.get(":, :" + columns).duplicate();
            quantized.attach(work);
            return quantized;
        }
    }

    /// 1 where a weight of a rounded matrix is 0, its dead zone; 0 elsewhere. Belongs to `work`.
    public static NDArray deadZone(NDArray quantized, NDManager work) {
        try (NDManager scratch = work.newSubManager()) {
            NDArray values = quantized.stopGradient();
            values.attach(scratch);
            NDArray dead = values.eq(0).toType(values.getDataType(), false);
            dead.attach(work);
            return dead;
        }
    }

    /// Absmax INT8 per row (token): `gamma = max(max|x|, 1e-5)`, `round(x · 127 / gamma) · gamma / 127`.
    ///
    /// No clipping is needed: |x| never exceeds gamma, so that the codes stay within ±127.
    ///
    /// @param x activations [R, D]
    public static NDArray int8(NDArray x) {
        return ArrayMemory.holds(x) ? roundedCopy(x) : int8ByOperators(x);
    }

    static NDArray int8ByOperators(NDArray x) {
        NDArray step = x.abs().max(new int[] {-1}, true).maximum(LEAST_GAMMA).divi(INT8_MAX);
        return x.div(step).round().muli(step);
    }

    /// [#int8] in the forward pass, the identity in the backward pass.
    public static NDArray int8StraightThrough(NDArray x) {
        if (ArrayMemory.holds(x)) {
            return roundedCopy(x);
        }
        try (NDManager scratch = x.getManager().newSubManager()) {
            NDArray value = x.stopGradient();
            value.attach(scratch);
            return x.add(int8ByOperators(value).subi(value));
        }
    }

    /// To the graph a mere copy, whose gradient is handed on unchanged; flat at first, so that it is contiguous. Its values are
    /// replaced behind the graph's back. (DJL's own copy leaves the graph; a sum with 0 does not.)
    private static NDArray roundedCopy(NDArray x) {
        Shape shape = x.getShape();
        NDArray copy = x.flatten().add(x.getManager().create(0f));
        kernels().int8(ArrayMemory.of(copy), Math.toIntExact(shape.get(shape.dimension() - 1)));
        return copy.reshape(shape);
    }
}
