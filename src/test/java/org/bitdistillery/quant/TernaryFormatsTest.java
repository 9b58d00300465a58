package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;

class TernaryFormatsTest {

    private static final byte[] CODES = codes(4, 1024);

    static byte[] codes(long seed, int count) {
        Random random = new Random(seed);
        byte[] codes = new byte[count];
        for (int i = 0; i < count; i++) {
            codes[i] = (byte) (random.nextInt(3) - 1);
        }
        return codes;
    }

    /// Element 0 = 1 (code 2), 32 = -1 (0), 64 = 0 (1), 96 = 1 (2): 2 | 0 << 2 | 1 << 4 | 2 << 6 = 0x92; zeros are 0x55. Scale 0.5 is 0x3800.
    @Test
    void tq2BytesAreTheWrittenOutOnes() {
        byte[] codes = new byte[256];
        codes[0] = 1;
        codes[32] = -1;
        codes[96] = 1;
        codes[255] = -1;

        byte[] packed = TernaryFormats.packTq2(codes, 0.5f);

        assertThat(packed).hasSize(66);
        assertThat(packed[0]).isEqualTo((byte) 0x92);
        assertThat(packed[1]).isEqualTo((byte) 0x55);
        assertThat(packed[63]).as("weight 255 in bits 6-7 of the last byte").isEqualTo((byte) 0x15);
        assertThat(packed[64]).isZero();
        assertThat(packed[65]).isEqualTo((byte) 0x38);
    }

    /// Zeros: v = 11111 in base 3 = 121, (121·256 + 242) / 243 = 128. Weight 0 = 1: v = 21111 = 202, 213.8 → 213.
    /// The last four bytes hold four trits: v = 11110 in base 3 = 120, 127.4 → 127.
    @Test
    void tq1BytesAreTheWrittenOutOnes() {
        byte[] codes = new byte[256];
        codes[0] = 1;

        byte[] packed = TernaryFormats.packTq1(codes, -2);

        assertThat(packed).hasSize(54);
        assertThat(packed[0] & 0xFF).isEqualTo(213);
        assertThat(packed[1] & 0xFF).isEqualTo(128);
        assertThat(packed[51] & 0xFF).isEqualTo(127);
        assertThat(packed[52]).isZero();
        assertThat(packed[53]).isEqualTo((byte) 0xC0);
    }

    /// Weight 0 in the high bits: 2 << 6 | 1 << 4 | 0 << 2 | 1 = 0x91. The scale 1.5 is 0x3FC00000, little endian.
    @Test
    void i2sBytesAreTheWrittenOutOnes() {
        byte[] codes = new byte[256];
        codes[0] = 1;
        codes[64] = -1;

        byte[] packed = TernaryFormats.packI2s(codes, 1.5f);

        assertThat(packed).hasSize(64 + 32);
        assertThat(packed[0]).isEqualTo((byte) 0x91);
        assertThat(packed[1]).isEqualTo((byte) 0x55);
        assertThat(Arrays.copyOfRange(packed, 64, 68)).containsExactly(0, 0, 0xC0, 0x3F);
        assertThat(Arrays.copyOfRange(packed, 68, 96)).containsOnly(0);
    }

    @Test
    void whatIsPackedIsUnpackedBitForBit() {
        float scale = Float.float16ToFloat(Float.floatToFloat16(0.0123f));
        assertRoundTrip(TernaryFormats.tq1(TernaryFormats.packTq1(CODES, scale)), scale);
        assertRoundTrip(TernaryFormats.tq2(TernaryFormats.packTq2(CODES, scale)), scale);
        assertRoundTrip(TernaryFormats.i2s(TernaryFormats.packI2s(CODES, 0.0123f)), 0.0123f);
    }

    private static void assertRoundTrip(TernaryBlocks weights, float scale) {
        assertThat(weights.codes()).isEqualTo(CODES);
        assertThat(weights.scales()).containsOnly(scale);
        assertThat(weights.isUniform()).isTrue();
        assertThat(weights.floats()[17]).isEqualTo(CODES[17] * scale);
    }

    @Test
    void codesThatNoTernaryWeightHasAreRefused() {
        byte[] two = TernaryFormats.packTq2(CODES, 1);
        two[3] |= 3;
        byte[] flat = TernaryFormats.packI2s(CODES, 1);
        flat[3] |= 3;

        assertThatThrownBy(() -> TernaryFormats.tq2(two)).isInstanceOf(InvalidInput.class).hasMessageContaining("hold 3");
        assertThatThrownBy(() -> TernaryFormats.i2s(flat)).isInstanceOf(InvalidInput.class).hasMessageContaining("hold 3");
    }
}
