package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.quant.ArrayMemory;
import org.bitdistillery.quant.Ternary;

/// A decoder: its master weights by Hugging Face name, and how its projections are to be computed.
///
/// Master weights are float32 and never part of a graph; [#graph] makes what a forward pass needs of them.
public final class Decoder implements AutoCloseable {

    private static final double INITIAL_DEVIATION = 0.02;

    private final NDManager manager = Torch.manager();
    private final Architecture architecture;
    private final LinearMode mode;
    private final DataType type;
    private final Quantization quantization;
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();
    private final Set<String> halves = new HashSet<>();
    private final Positions positions;
    private boolean frozenEmbeddings;

    /// Where the initial values of a parameter come from.
    @FunctionalInterface
    interface Source {
        float[] values(ParameterSpec spec);

        /// The same as an array, where that costs less.
        default NDArray array(ParameterSpec spec, NDManager owner, DataType type) {
            return Torch.array(owner, values(spec), new Shape(spec.shape()), type);
        }

        /// Whether [#array] gives bfloat16.
        default boolean rounds(ParameterSpec spec) {
            return false;
        }

        /// The same with projections in bfloat16, one of them at a time.
        default Source compact() {
            Source exact = this;
            return new Source() {
                @Override
                public float[] values(ParameterSpec spec) {
                    return exact.values(spec);
                }

                @Override
                public NDArray array(ParameterSpec spec, NDManager owner, DataType type) {
                    NDArray array = exact.array(spec, owner, type);
                    if (!rounds(spec)) {
                        return array;
                    }
                    try (array) {
                        return Bfloat16.rounded(array, owner);
                    }
                }

                @Override
                public boolean rounds(ParameterSpec spec) {
                    return spec.kind() == ParameterSpec.Kind.PROJECTION;
                }
            };
        }
    }

    Decoder(Architecture architecture, LinearMode mode, DataType type, Source source) {
        this(architecture, mode, Quantization.DEFAULTS, type, source);
    }

