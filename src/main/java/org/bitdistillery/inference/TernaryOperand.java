package org.bitdistillery.inference;

import java.util.Arrays;

/// Activations for [TernaryMatrix]: INT8 by absmax, one scale a token (BitNet b1.58, arXiv 2402.17764).
///
/// Many tokens are kept as floats of integers, the tokens of a tile side by side for every column. A single token meets weights whose
/// digits are not cut out ([TwoBitMatrix]): column i of a group's first half shares an int with column i of its second half, and both are
/// kept as the differences that make up for it.
final class TernaryOperand implements Operand {

    /// Of a single token.
    final int[] pairs;
    /// Minus the sum of each chunk's activations modulo 2^16, of a single token.
    final int[] offsets;
    /// Of many tokens, [tiles][columns][FloatOperand.TILE].
    final float[] tiled;
    /// `gamma / 127` of each token.
    final float[] scales;
    /// Columns that [RowPairs] sums at once, [tiles][pieces].
    private final int[] widths;
    private final WeightFormat format;
    private final int group;
    private int tokens;
    private int columns;
    private int groups;

    TernaryOperand(WeightFormat format, int maxTokens, int maxColumns) {
        this.format = format;
        group = format.columnsAGroup();
        int tokens = Operand.paddedTokens(maxTokens);
        int maxGroups = Math.ceilDiv(maxColumns, group);
        pairs = new int[maxGroups * group / 2];
        offsets = new int[maxGroups];
        tiled = new float[maxTokens == 1 ? 0 : Math.multiplyExact(tokens, maxGroups * group)];
        widths = new int[Math.ceilDiv(tokens, FloatOperand.TILE) * pieces(maxGroups)];
        scales = new float[tokens];
    }

    @Override
    public int tokens() {
        return tokens;
    }

    int groups() {
        return groups;
    }

    /// Tiles of the tokens at hand.
    int tiles() {
        return Math.ceilDiv(tokens, FloatOperand.TILE);
    }

    /// Groups of columns that are unpacked at once for many tokens.
    int groupsAPiece() {
        return FloatMatrix.CHUNK / group;
    }

    int pieces() {
        return pieces(groups);
    }

    private int pieces(int groups) {
        return Math.ceilDiv(groups, groupsAPiece());
    }

    /// Columns of a piece, padding included.
    int columnsOf(int piece) {
        return Math.min(groupsAPiece(), groups - piece * groupsAPiece()) * group;
    }

    /// Where a piece's activations for a tile begin.
    int tiledAt(int tile, int piece) {
        return (tile * groups + piece * groupsAPiece()) * group * FloatOperand.TILE;
    }

    int width(int tile, int piece) {
        return widths[tile * pieces() + piece];
    }

    @Override
    public int prepare(int tokens, int columns) {
        this.tokens = tokens;
        this.columns = columns;
        groups = Math.ceilDiv(columns, group);
        return tokens == 1 ? 1 : tiles();
    }

    @Override
    public void load(float[] source, int stride, Scratch scratch, int fromTile, int toTile) {
        int[] codes = scratch.quantized;
        if (tokens == 1) {
            quantize(source, 0, 0, codes);
            differences(codes);
            return;
        }
        for (int tile = fromTile; tile < toTile; tile++) {
            for (int i = 0; i < FloatOperand.TILE; i++) {
                int token = tile * FloatOperand.TILE + i;
                if (token < tokens) {
                    quantize(source, token * stride, token, codes);
                } else {
                    Arrays.fill(codes, 0, groups * group, 0);
                }
                spread(codes, tiledAt(tile, 0) + i);
            }
            for (int piece = 0; piece < pieces(); piece++) {
                widths[tile * pieces() + piece] = RowPairs.width(tiled, tiledAt(tile, piece), columnsOf(piece));
            }
        }
    }

    private void quantize(float[] source, int from, int token, int[] codes) {
        scales[token] = Int8.quantize(source, from, columns, codes, 0);
        Arrays.fill(codes, columns, groups * group, 0);
    }

    private void spread(int[] codes, int target) {
        for (int column = 0; column < groups * group; column++) {
            tiled[target + column * FloatOperand.TILE] = codes[column];
        }
    }

    private void differences(int[] codes) {
        int chunk = TernaryMatrix.groupsAChunk(format);
        for (int first = 0; first < groups; first += chunk) {
            int sum = 0;
            for (int g = first; g < Math.min(groups, first + chunk); g++) {
                for (int i = g * group; i < (g + 1) * group; i++) {
                    sum += codes[i];
                }
                if (format == WeightFormat.TERNARY_2BIT) {
                    twoBits(codes, g);
                } else {
                    base3(codes, g);
                }
            }
            offsets[first / chunk] = -sum & 0xFFFF;
        }
    }

    /// `Σ x_i·(S_i - 4·S_(i+1)) = Σ S_i·(x_i - 4·x_(i-1))`.
    private void twoBits(int[] codes, int g) {
        int from = g * group;
        int half = group / 2;
        int lowBefore = 0;
        int highBefore = codes[from + half - 1];
        for (int i = 0; i < half; i++) {
            int low = codes[from + i];
            int high = codes[from + half + i];
            pairs[g * half + i] = low - 4 * lowBefore & 0xFFFF | high - 4 * highBefore << 16;
            lowBefore = low;
            highBefore = high;
        }
    }

    /// `Σ x_n·(D_(n+1) - 3·D_n) = Σ D_m·(x_(m-1) - 3·x_m)`, byte by byte.
    private void base3(int[] codes, int g) {
        int half = group / 2;
        for (int i = 0; i < half; i++) {
            int at = g * group + i;
            boolean last = i % Base3.TRITS == Base3.TRITS - 1;
            int low = codes[at] - (last ? 0 : 3 * codes[at + 1]);
            int high = codes[at + half] - (last ? 0 : 3 * codes[at + half + 1]);
            pairs[g * half + i] = low & 0xFFFF | high << 16;
        }
    }
}
