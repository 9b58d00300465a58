package org.bitdistillery.inference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import org.bitdistillery.tensorfile.TensorInfo;

/// The weights of a Hugging Face folder, laid out for the kernels in memory that the caller provides.
final class FolderWeights implements WeightSource {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final SafetensorsFolder file;
    private final Quantization quantization;
    private final PackedOptions options;
    private final LongFunction<MemorySegment> memory;
    /// One array for each size of matrix: large arrays that live for a moment fill the heap with garbage that is seldom collected.
    private final Map<Integer, float[]> latents = new HashMap<>();
    private boolean inverseScales;

    /// @param quantization how latent projections are rounded to ternary, or null where projections are plain or packed
    /// @param memory       gives zeroed bytes, aligned to 64
    FolderWeights(SafetensorsFolder file, Quantization quantization, PackedOptions options, LongFunction<MemorySegment> memory) {
        this.file = file;
        this.quantization = quantization;
        this.options = options;
        this.memory = memory;
        if (quantization != null && (quantization.granularity() == Quantization.Granularity.BLOCK
                || !quantization.int8Activations() || quantization.deadZoneBias())) {
            throw new InvalidInput(file.path(ParameterSpec.EMBEDDING) + ": the CPU engine computes students with a scale a tensor or"
                    + " channel and INT8 activations, this one has block scales, float activations or a dead-zone"
                    + " bias. Evaluate it in its training graph.");
        }
    }

    /// Takes the scales of packed projections for one over the scale, as `linear_class: bitlinear` has them.
    FolderWeights withInverseScales(boolean inverse) {
        inverseScales = inverse;
        return this;
    }

    @Override
    public Matrix matrix(String name, int rows, int columns) {
        boolean projection = !name.equals(ParameterSpec.EMBEDDING) && !name.equals(ParameterSpec.HEAD);
        if (projection && file.info(name).type() == DType.U8) {
            return packed(name, rows, columns);
        }
        expect(name, rows, columns);
        if (projection && quantization != null && quantization.covers(name)) {
            return latent(name, rows, columns);
        }
        WeightFormat format = projection ? options.plain() : options.embedding();
        return format.isTernary() ? ternaryRows(name, rows, columns, format) : plain(name, rows, columns, format);
    }

    private Matrix plain(String name, int rows, int columns, WeightFormat format) {
        float[] row = new float[columns];
        float largest = 0;
        for (int i = 0; i < rows; i++) {
            read(name, i, row);
            for (float value : row) {
                requireFinite(name, value);
                largest = Math.max(largest, Math.abs(value));
            }
        }
        MemorySegment target = memory.apply(Packed.bytes(format, rows, columns, format.alwaysRowScaled()));
        Matrix matrix = Matrix.of(Packer.pack(format, rows, columns, Packer.scale(format, largest), (i, to) -> read(name, i, to), target));
        unload(name);
        return matrix;
    }

    /// Each row rounded by its own absmean.
    private Matrix ternaryRows(String name, int rows, int columns, WeightFormat format) {
        float[] row = new float[columns];
        float[] scales = new float[rows];
        MemorySegment target = memory.apply(Packed.bytes(format, rows, columns, true));
        for (int i = 0; i < rows; i++) {
            read(name, i, row);
            scales[i] = Ternary.absmean(row);
        }
        Matrix matrix = Matrix.of(Packer.packTernary(format, rows, columns, 1, scales, (i, to) -> {
            read(name, i, row);
            System.arraycopy(Ternary.of(row, scales[i]).codes(), 0, to, 0, columns);
        }, target));
        unload(name);
        return matrix;
    }

    private Matrix latent(String name, int rows, int columns) {
        if (quantization.granularity() == Quantization.Granularity.CHANNEL) {
            return ternaryRows(name, rows, columns, options.ternary());
        }
        float[] values = latents.computeIfAbsent(rows * columns, float[]::new);
        file.floats(name, values);
        requireFinite(name, values);
        unload(name);
        Ternary rounded = Ternary.of(values);
        return codes(rounded.codes(), rounded.delta(), rows, columns);
    }

    private Matrix packed(String name, int rows, int columns) {
        if (rows % TernaryPacking.ROWS_A_BYTE != 0) {
            throw new InvalidInput(file.path(name) + ": " + name + " is packed, yet its " + rows
                    + " rows are no multiple of 4. Check that config.json belongs to this file.");
        }
        expect(name, rows / TernaryPacking.ROWS_A_BYTE, columns);
        byte[] codes;
        try {
            codes = TernaryPacking.unpack(file.data(name).toArray(ValueLayout.JAVA_BYTE));
        } catch (InvalidInput e) {
            throw new InvalidInput(file.path(name) + ": " + name + ": " + e.getMessage(), e);
        }
        unload(name);
        return codes(codes, scale(name + "_scale"), rows, columns);
    }

    private Matrix codes(byte[] codes, float delta, int rows, int columns) {
        MemorySegment target = memory.apply(Packed.bytes(options.ternary(), rows, columns, false));
        return Matrix.of(Packer.packTernary(options.ternary(), rows, columns, delta, null,
                (row, to) -> System.arraycopy(codes, row * columns, to, 0, columns), target));
    }

    private float scale(String name) {
        float[] scale = file.floats(name);
        if (inverseScales && scale.length == 1) {
            scale[0] = 1 / scale[0];
        }
        if (scale.length != 1 || !Float.isFinite(scale[0]) || scale[0] < Ternary.LEAST_DELTA / 2) {
            String found = scale.length == 1 ? Float.toString(scale[0]) : scale.length + " numbers";
            throw new InvalidInput(file.path(name) + ": " + name + " holds " + found
                    + " where one scale of at least 1e-5 is expected. Export the student again.");
        }
        return scale[0];
    }

    @Override
    public float[] vector(String name, int length) {
        expect(name, length);
        return floats(name);
    }

    private float[] floats(String name) {
        float[] values = file.floats(name);
        requireFinite(name, values);
        unload(name);
        return values;
    }

    private void read(String name, int row, float[] target) {
        TensorInfo info = file.info(name);
        MemorySegment data = file.data(name);
        long at = (long) row * target.length;
        for (int i = 0; i < target.length; i++) {
            target[i] = switch (info.type()) {
                case F32 -> data.get(FLOAT, 4 * (at + i));
                case F16 -> Float.float16ToFloat(data.get(SHORT, 2 * (at + i)));
                case BF16 -> Float.intBitsToFloat(data.get(SHORT, 2 * (at + i)) << 16);
                default -> throw new InvalidInput(file.path(name) + ": tensor " + name + " has the type " + info.type()
                        + " where F32, F16 or BF16 is expected. Check that the file belongs to this model.");
            };
        }
    }

    /// What has been read need not stay resident: peak memory is a result that gets reported.
    private void unload(String name) {
        file.release(name);
    }

    private void requireFinite(String name, float[] values) {
        for (float value : values) {
            requireFinite(name, value);
        }
    }

    private void requireFinite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new InvalidInput(file.path(name) + ": tensor " + name + " holds " + value
                    + " where a finite number is expected: the training diverged or the file is damaged."
                    + " Use another checkpoint.");
        }
    }

    private void expect(String name, long... expected) {
        TensorInfo info = file.info(name);
        if (!info.hasShape(expected)) {
            throw new InvalidInput(file.path(name) + ": tensor " + name + " has the shape " + Arrays.toString(info.shape())
                    + ", config.json makes it " + Arrays.toString(expected)
                    + ". Use the config.json that belongs to these weights.");
        }
    }
}
