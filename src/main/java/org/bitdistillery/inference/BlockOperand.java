package org.bitdistillery.inference;

import java.util.Arrays;

/// Activations for [NibbleMatrix]: INT8 by absmax in blocks of 32 columns, token after token, as the differences that the undivided
/// digits of the weights ask for: `x_i - 16·x_(i-1)` within each group of eight columns.
final class BlockOperand implements Operand {

    static final int BLOCK = WeightFormat.INT4.columnsAGroup();
    static final int GROUP = 8;
    static final int HALF = GROUP / 2;
    static final int PAIRS = BLOCK / 2;

    final int[] pairs;
    /// -8 times the sum of each block's activations modulo 2^16: codes are kept eight too large.
    final int[] offsets;
    final float[] scales;
    private int tokens;
    private int columns;

    BlockOperand(int maxTokens, int maxColumns) {
        int blocks = Math.multiplyExact(maxTokens, Packed.blocks(maxColumns));
        pairs = new int[blocks * PAIRS];
        offsets = new int[blocks];
        scales = new float[blocks];
    }

    @Override
    public int tokens() {
        return tokens;
    }

    @Override
    public int prepare(int tokens, int columns) {
        this.tokens = tokens;
        this.columns = columns;
        return tokens;
    }

    @Override
    public void load(float[] source, int stride, Scratch scratch, int fromTile, int toTile) {
        for (int token = fromTile; token < toTile; token++) {
            for (int block = 0; block < Packed.blocks(columns); block++) {
                int from = block * BLOCK;
                int length = Math.min(BLOCK, columns - from);
                int at = token * Packed.blocks(columns) + block;
                scales[at] = Int8.quantize(source, token * stride + from, length, scratch.quantized, 0);
                Arrays.fill(scratch.quantized, length, BLOCK, 0);
                arrange(scratch.quantized, at);
            }
        }
    }

    private void arrange(int[] codes, int block) {
        int sum = 0;
        for (int group = 0; group < BLOCK; group += GROUP) {
            int lowBefore = 0;
            int highBefore = codes[group + HALF - 1];
            for (int i = 0; i < HALF; i++) {
                int low = codes[group + i];
                int high = codes[group + HALF + i];
                pairs[block * PAIRS + group / 2 + i] = low - 16 * lowBefore & 0xFFFF | high - 16 * highBefore << 16;
                lowBefore = low;
                highBefore = high;
                sum += low + high;
            }
        }
        offsets[block] = -8 * sum & 0xFFFF;
    }
}
