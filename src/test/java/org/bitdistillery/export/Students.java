package org.bitdistillery.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Attention;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Rope;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;

/// Random students of every family, with the tokenizer of the starter teacher.
public final class Students {

    private Students() {}

    /// Hidden size 256 on four heads of 64, half as many key heads. An epsilon as large as the mean squares shows what forgets it.
    public static Architecture shape(Family family, SubLnPlacement subLn, int inner) {
        Rope rope = Rope.of(10_000);
        Attention.Sliding sliding = family == Family.GEMMA3 ? new Attention.Sliding(128, rope, List.of(false, false)) : null;
        return new Architecture(family, 1024, 256, 2, 4, 2, 64, inner, 128, 0.05, new Attention(64, rope, sliding), true, subLn, 0, 1);
    }

    /// A Gemma 3 as llama.cpp expects it: five layers with a window and a rotary base of 10,000, then one that sees everything.
    public static Architecture slidingGemma(int inner) {
        Attention.Sliding sliding = new Attention.Sliding(16, Rope.of(10_000), List.of(true, true, true, true, true, false));
        return new Architecture(
                Family.GEMMA3, 1024, 256, 6, 4, 2, 64, inner, 128, 0.05, new Attention(64, Rope.of(1_000_000), sliding), true,
                SubLnPlacement.OFF, 0, 1);
    }

    /// Master weights of a student as a run leaves them; embeddings are half-precision numbers.
    public static Path write(Path folder, Architecture shape, long seed) throws IOException {
        return write(folder, shape, seed, (_, value) -> value);
    }

    /// The same with values changed by the names of their tensors.
    public static Path write(Path folder, Architecture shape, long seed, BiFunction<String, Float, Float> change) throws IOException {
        Files.createDirectories(folder);
        Random random = new Random(seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ParameterSpec spec : ParameterSpec.of(shape)) {
            float[] values = new float[Math.toIntExact(spec.elements())];
            double deviation = switch (spec.kind()) {
                case NORM, OFFSET_NORM, BIAS -> 0.2;
                case EMBEDDING, HEAD -> 1;
                case PROJECTION -> 1 / Math.sqrt(spec.shape()[1]);
            };
            for (int i = 0; i < values.length; i++) {
                double value = deviation * random.nextGaussian() + (spec.isNorm() ? 1 - spec.gainOffset() : 0);
                values[i] = change.apply(spec.name(), Float.float16ToFloat(Float.floatToFloat16((float) value)));
            }
            tensors.put(spec.name(), Tensor.f32(values, spec.shape()));
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        ConfigJson.write(folder, shape, LinearMode.TERNARY, DType.F32);
        Files.copy(Path.of("resources/starter-teacher/tokenizer.json"), folder.resolve("tokenizer.json"));
        return folder;
    }

    public static ExportPlan plan(Path student, Format format, Embeddings embeddings) {
        return new ExportPlan(
                student, ConfigJson.read(student), TinyExperiment.with(), TinyExperiment.with().task().prompt(), format, embeddings,
                new Provenance("some/model", "llama3.2", Map.of("train.tsv", "00ff")), null);
    }
}
