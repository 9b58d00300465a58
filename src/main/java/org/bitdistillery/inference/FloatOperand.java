package org.bitdistillery.inference;

/// Activations for [FloatMatrix]: floats, the tokens of a tile side by side for every column.
final class FloatOperand implements Operand {

    /// Two vectors of rows times so many tokens fill the registers without spilling (docs/benchmarks.md).
    static final int TILE = Lanes.COUNT >= 16 ? 6 : 4;

    final float[] values;
    private int tokens;
    private int columns;

    FloatOperand(int maxTokens, int maxColumns) {
        values = new float[Math.multiplyExact(Operand.paddedTokens(maxTokens), maxColumns)];
    }

    @Override
    public int tokens() {
        return tokens;
    }

    int columns() {
        return columns;
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
    public void load(float[] source, int stride, Scratch scratch, int fromTile, int toTile) {
        load(source, 0, stride, fromTile, toTile);
    }

    /// @param from where the first token begins in `source`
    void load(float[] source, int from, int stride, int fromTile, int toTile) {
        int tile = tile();
        for (int token = fromTile * tile; token < toTile * tile; token++) {
            int target = token / tile * tile * columns + token % tile;
            if (tile == 1) {
                System.arraycopy(source, from + token * stride, values, target, columns);
            } else if (token < tokens) {
                spread(source, from + token * stride, target);
            } else {
                clear(target);
            }
        }
    }

    private void spread(float[] source, int offset, int target) {
        for (int column = 0; column < columns; column++) {
            values[target + column * TILE] = source[offset + column];
        }
    }

    private void clear(int target) {
        for (int column = 0; column < columns; column++) {
            values[target + column * TILE] = 0;
        }
    }
}
