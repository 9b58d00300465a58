package org.bitdistillery.inference;

/// All weights of a model.
///
/// @param head the embedding itself where they are tied
record ModelWeights(Matrix embedding, Block[] blocks, float[] finalNorm, Matrix head) {

    long bytes() {
        long norms = 4L * finalNorm.length;
        for (Block block : blocks) {
            norms += block.norms().all().mapToLong(gain -> 4L * gain.length).sum();
        }
        return embedding.bytes() + (head == embedding ? 0 : head.bytes()) + norms + projectionBytes();
    }

    long projectionBytes() {
        long bytes = 0;
        for (Block block : blocks) {
            bytes += block.projections().mapToLong(Projection::bytes).sum();
        }
        return bytes;
    }
}
