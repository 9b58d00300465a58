package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.cuda.CudaUtils;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.Compute.Device;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.Compute.WaitPolicy;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class DevicesTest {

    @Test
    void cudaIsRefusedWithARemedyWhereThereIsNone() {
        Assumptions.assumeTrue(CudaUtils.getGpuCount() == 0, "this machine has a CUDA device");
        Compute cuda = on(Device.CUDA, Precision.FLOAT32);
        assertThatThrownBy(() -> Devices.require(cuda))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("PyTorch 2").hasMessageContaining("PYTORCH_LIBRARY_PATH");
        assertThatThrownBy(() -> Devices.use(cuda)).isInstanceOf(InvalidInput.class).hasMessageStartingWith("compute.device is cuda");
        assertThatCode(() -> Devices.use(on(Device.AUTO, Precision.BFLOAT16))).doesNotThrowAnyException();
    }

    @Test
    void bfloat16NeedsADeviceThatHasIt() {
        Compute half = on(Device.CUDA, Precision.BFLOAT16);
        assertThatThrownBy(() -> Devices.requireBfloat16(half, "75")).isInstanceOf(InvalidInput.class).hasMessageContaining("75");
        assertThatCode(() -> Devices.requireBfloat16(half, "86")).doesNotThrowAnyException();
    }

    private static Compute on(Device device, Precision precision) {
        return new Compute(0, WaitPolicy.PASSIVE, device, precision, false, Precision.FLOAT32, false, false);
    }
}
