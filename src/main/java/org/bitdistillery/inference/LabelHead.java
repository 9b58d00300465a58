package org.bitdistillery.inference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.bitdistillery.config.InvalidInput;

/// The rows of a model's output head that belong to a classification's label tokens: a head of some rows instead of some hundred
/// thousand. Its logits are those of the whole head, bit for bit.
public final class LabelHead {

    private final CausalModel model;
    private final Projection[] projection;
    private final float[][] padded;
    private final float[] logits;

    /// @param tokens of the vocabulary, as many as there are labels
    /// @throws InvalidInput where there are none, or one is outside the vocabulary
    public LabelHead(CausalModel model, int... tokens) {
        this.model = model;
        if (tokens.length < 1) {
            throw new InvalidInput("No label token was asked for. Give one at least.");
        }
        for (int token : tokens) {
            if (token < 0 || token >= model.architecture().vocabularySize()) {
                throw new InvalidInput("Token " + token + " is outside the model's vocabulary of "
                        + model.architecture().vocabularySize() + ". Use the tokenizer that belongs to the model.");
            }
        }
        projection = new Projection[] {new Projection(Matrix.of(gather(model.head()[0].matrix().packed(), tokens)), null, null)};
        padded = new float[][] {new float[Lanes.padded(tokens.length)]};
        logits = new float[tokens.length];
    }

    private static Packed gather(Packed head, int[] tokens) {
        long bytes = Packed.bytes(head.format(), tokens.length, head.columns(), head.rowScaled());
        MemorySegment target = Arena.ofAuto().allocate(bytes, Packed.ALIGNMENT);
        Packed rows = new Packed(head.format(), tokens.length, head.columns(), head.rowScaled(), head.scale(), target);
        for (int row = 0; row < tokens.length; row++) {
            head.copyRow(tokens[row], rows, row);
        }
        return rows;
    }

    Projection[] projection() {
        return projection;
    }

    /// Room for the logits as the kernels write them.
    float[][] padded() {
        return padded;
    }

    void require(CausalModel other) {
        if (model != other) {
            throw new IllegalArgumentException("these label rows belong to another model");
        }
    }

    /// What [#padded()] holds by now; the array is used again.
    float[] logits() {
        System.arraycopy(padded[0], 0, logits, 0, logits.length);
        return logits;
    }
}
