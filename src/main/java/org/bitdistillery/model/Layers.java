package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/// The formulas of a decoder's layers, as an autograd graph.
final class Layers {

    private static final double GELU_CUBIC = 0.044715;
    private static final double GELU_SLOPE = 2 * Math.sqrt(2 / Math.PI);

    private Layers() {}

    /// `x · wᵀ` for x [R, in] and w [out, in]. With `halves`, both are rounded to bfloat16 first and the result is in x's type
    /// again, as PyTorch's autocast does.
    static NDArray product(NDArray x, NDArray weight, boolean halves) {
        return halves ? HalfProducts.product(x, weight) : Torch.linear(x, weight);
    }

    /// `x / sqrt(mean(x²) + eps) · gain` over the last axis of x.
    static NDArray rmsNorm(NDArray x, NDArray gain, double eps) {
        double width = gain.size();
        NDArray inverse = Torch.inverseRoot(Torch.plus(Torch.times(Torch.rowNorms(x).square(), 1 / width), eps));
        return x.mul(inverse).mul(gain);
    }

    /// Rotary position embedding of x [B, T, heads, d], Hugging Face's rotate_half form.
    static NDArray rotate(NDArray x, PositionTables.Slice positions) {
        Shape full = x.getShape();
        NDArray swapped = x.reshape(full.get(0), full.get(1), full.get(2), 2, full.get(3) / 2).flip(3).reshape(full);
        return x.mul(positions.cosines()).add(swapped.mul(positions.signedSines()));
    }

    /// Causal attention. Query heads that share a key head are stacked along the positions, so that keys and values
    /// need not be repeated.
    ///
    /// @return [B·T, H·d]
    static NDArray attend(AttentionStates states, NDArray mask, double scale) {
        NDArray query = states.query();
        long batch = query.getShape().get(0);
        long tokens = query.getShape().get(2);
        long seen = states.key().getShape().get(2);
        long keyHeads = states.key().getShape().get(1);
        long heads = query.getShape().get(1);
        long group = heads / keyHeads;
        long dim = query.getShape().get(3);
        NDArray products = query.reshape(batch, keyHeads, group * tokens, dim).matMul(states.key().transpose(0, 1, 3, 2));
        NDArray scores = Torch.times(products, scale);
        NDArray weights = scores.reshape(batch, keyHeads, group, tokens, seen).add(mask).softmax(-1);
        return weights.reshape(batch, keyHeads, group * tokens, seen)
                .matMul(states.value())
                .reshape(batch, heads, tokens, dim)
                .transpose(0, 2, 1, 3)
                .reshape(batch * tokens, heads * dim);
    }

    /// `x·sigmoid(x)`; GELU's tanh form `x/2·(1 + tanh(u))`, which is `x·sigmoid(2u)`, `u = √(2/π)·(x + 0.044715·x³)`; or `max(x, 0)²`.
    static NDArray activated(NDArray x, Family.Activation form) {
        return switch (form) {
            case SILU -> x.mul(x.getNDArrayInternal().sigmoid());
            case GELU_TANH -> {
                NDArray slope = Torch.times(x.add(Torch.times(x.square().mul(x), GELU_CUBIC)), GELU_SLOPE);
                yield x.mul(slope.getNDArrayInternal().sigmoid());
            }
            case SQUARED_RELU -> x.getNDArrayInternal().relu().square();
        };
    }
}
