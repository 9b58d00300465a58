package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Torch;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.Tensor;

/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) with bias correction as in PyTorch, clipping of the global gradient
/// norm, and a state that can be saved. Norms and embeddings do not decay; frozen weights have no state.
public final class AdamW implements AutoCloseable {

    private static final String MEAN = "mean.";
    private static final String VARIANCE = "variance.";

    private final Decoder decoder;
    private final List<ParameterSpec> specs;
    private final double decay;
    private final double clipNorm;
    private final NDManager manager = Torch.manager();
    private final Precision precision;
    private final Map<String, Moments> moments = new LinkedHashMap<>();
    private Map<String, Double> gradientNorms = Map.of();
    private long steps;

    /// With a state in float32.
    ///
    /// @param clipNorm largest global L2 norm of the gradient, 0 for any
    public AdamW(Decoder decoder, double decay, double clipNorm) {
        this(decoder, decay, clipNorm, Precision.FLOAT32);
    }

    /// @param clipNorm  largest global L2 norm of the gradient, 0 for any
    /// @param precision of the state
    public AdamW(Decoder decoder, double decay, double clipNorm, Precision precision) {
        this.decoder = decoder;
        this.specs = ParameterSpec.of(decoder.architecture()).stream().filter(decoder::trains).toList();
        this.decay = decay;
        this.clipNorm = clipNorm;
        this.precision = precision;
        for (ParameterSpec spec : specs) {
            moments.put(spec.name(), Moments.of(decoder.parameters().get(spec.name()), moments.size(), precision, manager));
        }
    }

    /// Moves every weight of the decoder in place. The gradients' arrays are used up.
    ///
    /// @param gradients by parameter name
    /// @return global L2 norm of the gradients before clipping
    /// @throws TrainingDiverged where a gradient is not finite; no weight has changed then
    public double step(Map<String, NDArray> gradients, double rate) {
        double norm = globalNorm(gradients);
        double scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
        steps++;
        try (NDManager scratch = manager.newSubManager()) {
            Moments.Shared shared = Moments.Shared.of(steps, scale, precision, scratch);
            for (ParameterSpec spec : specs) {
                Moments.Step step = new Moments.Step(steps, rate, spec.decays() ? decay : 0, scale);
                moments.get(spec.name()).update(decoder.parameters().get(spec.name()), gradients.get(spec.name()), step, shared);
            }
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
        return moments.get(name).meanValues();
    }

    public long steps() {
        return steps;
    }

    /// The running means and variances of the gradient, by name, read while they are written.
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        moments.forEach((name, moment) -> {
            state.put(MEAN + name, moment.mean());
            state.put(VARIANCE + name, moment.variance());
        });
        return state;
    }

    /// Takes over what [#state] gave after `steps` steps, in whatever precision that was.
    public void restore(SafetensorsFile file, long stepsDone) {
        moments.forEach((name, moment) -> moment.restore(file, MEAN + name, VARIANCE + name));
        steps = stepsDone;
    }

    @Override
    public void close() {
        manager.close();
    }
}
