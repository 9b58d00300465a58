package org.bitdistillery.inference;

import java.util.Arrays;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.BlockNorm;
import org.bitdistillery.model.ParameterSpec;

/// Puts a model together from weights with Hugging Face's names.
final class ModelLoader {

    private final Architecture shape;
    private final WeightSource source;

    ModelLoader(Architecture shape, WeightSource source) {
        this.shape = shape;
        this.source = source;
    }

    ModelWeights load() {
        Matrix embedding = source.matrix(ParameterSpec.EMBEDDING, shape.vocabularySize(), shape.hiddenSize());
        Block[] blocks = new Block[shape.layers()];
        Arrays.setAll(blocks, this::block);
        float[] finalNorm = gain(ParameterSpec.FINAL_NORM, shape.hiddenSize());
        Matrix head = shape.tiedEmbeddings()
                ? embedding
                : source.matrix(ParameterSpec.HEAD, shape.vocabularySize(), shape.hiddenSize());
        return new ModelWeights(embedding, blocks, finalNorm, head);
    }

    private Block block(int layer) {
        String prefix = "model.layers." + layer + ".";
        int hidden = shape.hiddenSize();
        int attention = shape.heads() * shape.headDim();
        int keyValue = shape.keyValueHeads() * shape.headDim();
        int inner = shape.intermediateSize();
        return new Block(
                new Block.Norms(
                    norm(BlockNorm.INPUT, layer), norm(BlockNorm.QUERY, layer), norm(BlockNorm.KEY, layer),
                    norm(BlockNorm.ATTENTION_OUTPUT, layer), norm(BlockNorm.FEED_FORWARD, layer),
                    norm(BlockNorm.FEED_FORWARD_OUTPUT, layer)),
                new Projection[] {
                    projection(prefix + "self_attn.q_proj", attention, hidden, null),
                    projection(prefix + "self_attn.k_proj", keyValue, hidden, null),
                    projection(prefix + "self_attn.v_proj", keyValue, hidden, null)},
                new Projection[] {
                    projection(prefix + "self_attn.o_proj", hidden, attention, prefix + "self_attn.attn_sub_norm.weight")},
                new Projection[] {
                    projection(prefix + "mlp.gate_proj", inner, hidden, null),
                    projection(prefix + "mlp.up_proj", inner, hidden, null)},
                new Projection[] {projection(prefix + "mlp.down_proj", hidden, inner, prefix + "mlp.ffn_sub_norm.weight")});
    }

    /// Null where the family has no such norm.
    private float[] norm(BlockNorm norm, int layer) {
        return norm.existsIn(shape.family()) ? gain(norm.weight(layer, shape.family()), norm.width(shape)) : null;
    }

    private float[] gain(String name, int width) {
        float[] gain = source.vector(name, width);
        for (int i = 0; shape.family().hasOffsetGains() && i < width; i++) {
            gain[i] += 1;
        }
        return gain;
    }

    /// @param paperNorm name of the norm in front of this projection under placement `paper`, or null
    private Projection projection(String name, int rows, int columns, String paperNorm) {
        float[] subNorm = null;
        if (shape.subLn() == SubLnPlacement.ALL) {
            subNorm = source.vector(name + ".rms_norm.weight", columns);
        } else if (shape.subLn() == SubLnPlacement.PAPER && paperNorm != null) {
            subNorm = source.vector(paperNorm, columns);
        }
        boolean biased = shape.family().hasAttentionBias() && paperNorm == null && name.contains("self_attn");
        return new Projection(source.matrix(name + ".weight", rows, columns), biased ? source.vector(name + ".bias", rows) : null, subNorm);
    }
}
