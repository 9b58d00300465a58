package org.bitdistillery.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.Results;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;

/// A student as a Hugging Face folder in the layout of transformers' `bitnet` quantization
/// (`linear_class: autobitlinear`, `quantization_mode: offline`).
///
/// Projections: `X.weight` uint8 [out/4, in] and `X.weight_scale` F32 [1], so that `y = scale · (codes · x)`. Embeddings and
/// head: F16. Norms and biases: F32.
public final class HuggingFaceExport {

    private HuggingFaceExport() {}

    /// @param student folder with the latent weights of a student
    /// @param target  an empty folder
    /// @param results what is known of the student so far, for the model card; may be null
    /// @throws InvalidInput where the student is damaged or the target cannot be written
    public static void write(Path student, Path target, Experiment experiment, Results results) {
        Architecture architecture = ConfigJson.read(student);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (SafetensorsFolder weights = SafetensorsFolder.open(student)) {
            for (ParameterSpec parameter : ParameterSpec.of(architecture)) {
                add(tensors, parameter, weights.floats(parameter.name()));
            }
        }
        SafetensorsWriter.write(target.resolve(ModelFolder.WEIGHTS), tensors, Map.of("format", "pt"));
        ConfigJson.write(target, architecture, LinearMode.TERNARY_FROZEN, DType.F16);
        ModelFolder.copyCompanions(student, target);
        AtomicFiles.write(target.resolve("README.md"), ModelCard.of(experiment, architecture, results));
        AtomicFiles.write(target.resolve("bitdistillery.json"), ExperimentFile.toJson(experiment));
    }

    /// All files of a folder together, in bytes.
    public static long bytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new InvalidInput(folder + " cannot be read (" + e.getMessage() + "): check its permissions.", e);
        }
    }

    private static void add(Map<String, Tensor> tensors, ParameterSpec parameter, float[] values) {
        switch (parameter.kind()) {
            case PROJECTION -> {
                int rows = (int) parameter.shape()[0];
                int columns = (int) parameter.shape()[1];
                Ternary ternary = Ternary.of(values);
                tensors.put(
                        parameter.name(),
                        Tensor.u8(TernaryPacking.pack(ternary.codes(), rows, columns), rows / TernaryPacking.ROWS_A_BYTE, columns));
                tensors.put(parameter.name() + "_scale", Tensor.f32(new float[] {ternary.delta()}, 1));
            }
            case EMBEDDING, HEAD -> tensors.put(parameter.name(), Tensor.f16(values, parameter.shape()));
            case NORM, OFFSET_NORM, BIAS -> tensors.put(parameter.name(), Tensor.f32(values, parameter.shape()));
        }
    }
}
