package org.bitdistillery.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.util.cuda.CudaUtils;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.InvalidInput;

/// Where tensors live. Everything is made from the managers of [Torch#manager], so this is the one place that decides.
///
/// The choice holds for a process and stands in a system property, as libtorch's other settings do.
public final class Devices {

    private static final String PROPERTY = "bitdistillery.device";
    private static final String CUDA = "cuda";
    /// Compute capability 8.0, the first with bfloat16 products.
    private static final int AMPERE = 80;

    private Devices() {}

    /// Whether this machine has what a configuration asks for. Loads libtorch only where CUDA is asked for.
    ///
    /// @throws InvalidInput where it has not, with the remedy
    public static void require(Compute compute) {
        if (compute.device() != Compute.Device.CUDA) {
            return;
        }
        if (!hasCuda()) {
            throw new InvalidInput("is cuda, but " + Torch.version() + " finds no CUDA device: name a PyTorch with CUDA in"
                    + " PYTORCH_LIBRARY_PATH, or set compute.device to cpu.");
        }
        requireBfloat16(compute, CudaUtils.getComputeCapability(0));
    }

    /// @param capability of the CUDA device, for example `86`
    static void requireBfloat16(Compute compute, String capability) {
        if (compute.precision() == Precision.BFLOAT16 && Integer.parseInt(capability) < AMPERE) {
            throw new InvalidInput("is cuda with compute.precision bfloat16, but the device (compute capability " + capability
                    + ") has no bfloat16 products: set compute.precision to float32.");
        }
    }

    /// Makes everything from now on live where a configuration says.
    ///
    /// @throws InvalidInput as [#require]
    public static void use(Compute compute) {
        try {
            require(compute);
        } catch (InvalidInput e) {
            throw new InvalidInput("compute.device " + e.getMessage(), e);
        }
        boolean cuda = compute.device() == Compute.Device.CUDA || compute.device() == Compute.Device.AUTO && hasCuda();
        System.setProperty(PROPERTY, cuda ? CUDA : "cpu");
    }

    static Device current() {
        return CUDA.equals(System.getProperty(PROPERTY)) ? Device.gpu() : Device.cpu();
    }

    private static boolean hasCuda() {
        Torch.version();
        return CudaUtils.getGpuCount() > 0 && Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA);
    }
}
