package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bitdistillery.inference.WeightFormat;
import org.junit.jupiter.api.Test;

class RooflineTest {

    @Test
    void aKernelsRoofIsTheLowerOfMemoryAndArithmetic() {
        Roofline roofline = Roofline.measure(List.of(WeightFormat.TERNARY_2BIT), _ -> {});
        assertThat(roofline.readBandwidth()).hasSize(Runtime.getRuntime().availableProcessors());
        assertThat(roofline.kernels()).hasSize(2);
        Roofline.Kernel decode = roofline.kernels().getFirst();
        assertThat(decode.bytesPerWeight()).isEqualTo(0.25);
        double memory = roofline.readBandwidth().getFirst() / 0.25;
        assertThat(decode.roof()).isEqualTo(Math.min(memory, roofline.integerPeak()));
        assertThat(roofline.kernels().getLast().roof()).isEqualTo(Math.min(128 * memory, 2 * roofline.floatPeak()));
        assertThat(decode.memoryBound()).isEqualTo(memory < roofline.integerPeak());
    }
}
