package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.List;
import org.bitdistillery.model.BlockWeights.Fused;
import org.bitdistillery.quant.StraightThrough;

/// The formulas of one block: what is computed with its weights.
///
/// @param training whether gradients pass the rounding of activations straight through
/// @param halves   whether products are computed in bfloat16
/// @param observer watches the inputs of projections
record BlockPass(Decoder decoder, boolean training, boolean halves, DecoderGraph.Observer observer) {

    private Architecture shape() {
        return decoder.architecture();
    }

    /// Queries, keys and values of x [B·T, D].
    AttentionStates states(BlockWeights block, NDArray x, int batch, int tokens, PositionTables.Slice positions) {
        NDArray queryKeyValue = project(block.queryKeyValue(), normed(x, block, BlockNorm.INPUT));
        int heads = shape().heads();
        int keyHeads = shape().keyValueHeads();
        NDList parts = queryKeyValue.split(new long[] {(long) (heads + keyHeads) * shape().headDim()}, 1);
        NDArray queryKey = parts.get(0).reshape(batch, tokens, heads + keyHeads, shape().headDim());
        if (shape().family().normsHeads()) {
            NDList apart = queryKey.split(new long[] {heads}, 2);
            queryKey = normed(apart.get(0), block, BlockNorm.QUERY).concat(normed(apart.get(1), block, BlockNorm.KEY), 2);
        }
        NDArray value = parts.get(1).reshape(batch, tokens, keyHeads, shape().headDim()).transpose(0, 2, 1, 3);
        NDList split = Layers.rotate(queryKey, positions).transpose(0, 2, 1, 3).split(new long[] {heads}, 1);
        return new AttentionStates(split.get(0), split.get(1), value);
    }

    /// The block's output.
    ///
    /// @param x    the block's input [B·T, D]
    /// @param seen states that its tokens look at
    /// @param rows int64 [R], of x, that are wanted; null for all
    NDArray output(BlockWeights block, NDArray x, AttentionStates seen, NDArray mask, NDArray rows) {
        NDArray context = Layers.attend(seen, mask, shape().attention().scale());
        NDArray residual = x;
        if (rows != null) {
            context = Torch.rows(rows, context);
            residual = Torch.rows(rows, x);
        }
        NDArray attended = residual.add(normed(project(block.output(), context), block, BlockNorm.ATTENTION_OUTPUT));
        return attended.add(normed(feedForward(block, attended), block, BlockNorm.FEED_FORWARD_OUTPUT));
    }

    /// `down(activation(gate(x)) ⊙ up(x))` of the normed x [R, D].
    private NDArray feedForward(BlockWeights block, NDArray x) {
        NDList gateUp = project(block.gateUp(), normed(x, block, BlockNorm.FEED_FORWARD)).split(2, 1);
        return project(block.down(), Layers.activated(gateUp.get(0), shape().family().activation()).mul(gateUp.get(1)));
    }

    private NDArray project(List<Fused> projections, NDArray x) {
        NDList outputs = new NDList();
        for (Fused projection : projections) {
            outputs.add(project(projection, x));
        }
        return outputs.size() == 1 ? outputs.singletonOrThrow() : NDArrays.concat(outputs, 1);
    }

    private NDArray project(Fused projection, NDArray x) {
        NDArray input = projection.subLn() == null ? x : Layers.rmsNorm(x, projection.subLn(), shape().subLnEps());
        observer.input(projection.name(), input);
        if (projection.quantized() && decoder.quantization().int8Activations()) {
            input = training ? StraightThrough.int8StraightThrough(input) : StraightThrough.int8(input);
        }
        NDArray output = Layers.product(input, projection.weight(), halves);
        NDArray biased = projection.bias() == null ? output : output.add(projection.bias());
        return projection.deadZoneBias() == null ? biased : biased.add(projection.deadZoneBias());
    }

    /// x, where the family has no such norm.
    private NDArray normed(NDArray x, BlockWeights block, BlockNorm norm) {
        NDArray gain = block.gains().get(norm);
        return gain == null ? x : Layers.rmsNorm(x, gain, shape().rmsNormEps());
    }
}
