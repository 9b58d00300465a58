package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;
import org.bitdistillery.tensorfile.TensorFileException;
import org.bitdistillery.tensorfile.TensorInfo;

/// A decoder in Hugging Face layout: `config.json` and `model.safetensors` or its shards, plain or with packed ternary weights.
/// Weights are read and written a tensor at a time, so that neither needs twice the model's size.
public final class ModelFolder {

    public static final String WEIGHTS = "model.safetensors";
    private static final long LARGEST_SHARD = 5_000_000_000L;

    /// What makes a model folder usable beside its weights.
    private static final List<String> COMPANIONS =
            List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "chat_template.jinja");

    private ModelFolder() {
    }

    /// Reads a decoder in the mode that its `config.json` tells.
    ///
    /// @throws InvalidInput where a file is missing or damaged, a tensor is missing, has another shape than `config.json`
    ///                      promises, or holds NaN or infinity
    public static Decoder load(Path folder) {
        return load(folder, ConfigJson.readMode(folder));
    }

    /// The same, computed another way: latent weights in full precision, for example.
    public static Decoder load(Path folder, LinearMode mode) {
        return load(folder, mode, false);
    }

    /// In full precision, to be asked only; `compact` ones hold projections in bfloat16, which loses nothing where the file does.
    public static Decoder teacher(Path folder, boolean compact) {
        return load(folder, LinearMode.FULL, compact);
    }

    private static Decoder load(Path folder, LinearMode mode, boolean compact) {
        Architecture architecture = ConfigJson.read(folder);
        boolean packed = ConfigJson.readMode(folder) == LinearMode.TERNARY_FROZEN;
        if (packed && mode != LinearMode.TERNARY_FROZEN) {
            throw new InvalidInput(folder + " holds packed ternary weights, which have no latent weights to train. Choose the"
                    + " checkpoint that they were exported from.");
        }
        if (packed && ConfigJson.hasInverseScales(folder)) {
            throw new InvalidInput(folder + " has packed weights with linear_class bitlinear, which can be run here but not trained from: use the"
                    + " checkpoint that they were exported from.");
        }
        try (SafetensorsFolder files = SafetensorsFolder.open(folder)) {
            requireShapes(files, architecture, packed);
            Decoder.Source stored = new Stored(files, packed);
            return new Decoder(
                    architecture, mode, mode == LinearMode.FULL ? Quantization.DEFAULTS : ConfigJson.readQuantization(folder),
                    DataType.FLOAT32, compact ? stored.compact() : stored);
        }
    }

    /// Whether the weights are those that `config.json` promises, without reading their values.
    ///
    /// @throws InvalidInput as [#load(Path)], but for values that are not finite
    public static void check(Path folder) {
        Architecture architecture = ConfigJson.read(folder);
        try (SafetensorsFolder files = SafetensorsFolder.open(folder)) {
            requireShapes(files, architecture, ConfigJson.readMode(folder) == LinearMode.TERNARY_FROZEN);
        }
    }

    /// Puts the plain weights of a folder into a decoder of the same architecture.
    ///
    /// @throws InvalidInput as [#load(Path)]
    public static void restore(Decoder decoder, Path folder) {
        try (SafetensorsFolder files = SafetensorsFolder.open(folder); NDManager scratch = decoder.manager().newSubManager()) {
            requireShapes(files, decoder.architecture(), false);
            for (ParameterSpec spec : ParameterSpec.of(decoder.architecture())) {
                NDArray parameter = decoder.parameter(spec.name());
                try (NDArray stored = TensorArrays.read(files, spec.name(), scratch, parameter.getDataType())) {
                    Torch.overwrite(parameter, stored);
                }
            }
        }
    }

    /// Copies tokenizer and generation settings, as far as they are there, beside other weights.
    ///
    /// @throws InvalidInput where they cannot be written
    public static void copyCompanions(Path from, Path to) {
        for (String name : COMPANIONS) {
            try {
                if (Files.exists(from.resolve(name))) {
                    Files.copy(from.resolve(name), to.resolve(name));
                }
            } catch (IOException e) {
                throw AtomicFiles.unwritable(to.resolve(name), e);
            }
        }
    }

    private static boolean isPacked(ParameterSpec spec, boolean packed) {
        return packed && spec.kind() == ParameterSpec.Kind.PROJECTION;
    }

    private static void requireShapes(SafetensorsFolder files, Architecture architecture, boolean packed) {
        for (ParameterSpec spec : ParameterSpec.of(architecture)) {
            requireShape(files, spec, packed);
        }
    }

    private static void requireShape(SafetensorsFolder files, ParameterSpec spec, boolean packed) {
        long[] expected = spec.shape().clone();
        if (isPacked(spec, packed)) {
            expected[0] /= TernaryPacking.ROWS_A_BYTE;
            TensorInfo scale = files.info(scaleName(spec));
            if (scale.elements() != 1) {
                throw wrongShape(files, scale, "one element");
            }
        }
        TensorInfo info = files.info(spec.name());
        if (!info.hasShape(expected)) {
            throw wrongShape(files, info, Arrays.toString(expected));
        }
        if (isPacked(spec, packed) ? info.type() != DType.U8 : !info.type().isWeight()) {
            throw new TensorFileException(files.path(info.name()).getFileName() + ": tensor " + info.name() + " has the type " + info.type()
                    + (isPacked(spec, packed) ? " where packed ternary weights are U8. Export or fetch it again."
                            : " where F32, F16 or BF16 is expected. Use a checkpoint that is not quantized."));
        }
    }

    private static TensorFileException wrongShape(SafetensorsFolder files, TensorInfo found, String expected) {
        return new TensorFileException(files.path(found.name()).getFileName() + ": tensor " + found.name() + " has the shape "
                + Arrays.toString(found.shape()) + " where config.json promises " + expected
                + ". The two files do not belong together: fetch both again.");
    }

    private static String scaleName(ParameterSpec spec) {
        return spec.name() + "_scale";
    }

    private record Stored(SafetensorsFolder files, boolean packed) implements Decoder.Source {

        @Override
        public NDArray array(ParameterSpec spec, NDManager owner, DataType type) {
            if (!isPacked(spec, packed)) {
                return TensorArrays.read(files, spec.name(), owner, type);
            }
            NDArray array = Decoder.Source.super.array(spec, owner, type);
            files.release(spec.name());
            return TensorArrays.requireFinite(array, files, spec.name());
        }

        /// Of packed weights.
        @Override
        public float[] values(ParameterSpec spec) {
            float delta = files.floats(scaleName(spec))[0];
            byte[] codes = TernaryPacking.unpack(files.data(spec.name()).toArray(ValueLayout.JAVA_BYTE));
            float[] weights = new float[codes.length];
            for (int i = 0; i < codes.length; i++) {
                weights[i] = delta * codes[i];
            }
            return weights;
        }
    }

    /// Writes master weights and `config.json` into a folder, which is made if it is missing.
    ///
    /// @param type F32 for an exact copy, F16 or BF16 for half the size
    /// @throws InvalidInput where the folder cannot be written
    public static void save(Decoder decoder, Path folder, DType type) {
        save(decoder, folder, type, LARGEST_SHARD);
    }

    /// @param largestShard bytes of weights that one file may hold
    static void save(Decoder decoder, Path folder, DType type, long largestShard) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInput(folder + " cannot be made (" + e.getMessage() + "). Choose a folder that is writable.", e);
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, NDArray> entry : decoder.parameters().entrySet()) {
            tensors.put(entry.getKey(), TensorArrays.stored(entry.getValue(), type));
        }
        SafetensorsWriter.writeFolder(folder, tensors, Map.of("format", "pt"), largestShard);
        LinearMode mode = decoder.mode() == LinearMode.TERNARY_FROZEN ? LinearMode.TERNARY : decoder.mode();
        ConfigJson.write(folder, decoder.architecture(), mode, decoder.quantization(), type);
    }
}
