package org.bitdistillery.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory of libtorch's arrays on the CPU, read and written without a copy.
public final class ArrayMemory {

    private ArrayMemory() {}

    /// Whether the values of an array are float32 in this process's memory.
    public static boolean holds(NDArray array) {
        return array.getDataType() == DataType.FLOAT32 && !array.getDevice().isGpu();
    }

    /// @param array that [#holds] is true of, and that outlives the result; where it does not lie row by row, this is a copy
    public static MemorySegment of(NDArray array) {
        return MemorySegment.ofBuffer(JniUtils.getByteBuffer((PtNDArray) array, true));
    }

    /// Copies all values, row-major.
    ///
    /// @param target as many
    public static void copy(NDArray array, float[] target) {
        if (holds(array)) {
            MemorySegment.copy(of(array), ValueLayout.JAVA_FLOAT, 0, target, 0, target.length);
        } else {
            try (NDArray single = array.toType(DataType.FLOAT32, true)) {
                System.arraycopy(single.toFloatArray(), 0, target, 0, target.length);
            }
        }
    }
}
