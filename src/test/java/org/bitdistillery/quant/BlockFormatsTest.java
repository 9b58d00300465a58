package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockFormatsTest {

    /// max = 127 gives d = 1 (0x3C00); halves go away from zero: 2.5 → 3, -2.5 → -3.
    @Test
    void q8BytesAreTheWrittenOutOnes() {
        float[] values = new float[32];
        values[0] = 127;
        values[1] = 2.5f;
        values[2] = -2.5f;

        byte[] packed = BlockFormats.packQ8(values);

        assertThat(packed).hasSize(34);
        assertThat(packed).startsWith(0, 0x3C, 127, 3, -3, 0);
        assertThat(BlockFormats.q8(packed)).startsWith(127, 3, -3, 0);
    }

    /// d = 2 (0x4000); byte 0x9F: low nibble 15 → 7·2 at element 0, high nibble 9 → 1·2 at element 16.
    @Test
    void q4BytesAreReadAsWrittenOut() {
        byte[] packed = new byte[18];
        packed[1] = 0x40;
        packed[2] = (byte) 0x9F;

        float[] values = BlockFormats.q4(packed);

        assertThat(values[0]).isEqualTo(14);
        assertThat(values[16]).isEqualTo(2);
        assertThat(values[1]).isEqualTo(-16);
    }

    /// d = 0.5, scale of the first 16 weights 2, of the others 0. Weight 0: low nibble 5, high bits 3 → (53 - 32) · 1 = 21.
    @Test
    void q6BytesAreReadAsWrittenOut() {
        byte[] packed = new byte[210];
        packed[0] = 5;
        packed[128] = 3;
        packed[192] = 2;
        packed[209] = 0x38;

        float[] values = BlockFormats.q6(packed);

        assertThat(values[0]).isEqualTo(21);
        assertThat(values[1]).isEqualTo(-32);
        assertThat(values[16]).isZero();
    }

    /// 6 bits over ±4 standard deviations leave an error of about a hundredth of a standard deviation.
    @Test
    void q6KeepsRandomWeightsWithinItsPrecisionAndZerosExactly() {
        float[] values = new float[1024];
        Random random = new Random(3);
        for (int i = 0; i < 768; i++) {
            values[i] = (float) (0.02 * random.nextGaussian());
        }

        float[] back = BlockFormats.q6(BlockFormats.packQ6(values));

        double squares = 0;
        for (int i = 0; i < 768; i++) {
            squares += Math.pow(back[i] - values[i], 2) / 768;
        }
        assertThat(Math.sqrt(squares) / 0.02).isCloseTo(0.017, within(0.006));
        for (int i = 768; i < 1024; i++) {
            assertThat(back[i] == 0).isTrue();
        }
    }
}