    Decoder(Architecture architecture, LinearMode mode, Quantization quantization, DataType type, Source source) {
        this.architecture = architecture;
        this.mode = mode;
        this.type = type;
        this.quantization = quantization;
        this.positions = new Positions(manager, architecture, type);
        try {
            for (ParameterSpec spec : ParameterSpec.of(architecture)) {
                parameters.put(spec.name(), source.array(spec, manager, type));
                if (source.rounds(spec)) {
                    halves.add(spec.name());
                }
            }
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /// A new full-precision model: weights normal with deviation 0.02, those that write into the residual stream divided by
    /// `sqrt(2L)` (GPT-2), gains 1, biases 0.
    public static Decoder random(Architecture architecture, long seed) {
        return random(architecture, seed, LinearMode.FULL, DataType.FLOAT32);
    }

    /// The same with projections in bfloat16.
    public static Decoder randomTeacher(Architecture architecture, long seed) {
        return new Decoder(architecture, LinearMode.FULL, DataType.FLOAT32, randomValues(architecture, seed).compact());
    }

    static Decoder random(Architecture architecture, long seed, LinearMode mode, DataType type) {
        return new Decoder(architecture, mode, type, randomValues(architecture, seed));
    }

    private static Source randomValues(Architecture architecture, long seed) {
        Random random = new Random(seed);
        return spec -> {
            float[] values = new float[Math.toIntExact(spec.elements())];
            double deviation = initialDeviation(spec, architecture);
            if (deviation == 0) {
                Arrays.fill(values, spec.isNorm() ? 1 - spec.gainOffset() : 0);
                return values;
            }
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
            return values;
        };
    }

    /// 0 for norms and biases, which begin as gain 1 and as 0.
    static double initialDeviation(ParameterSpec spec, Architecture architecture) {
        if (spec.isNorm() || spec.kind() == ParameterSpec.Kind.BIAS) {
            return 0;
        }
        boolean writesResidual = spec.name().endsWith("o_proj.weight") || spec.name().endsWith("down_proj.weight");
        return writesResidual ? INITIAL_DEVIATION / Math.sqrt(2.0 * architecture.layers()) : INITIAL_DEVIATION;
    }

    /// The same weights to be computed another way, with the norms of stage 1 where `target` has them and this model has
    /// not; those begin with gain 1 (BitDistill, eq. 4-5).
    Decoder copy(Architecture target, LinearMode targetMode, Quantization targetQuantization) {
        return new Decoder(target, targetMode, targetQuantization, type, new Source() {
            @Override
            public float[] values(ParameterSpec spec) {
                float[] ones = new float[Math.toIntExact(spec.elements())];
                Arrays.fill(ones, 1);
                return ones;
            }

            @Override
            public NDArray array(ParameterSpec spec, NDManager owner, DataType arrayType) {
                if (!parameters.containsKey(spec.name())) {
                    return Source.super.array(spec, owner, arrayType);
                }
                NDArray copy = parameters.get(spec.name()).duplicate();
                copy.attach(owner);
                return copy;
            }
        });
    }

    /// A copy of the weights as they are now, computed in the same way.
    public Decoder snapshot() {
        return copy(architecture, mode, quantization);
    }

    /// A decoder over the very same arrays, computed another way: to be looked at and saved, not to be trained. This one has to
    /// outlive it.
    Decoder view(Architecture target, LinearMode targetMode, Quantization targetQuantization) {
        return new Decoder(target, targetMode, targetQuantization, type, new Source() {
            @Override
            public float[] values(ParameterSpec spec) {
                float[] ones = new float[Math.toIntExact(spec.elements())];
                Arrays.fill(ones, 1);
                return ones;
            }

            @Override
            public NDArray array(ParameterSpec spec, NDManager owner, DataType arrayType) {
                NDArray shared = parameters.get(spec.name());
                return shared == null ? Source.super.array(spec, owner, arrayType) : shared;
            }
        });
    }

    /// From now on embedding and output head keep their values in training, and cost neither gradients nor optimizer state.
    public void freezeEmbeddings() {
        frozenEmbeddings = true;
    }

    boolean trainsEmbeddings() {
        return !frozenEmbeddings;
    }

    /// Whether training changes a parameter.
    public boolean trains(ParameterSpec spec) {
        return trainsEmbeddings() || spec.kind() != ParameterSpec.Kind.EMBEDDING && spec.kind() != ParameterSpec.Kind.HEAD;
    }

    public Architecture architecture() {
        return architecture;
    }

    public LinearMode mode() {
        return mode;
    }

    /// Master weights by name. Whoever changes them in place must open a new graph afterwards.
    public Map<String, NDArray> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    NDArray parameter(String name) {
        return parameters.get(name);
    }

    /// A parameter as a graph reads it: the same memory, but an array of the graph's, so that what is derived from it does not
    /// pile up beside the parameter.
    NDArray read(String name, NDManager owner) {
        if (halves.contains(name)) {
            return Bfloat16.widened(parameters.get(name), owner);
        }
        NDArray view = parameters.get(name).stopGradient();
        view.attach(owner);
        return view;
    }

    /// Whether projections are held in bfloat16: to be asked by graphs without gradients, not to be trained, copied or saved.
    boolean isCompact() {
        return !halves.isEmpty();
    }

    /// Takes embeddings and head from a model that keeps its own frozen, where they are equal, instead of holding them twice. The
    /// other one has to outlive the graphs of this one.
    ///
    /// @return whether there is something that both hold now
    public boolean shareEmbeddings(Decoder other) {
        boolean shares = false;
        for (String name : List.of(ParameterSpec.EMBEDDING, ParameterSpec.HEAD)) {
            NDArray own = parameters.get(name);
            NDArray theirs = other.parameters.get(name);
            if (own != null && theirs != null && other.frozenEmbeddings && own.getShape().equals(theirs.getShape()) && own.contentEquals(theirs)) {
                parameters.put(name, theirs);
                own.close();
                shares = true;
            }
        }
        return shares;
    }

    /// A copy of one master weight, row-major.
    public float[] floats(String name) {
        return halves.contains(name) ? Bfloat16.floats(parameters.get(name)) : Torch.floats(parameters.get(name));
    }

    /// The same into an array that is there already.
    public void floats(String name, float[] target) {
        if (halves.contains(name)) {
            System.arraycopy(floats(name), 0, target, 0, target.length);
        } else {
            ArrayMemory.copy(parameters.get(name), target);
        }
    }

    /// Scale and codes of a projection, as exports use them.
    ///
    /// @throws InvalidInput where the projection is not quantized with one scale
    public Ternary ternary(String name) {
        if (quantization.granularity() != Quantization.Granularity.TENSOR || !quantization.covers(name)) {
            throw new InvalidInput(name + " has no single ternary scale, which export formats and the CPU engine need. Set"
                    + " quantization.granularity to tensor and leave quantization.keep empty.");
        }
        return Ternary.of(floats(name));
    }

    /// How the projections of a ternary decoder are rounded.
    public Quantization quantization() {
        return quantization;
    }

    /// Whether a projection computes with ternary weights and rounded inputs.
    boolean quantizes(String name) {
        return mode.quantizesActivations() && quantization.covers(name);
    }

    /// @param training whether gradients are to be collected
    public DecoderGraph graph(boolean training) {
        return new DecoderGraph(this, training, Precision.FLOAT32, false, (_, _) -> { });
    }

    /// A graph without gradients for a teacher, whose products may be rounded.
    public DecoderGraph teaching(Precision precision) {
        return new DecoderGraph(this, false, precision, false, (_, _) -> { });
    }

    /// A graph without gradients whose forward passes are watched.
    public DecoderGraph observed(DecoderGraph.Observer observer) {
        return new DecoderGraph(this, false, Precision.FLOAT32, false, observer);
    }

    /// A graph that collects gradients and whose forward passes are watched. Master weights and their gradients stay float32.
    ///
    /// @param compute whose precision is that of the products of projections and head
    public DecoderGraph training(Compute compute, DecoderGraph.Observer observer) {
        return new DecoderGraph(this, true, compute.precision(), compute.recomputeActivations(), observer);
    }

    Positions positions() {
        return positions;
    }

    NDManager manager() {
        return manager;
    }

    @Override
    public void close() {
        manager.close();
    }
}
