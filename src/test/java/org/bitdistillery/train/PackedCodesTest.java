package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedCodesTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 1000})
    void differencesAreThoseOfTheCodes(int size) {
        Random random = new Random(size);
        byte[] before = new byte[size];
        byte[] now = new byte[size];
        long expected = 0;
        for (int i = 0; i < size; i++) {
            before[i] = (byte) (random.nextInt(3) - 1);
            now[i] = (byte) (random.nextInt(3) - 1);
            expected += before[i] == now[i] ? 0 : 1;
        }
        assertThat(PackedCodes.of(now.length, i -> now[i]).differences(PackedCodes.of(before.length, i -> before[i]))).isEqualTo(expected);
        assertThat(PackedCodes.of(now.length, i -> now[i]).differences(PackedCodes.of(now.length, i -> now[i]))).isZero();
    }
}
