package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;

class TernaryTest {

    /// mean|w| = (1 + 2 + 0.25 + 0.75) / 4 = 1; boundaries at ±0.5.
    @Test
    void absmeanOfFourWeightsEqualsTheHandWorkedValue() {
        Ternary ternary = Ternary.of(new float[] {1, -2, 0.25f, 0.75f});
        assertThat(ternary.delta()).isEqualTo(1);
        assertThat(ternary.codes()).containsExactly(1, -1, 0, 1);
        assertThat(ternary.dequantized()).containsExactly(1, -1, 0, 1);
    }

    @Test
    void weightsOnTheBoundaryRoundHalfToEven() {
        assertThat(Ternary.of(new float[] {0.5f, -0.5f, 0.5000001f, -0.5000001f, 1.5f, 1e30f, -1e30f}, 1).codes())
                .containsExactly(0, 0, 1, -1, 1, 1, -1);
    }

    @Test
    void zerosKeepTheLeastDelta() {
        Ternary ternary = Ternary.of(new float[5]);
        assertThat(ternary.delta()).isEqualTo(1e-5f);
        assertThat(ternary.codes()).containsOnly(0);
    }

    /// Columns 2, rows 4: row i goes to bits 2i of its column's byte; codes + 1 = 2 1 / 0 2 / 1 1 / 2 0.
    @Test
    void packedBytesEqualTheHandWorkedOnes() {
        byte[] codes = {1, 0, -1, 1, 0, 0, 1, -1};
        byte[] packed = TernaryPacking.pack(codes, 4, 2);
        assertThat(packed).containsExactly(0b10_01_00_10, 0b00_01_10_01);
        assertThat(TernaryPacking.unpack(packed)).isEqualTo(codes);
    }

    @Test
    void unpackUndoesPack() {
        Random random = new Random(1);
        for (int rows = 4; rows <= 64; rows += 4) {
            int columns = 1 + random.nextInt(70);
            byte[] codes = new byte[rows * columns];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (byte) (random.nextInt(3) - 1);
            }
            assertThat(TernaryPacking.unpack(TernaryPacking.pack(codes, rows, columns))).isEqualTo(codes);
        }
    }

    @Test
    void codesThatNoTernaryWeightHasAreRefused() {
        assertThatThrownBy(() -> TernaryPacking.unpack(new byte[] {0, 0b00_11_00_00}))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("byte 1");
        assertThatThrownBy(() -> TernaryPacking.pack(new byte[6], 6, 1))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("6 rows");
    }
}
