package org.bitdistillery.model;

import java.util.List;
import org.bitdistillery.config.SubLnPlacement;

/// The shape of a decoder-only transformer: everything that a forward pass needs to know besides its weights.
///
/// @param family            what its blocks consist of
/// @param vocabularySize    rows of the embedding, V
/// @param hiddenSize        width of the residual stream, D
/// @param layers            number of blocks, L
/// @param heads             query heads, H
/// @param keyValueHeads     key and value heads, Hkv; divides H
/// @param headDim           width of one head, d; even, because RoPE turns pairs
/// @param intermediateSize  width of the feed-forward part, F
/// @param maxPositions      longest sequence in tokens
/// @param rmsNormEps        epsilon of all norms
/// @param attention         how far layers see and how they know positions
/// @param tiedEmbeddings    whether the output head is the embedding
/// @param subLn             where the additional norms of stage 1 stand
/// @param bosTokenId        token in front of every sequence, or -1
/// @param endTokenIds       tokens that end a sequence, the usual one first; chat models have one for the turn as well
public record Architecture(
        Family family,
        int vocabularySize,
        int hiddenSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headDim,
        int intermediateSize,
        int maxPositions,
        double rmsNormEps,
        Attention attention,
        boolean tiedEmbeddings,
        SubLnPlacement subLn,
        int bosTokenId,
        List<Integer> endTokenIds) {

    public Architecture {
        endTokenIds = List.copyOf(endTokenIds);
    }

    /// One with a single token that ends sequences, or -1 for none.
    public Architecture(
            Family family, int vocabularySize, int hiddenSize, int layers, int heads, int keyValueHeads, int headDim, int intermediateSize,
            int maxPositions, double rmsNormEps, Attention attention, boolean tiedEmbeddings, SubLnPlacement subLn, int bosTokenId,
            int eosTokenId) {
        this(family, vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDim, intermediateSize, maxPositions, rmsNormEps,
                attention, tiedEmbeddings, subLn, bosTokenId, eosTokenId < 0 ? List.of() : List.of(eosTokenId));
    }

    /// A Llama: every layer sees everything before it, with plain rotary embeddings.
    public static Architecture llama(
            int vocabularySize, int hiddenSize, int layers, int heads, int keyValueHeads, int headDim, int intermediateSize,
            int maxPositions, double rmsNormEps, double ropeTheta, boolean tiedEmbeddings, SubLnPlacement subLn, int bosTokenId,
            int eosTokenId) {
        return new Architecture(
                Family.LLAMA, vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDim, intermediateSize, maxPositions,
                rmsNormEps, Attention.full(headDim, Rope.of(ropeTheta)), tiedEmbeddings, subLn, bosTokenId, eosTokenId);
    }

    /// The token that ends a sequence, or -1.
    public int eosTokenId() {
        return endTokenIds.isEmpty() ? -1 : endTokenIds.getFirst();
    }

    /// Whether generation is over with this token.
    public boolean ends(int token) {
        return endTokenIds.contains(token);
    }

    /// Epsilon of the norms that SubLN adds: the model's own, because the runtimes that know these norms have one for all
    /// (the authors' code has 1e-8; docs/decisions/0004).
    public double subLnEps() {
        return rmsNormEps;
    }

    /// Base of the rotary embedding of the layers that see everything.
    public double ropeTheta() {
        return attention.rope().theta();
    }

    /// Factor of the embeddings on their way into the first block.
    public double embeddingScale() {
        return family.scalesEmbedding() ? Math.sqrt(hiddenSize) : 1;
    }

    /// Whether it is transformers' BitNet model: a Llama with the two norms of `paper` SubLN, whose gate has SiLU or squared ReLU.
    public boolean isBitNet() {
        return subLn == SubLnPlacement.PAPER && (family == Family.LLAMA || family == Family.BITNET);
    }

    public Architecture withSubLn(SubLnPlacement placement) {
        return new Architecture(
                family, vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDim, intermediateSize,
                maxPositions, rmsNormEps, attention, tiedEmbeddings, placement, bosTokenId, endTokenIds);
    }

    public Architecture withTokens(int bos, List<Integer> ends) {
        return new Architecture(
                family, vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDim, intermediateSize,
                maxPositions, rmsNormEps, attention, tiedEmbeddings, subLn, bos, ends);
    }

    /// Token between the documents of a text that is read in one go: what begins a sequence, else what ends one, or -1.
    public int separatorTokenId() {
        return bosTokenId >= 0 ? bosTokenId : eosTokenId();
    }

    /// Weights of the quantized projections of all blocks together (q, k, v, o, gate, up, down).
    public long projectionParameters() {
        long attentionWeights = (long) hiddenSize * headDim * (2L * heads + 2L * keyValueHeads);
        long feedForward = 3L * hiddenSize * intermediateSize;
        return layers * (attentionWeights + feedForward);
    }

    public long embeddingParameters() {
        return (long) vocabularySize * hiddenSize * (tiedEmbeddings ? 1 : 2);
    }
}
