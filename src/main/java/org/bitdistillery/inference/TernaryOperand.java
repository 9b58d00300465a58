package org.bitdistillery.inference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Activations for [TernaryMatrix]: INT8 by absmax, one scale a token (BitNet b1.58, arXiv 2402.17764).
///
/// Columns come in groups as the weights do; column i of a group's first half shares an int with column i of its second half.
/// Many tokens are kept as such pairs, the tokens of a tile side by side. A single token meets weights whose digits are not cut
/// out (see [TernaryMatrix]), and is kept as the differences that make up for it.
final class TernaryOperand implements Operand {

    static final int TILE = 4;

    final int[] pairs;
    /// Minus the sum of each chunk's activations modulo 2^16, of a single token.
    final int[] offsets;
    /// `gamma / 127` of each token.
    final float[] scales;
    /// For [TritLookup], [tiles][chunks]; null where it is not available or too few tokens ever come.
    final MemorySegment tables;
    private final WeightFormat format;
    private final int group;
    private int tokens;
    private int columns;
    private int groups;

    TernaryOperand(WeightFormat format, int maxTokens, int maxColumns) {
        this.format = format;
        group = format.columnsAGroup();
        int tiled = Operand.paddedTokens(maxTokens);
        int maxGroups = Math.ceilDiv(maxColumns, group);
        pairs = new int[Math.multiplyExact(tiled, maxGroups * group / 2)];
        offsets = new int[maxGroups];
        scales = new float[tiled];
        tables = TritLookup.serves(maxTokens)
                ? Arena.ofAuto().allocate((long) Math.ceilDiv(maxTokens, TILE) * chunks(maxGroups) * TritLookup.TABLE_BYTES, Packed.ALIGNMENT)
                : null;
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
        return Math.ceilDiv(tokens, TILE);
    }

    /// Pieces of the columns whose sums fit into 16 bits.
    int chunks() {
        return chunks(groups);
    }

    private int chunks(int groups) {
        return Math.ceilDiv(groups, TernaryMatrix.groupsAChunk(format));
    }

    /// Pairs of columns of a chunk.
    int pairsOf(int chunk) {
        int groupsAChunk = TernaryMatrix.groupsAChunk(format);
        return Math.min(groupsAChunk, groups - chunk * groupsAChunk) * group / 2;
    }

    /// Whether many tokens have their products looked up.
    boolean looksUp() {
        return TritLookup.serves(tokens);
    }

    @Override
    public int unitsAShare() {
        return looksUp() ? TritLookup.UNITS : 1;
    }

    /// Where a chunk's tables for a tile begin.
    long tableAt(int tile, int chunk) {
        return ((long) tile * chunks() + chunk) * TritLookup.TABLE_BYTES;
    }

    @Override
    public int prepare(int tokens, int columns) {
        this.tokens = tokens;
        this.columns = columns;
        groups = Math.ceilDiv(columns, group);
        return tokens == 1 ? 1 : Math.ceilDiv(tokens, TILE);
    }

    @Override
    public void load(float[] source, int stride, Scratch scratch, int fromTile, int toTile) {
        int[] codes = scratch.quantized;
        if (tokens == 1) {
            quantize(source, 0, 0, codes);
            differences(codes);
            return;
        }
        for (int token = fromTile * TILE; token < toTile * TILE; token++) {
            if (token < tokens) {
                quantize(source, token * stride, token, codes);
            } else {
                scales[token] = 0;
                Arrays.fill(codes, 0, groups * group, 0);
            }
            pairs(codes, token / TILE * TILE * groups * group / 2 + token % TILE);
        }
        for (int tile = fromTile; looksUp() && tile < toTile; tile++) {
            for (int chunk = 0; chunk < chunks(); chunk++) {
                int from = (tile * groups + chunk * TernaryMatrix.groupsAChunk(format)) * group / 2 * TILE;
                TritLookup.tables(pairs, from, pairsOf(chunk), tables, tableAt(tile, chunk));
            }
        }
    }

    private void quantize(float[] source, int from, int token, int[] codes) {
        scales[token] = Int8.quantize(source, from, columns, codes, 0);
        Arrays.fill(codes, columns, groups * group, 0);
    }

    private void pairs(int[] codes, int target) {
        int half = group / 2;
        for (int g = 0; g < groups; g++) {
            int from = g * group;
            int to = target + g * half * TILE;
            for (int i = 0; i < half; i++) {
                pairs[to + i * TILE] = codes[from + i] & 0xFFFF | codes[from + half + i] << 16;
            }
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
