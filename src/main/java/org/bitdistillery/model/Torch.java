package org.bitdistillery.model;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/// Starts libtorch the way this program wants it (offline, silent) and offers the few operators that DJL's NDArray
/// has no public method for.
///
/// A result belongs to the manager of its first operand: put what lives shortest first, and close its manager.
public final class Torch {

    private Torch() {
    }

    /// A manager of its own right; everything made from it dies with it.
    public static NDManager manager() {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        return NDManager.newBaseManager(Devices.current(), "PyTorch");
    }

    /// Sets the threads that one operator may use, for the whole process; 0 leaves libtorch's choice. Said or not, the number is
    /// set: only then does libtorch forbid MKL to take fewer threads now and then, which changes sums in their last bits.
    public static void threads(int threads) {
        try (NDManager ignored = manager()) {
            JniUtils.setNumThreads(threads > 0 ? threads : JniUtils.getNumThreads());
        }
    }

    /// Engine and version, for example `PyTorch 2.7.1`.
    public static String version() {
        try (NDManager ignored = manager()) {
            Engine engine = Engine.getInstance();
            return engine.getEngineName() + " " + engine.getVersion();
        }
    }

    /// The rows of `table` [N, D] that `indices` (int64 [R]) name: [R, D]. The result belongs to the manager of `indices`.
    public static NDArray rows(NDArray indices, NDArray table) {
        return JniUtils.embedding((PtNDArray) indices, (PtNDArray) table, false);
    }

    /// `x · wᵀ` for x [R, in] and w [out, in].
    public static NDArray linear(NDArray x, NDArray w) {
        return JniUtils.linear((PtNDArray) x, (PtNDArray) w, null);
    }

    /// A number as an array that lives as long as `like` does. DJL's own arithmetic with numbers frees the number at once,
    /// although the graph keeps a pointer to it for the backward pass: never use it where a gradient is wanted.
    private static NDArray scalar(NDArray like, double value) {
        NDManager owner = like.getManager();
        return like.getDataType() == DataType.FLOAT64 ? owner.create(value) : owner.create((float) value);
    }

    /// `x · factor`.
    public static NDArray times(NDArray x, double factor) {
        return x.mul(scalar(x, factor));
    }

    /// `x + term`.
    public static NDArray plus(NDArray x, double term) {
        return x.add(scalar(x, term));
    }

    /// `max(x, least)`.
    public static NDArray atLeast(NDArray x, double least) {
        return x.maximum(scalar(x, least));
    }

    /// `1 / sqrt(x)`.
    public static NDArray inverseRoot(NDArray x) {
        return x.pow(scalar(x, -0.5));
    }

    /// Euclidean norm over the last axis, which is kept with length 1.
    public static NDArray rowNorms(NDArray x) {
        return JniUtils.norm((PtNDArray) x, 2, new int[] {x.getShape().dimension() - 1}, true);
    }

    /// Computes without a graph, also where the caller collects gradients.
    static <T> T withoutGraph(Supplier<T> computation) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return computation.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /// What backward passes have left at a leaf, or null where none reached it. (DJL's own method makes zeros then.)
    static NDArray gradient(NDArray leaf) {
        return JniUtils.getGradient((PtNDArray) leaf);
    }

    /// An array in libtorch's own memory. (What DJL makes of Java values borrows a Java buffer, which is scarcer and not
    /// aligned for vector instructions.)
    public static NDArray array(NDManager owner, float[] values, Shape shape, DataType type) {
        try (NDArray borrowed = owner.create(values, shape)) {
            return type == DataType.FLOAT32 ? borrowed.duplicate() : borrowed.toType(type, true);
        }
    }

    /// Replaces the values of a float32 array in place. (DJL's own `set` would make the array borrow a Java buffer.)
    public static void overwrite(NDArray target, float[] values) {
        try (NDArray borrowed = target.getManager().create(values, target.getShape())) {
            target.set(new NDIndex(":"), borrowed);
        }
    }

    /// Replaces the values of an array in place by those of another one of its shape.
    public static void overwrite(NDArray target, NDArray values) {
        target.set(new NDIndex(":"), values);
    }

    /// Rounds the values of an array in place to half precision.
    public static void roundToHalf(NDArray array) {
        try (NDArray half = array.toType(DataType.FLOAT16, true); NDArray rounded = half.toType(array.getDataType(), true)) {
            overwrite(array, rounded);
        }
    }

    /// Values of a float32 or float64 array as floats, in row-major order.
    public static float[] floats(NDArray array) {
        if (array.getDataType() == DataType.FLOAT32) {
            return array.toFloatArray();
        }
        try (NDArray single = array.toType(DataType.FLOAT32, true)) {
            return single.toFloatArray();
        }
    }
}
