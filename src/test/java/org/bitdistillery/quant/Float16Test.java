package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Float16Test {

    @Test
    void everyHalfSurvivesTheRoundTrip() {
        short[] halves = new short[1 << 16];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = (short) i;
        }
        assertRoundTrip(halves, Float16.toFloats(halves), Float16.fromFloats(Float16.toFloats(halves)));
        assertRoundTrip(halves, Float16.bfloatToFloats(halves), Float16.bfloatFromFloats(Float16.bfloatToFloats(halves)));
    }

    private static void assertRoundTrip(short[] halves, float[] floats, short[] back) {
        for (int i = 0; i < halves.length; i++) {
            assertThat(Float.isNaN(floats[i]) || back[i] == halves[i]).as("0x%04x", i).isTrue();
        }
    }

    /// bfloat16 has 8 bits of precision: around 256 its neighbors are 2 apart, so 257 is a tie and 259 another.
    @Test
    void bfloatRoundsHalfToEven() {
        assertThat(roundTrip(257)).isEqualTo(256);
        assertThat(roundTrip(259)).isEqualTo(260);
        assertThat(roundTrip(257.001f)).isEqualTo(258);
        assertThat(roundTrip(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(roundTrip(-0f)).isEqualTo(-0f);
        assertThat(roundTrip(Float.intBitsToFloat(0x7F800001))).isNaN();
    }

    private static float roundTrip(float value) {
        return Float16.bfloatToFloat(Float16.toBfloat(value));
    }
}
