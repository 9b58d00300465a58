package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.TensorArrays;
import org.bitdistillery.model.Torch;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.Tensor;

/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) with bias correction as in PyTorch, clipping of the global gradient
/// norm, and a state that can be saved. Norms and embeddings do not decay; frozen weights have no state.
public final class AdamW implements AutoCloseable {

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final String MEAN = "mean.";
    private static final String VARIANCE = "variance.";

    private final Decoder decoder;
    private final List<ParameterSpec> specs;
    private final double decay;
    private final double clipNorm;
    private final NDManager manager = Torch.manager();
    private final Map<String, NDArray> means = new LinkedHashMap<>();
    private final Map<String, NDArray> variances = new LinkedHashMap<>();
    private Map<String, Double> gradientNorms = Map.of();
    private long steps;

    /// @param clipNorm largest global L2 norm of the gradient, 0 for any
    public AdamW(Decoder decoder, double decay, double clipNorm) {
        this.decoder = decoder;
        this.specs = ParameterSpec.of(decoder.architecture()).stream().filter(decoder::trains).toList();
        this.decay = decay;
        this.clipNorm = clipNorm;
        for (ParameterSpec spec : specs) {
            NDArray weight = decoder.parameters().get(spec.name());
            means.put(spec.name(), manager.zeros(weight.getShape(), weight.getDataType()));
            variances.put(spec.name(), manager.zeros(weight.getShape(), weight.getDataType()));
        }
    }

    /// Moves every weight of the decoder in place.
    ///
    /// @param gradients by parameter name
    /// @return global L2 norm of the gradients before clipping
    /// @throws TrainingDiverged where a gradient is not finite; no weight has changed then
    public double step(Map<String, NDArray> gradients, double rate) {
        double norm = globalNorm(gradients);
        double scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
        steps++;
        double correction1 = 1 - Math.pow(BETA1, steps);
        double correction2 = Math.sqrt(1 - Math.pow(BETA2, steps));
        for (ParameterSpec spec : specs) {
            String name = spec.name();
            Torch.adamW(
                    decoder.parameters().get(name), gradients.get(name), means.get(name), variances.get(name), (float) rate,
                    (float) (rate * correction2 / correction1), spec.decays() ? (float) decay : 0, (float) scale,
                    (float) BETA1, (float) BETA2, (float) (EPSILON * correction2));
        }
        return norm;
    }

    private double globalNorm(Map<String, NDArray> gradients) {
        float[] norms;
        try (NDManager scratch = manager.newSubManager()) {
            NDList all = new NDList();
            for (ParameterSpec spec : specs) {
                NDArray norm = gradients.get(spec.name()).flatten().norm();
                norm.attach(scratch);
                all.add(norm);
            }
            norms = Torch.floats(NDArrays.stack(all));
        }
        double squares = 0;
        Map<String, Double> byName = new LinkedHashMap<>();
        for (int i = 0; i < norms.length; i++) {
            if (!Float.isFinite(norms[i])) {
                throw TrainingDiverged.gradient(specs.get(i).name());
            }
            squares += (double) norms[i] * norms[i];
            byName.put(specs.get(i).name(), (double) norms[i]);
        }
        gradientNorms = byName;
        return Math.sqrt(squares);
    }

    /// L2 norms of the last step's gradients before clipping, by parameter name.
    Map<String, Double> gradientNorms() {
        return gradientNorms;
    }

    /// The running mean of a weight's gradient.
    float[] mean(String name) {
        return Torch.floats(means.get(name));
    }

    public long steps() {
        return steps;
    }

    /// The running means and variances of the gradient, by name, read while they are written.
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        means.forEach((name, mean) -> state.put(MEAN + name, TensorArrays.stored(mean, DType.F32)));
        variances.forEach((name, variance) -> state.put(VARIANCE + name, TensorArrays.stored(variance, DType.F32)));
        return state;
    }

    /// Takes over what [#state] gave after `steps` steps.
    public void restore(SafetensorsFile file, long stepsDone) {
        means.forEach((name, mean) -> Torch.overwrite(mean, file.floats(MEAN + name)));
        variances.forEach((name, variance) -> Torch.overwrite(variance, file.floats(VARIANCE + name)));
        steps = stepsDone;
    }

    @Override
    public void close() {
        manager.close();
    }
}
