package org.bitdistillery.inference;

/// Activations for [HalfMatrix]: floats, the tokens of a tile side by side for every column, scaled by a power of two.
final class HalfOperand implements Operand {

    static final int TILE = 6;

    /// Lifts products out of the range of subnormal floats; [HalfMatrix] takes it out again.
    static final int EXPONENT = 100;
    private static final float SCALE = Math.scalb(1f, EXPONENT);

    final float[] values;
    int tokens;
    int columns;

    HalfOperand(int maxTokens, int maxColumns) {
        values = new float[Math.ceilDiv(maxTokens, TILE) * TILE * maxColumns];
    }

    int tile() {
        return tokens == 1 ? 1 : TILE;
    }

    @Override
    public int prepare(int tokens, int columns) {
        this.tokens = tokens;
        this.columns = columns;
        return Math.ceilDiv(tokens, tile());
    }

    @Override
    public void load(float[] source, int stride, int worker, int fromTile, int toTile) {
        int tile = tile();
        for (int token = fromTile * tile; token < toTile * tile; token++) {
            int target = token / tile * tile * columns + token % tile;
            if (token < tokens) {
                copy(source, token * stride, target, tile);
            } else {
                clear(target, tile);
            }
        }
    }

    private void copy(float[] source, int offset, int target, int tile) {
        for (int column = 0; column < columns; column++) {
            values[target + column * tile] = source[offset + column] * SCALE;
        }
    }

    private void clear(int target, int tile) {
        for (int column = 0; column < columns; column++) {
            values[target + column * tile] = 0;
        }
    }
}
