package org.bitdistillery.model;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.FloatContent;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;

/// A checkpoint of random weights, made while it is written: a model of any size needs a few megabytes of memory.
///
/// Weights are distributed as in [Decoder#random]; every tensor has a random sequence of its own, of the seed and its name.
public final class RandomModel {

    private final Architecture shape;
    private final long seed;
    private final LongConsumer progress;
    private long written;

    private RandomModel(Architecture shape, long seed, LongConsumer progress) {
        this.shape = shape;
        this.seed = seed;
        this.progress = progress;
    }

    /// Writes `config.json` and weights into a folder that holds no model yet; it is made where it is missing.
    ///
    /// @param largestShard bytes of weights that one file may hold
    /// @param progress     hears how many weights have been written
    /// @throws InvalidInput where the folder holds a model or cannot be written
    public static void write(Path folder, Architecture shape, DType type, long seed, long largestShard, LongConsumer progress) {
        if (SafetensorsFolder.isThere(folder)) {
            throw new InvalidInput(folder + " holds a model already. Name another folder.");
        }
        try {
            Files.createDirectories(folder);
        } catch (java.io.IOException e) {
            throw AtomicFiles.unwritable(folder, e);
        }
        RandomModel model = new RandomModel(shape, seed, progress);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ParameterSpec spec : ParameterSpec.of(shape)) {
            tensors.put(spec.name(), Tensor.streamed(type, model.values(spec), spec.shape()));
        }
        SafetensorsWriter.writeFolder(folder, tensors, Map.of("format", "pt"), largestShard);
        ConfigJson.write(folder, shape, LinearMode.FULL, type);
    }

    private FloatContent.Pieces values(ParameterSpec spec) {
        CRC32 name = new CRC32();
        name.update(spec.name().getBytes(StandardCharsets.UTF_8));
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.getValue());
        double deviation = Decoder.initialDeviation(spec, shape);
        float constant = spec.isNorm() ? 1 - spec.gainOffset() : 0;
        return (_, count) -> {
            float[] values = new float[count];
            if (deviation == 0) {
                Arrays.fill(values, constant);
            } else {
                for (int i = 0; i < count; i++) {
                    values[i] = (float) (deviation * random.nextGaussian());
                }
            }
            written += count;
            progress.accept(written);
            return values;
        };
    }
}
