package org.bitdistillery.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Attention;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Rope;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.FloatContent;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;

/// For developers: a run folder with a random student of Qwen3-0.6B's shape, to measure an export's time and memory.
/// Arguments: the folder to make, a folder with Qwen3's `tokenizer.json`, and the SubLN placement.
public final class LargeStudent {

    private LargeStudent() {}

    public static void main(String[] args) throws IOException {
        Architecture shape = new Architecture(
                Family.QWEN3, 151_936, 1024, 28, 16, 8, 128, 3072, 40_960, 1e-6, new Attention(128, Rope.of(1e6), null), true,
                SubLnPlacement.valueOf(args[2]), -1, 151_643);
        Path run = Path.of(args[0]);
        Path student = Files.createDirectories(run.resolve("models/student"));
        Files.writeString(run.resolve("config.json"), ExperimentFile.toJson(TinyExperiment.with()));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ParameterSpec spec : ParameterSpec.of(shape)) {
            SplittableRandom random = new SplittableRandom(spec.name().hashCode());
            double deviation = spec.isNorm() ? 0.2 : 0.03;
            tensors.put(spec.name(), new Tensor.Streamed(DType.F32, spec.shape(), new FloatContent(DType.F32, spec.elements(), (_, count) -> {
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    // Half-precision numbers, as a run hands over embeddings.
                    values[i] = Float.float16ToFloat(Float.floatToFloat16((float) (random.nextGaussian() * deviation + (spec.isNorm() ? 1 : 0))));
                }
                return values;
            })));
        }
        SafetensorsWriter.write(student.resolve("model.safetensors"), tensors, Map.of());
        ConfigJson.write(student, shape, LinearMode.TERNARY, DType.F32);
        Files.copy(Path.of(args[1]).resolve("tokenizer.json"), student.resolve("tokenizer.json"));
    }
}
