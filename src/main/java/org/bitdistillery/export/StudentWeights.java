package org.bitdistillery.export;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.tensorfile.SafetensorsFolder;

/// The master weights of a student, read tensor by tensor; what has been read does not stay in memory.
final class StudentWeights implements AutoCloseable {

    private final SafetensorsFolder file;
    /// One array for each size of projection: large arrays that live for a moment fill the heap with garbage that is seldom collected.
    private final Map<Integer, float[]> latents = new HashMap<>();
    private String lastName = "";
    private float lastDelta;

    StudentWeights(Path folder) {
        file = SafetensorsFolder.open(folder);
    }

    long[] shape(String name) {
        return file.info(name).shape();
    }

    /// @throws InvalidInput where a value is not finite
    float[] floats(String name) {
        return floats(name, 0, file.info(name).elements());
    }

    /// Some consecutive values of a tensor.
    float[] floats(String name, long from, long count) {
        float[] values = file.floats(name, from, count);
        release(name, values);
        return values;
    }

    private void release(String name, float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidInput(file.path(name) + ": tensor " + name + " holds " + value
                        + ": the training diverged or the file is damaged. Use another checkpoint.");
            }
        }
        file.release(name);
    }

    /// A projection rounded as in training; its scale is remembered.
    Ternary ternary(String name) {
        float[] values = latents.computeIfAbsent(Math.toIntExact(file.info(name).elements()), float[]::new);
        file.floats(name, values);
        release(name, values);
        Ternary ternary = Ternary.of(values);
        lastName = name;
        lastDelta = ternary.delta();
        return ternary;
    }

    /// The scale of a projection.
    float delta(String name) {
        return name.equals(lastName) ? lastDelta : ternary(name).delta();
    }

    @Override
    public void close() {
        file.close();
    }
}
