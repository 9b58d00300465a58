package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import org.bitdistillery.tensorfile.Tensor;
import org.bitdistillery.tensorfile.TensorFileException;
import org.bitdistillery.tensorfile.TensorInfo;

/// The way between tensor files and libtorch's arrays, piece by piece: no tensor is ever on the Java heap as a whole.
public final class TensorArrays {

    private static final int PIECE = 1 << 20;

    private TensorArrays() {}

    /// An array on its way into a file, taken piece by piece. It must live until it is written.
    ///
    /// @param type F32, F16 or BF16
    public static Tensor stored(NDArray array, DType type) {
        return Tensor.streamed(type, (from, count) -> piece(array, from, count), array.getShape().getShape());
    }

    private static float[] piece(NDArray array, long from, int count) {
        try (NDManager scratch = array.getManager().newSubManager()) {
            NDArray flat = array.reshape(array.size());
            flat.attach(scratch);
            return Torch.floats(flat.get(from + ":" + (from + count)));
        }
    }

    /// Pieces of so many elements, in order.
    @FunctionalInterface
    interface PieceConsumer {
        void accept(long from, int count);
    }

    static void forEachPiece(long elements, PieceConsumer consumer) {
        for (long from = 0; from < elements; from += PIECE) {
            consumer.accept(from, (int) Math.min(PIECE, elements - from));
        }
    }

    /// Replaces the values of an array in place by those of a file's tensor, piece by piece.
    public static void restore(NDArray array, SafetensorsFile file, String name) {
        try (NDManager scratch = array.getManager().newSubManager()) {
            NDArray flat = array.reshape(array.size());
            flat.attach(scratch);
            forEachPiece(array.size(), (from, count) -> {
                try (NDArray piece = scratch.create(file.floats(name, from, count)); NDArray typed = piece.toType(array.getDataType(), true)) {
                    flat.set(new NDIndex(from + ":" + (from + count)), typed);
                }
            });
        }
    }

    /// The values of a tensor of a file, taken piece by piece; nothing of the file stays in memory.
    ///
    /// @throws TensorFileException where it is no F32, F16 or BF16, or holds NaN or infinity
    static NDArray read(SafetensorsFolder files, String name, NDManager owner, DataType type) {
        TensorInfo info = files.info(name);
        Shape shape = new Shape(info.shape());
        if (info.elements() <= PIECE) {
            return requireFinite(Torch.array(owner, files.floats(name), shape, type), files, name);
        }
        NDArray array = owner.create(shape, type);
        try (NDManager scratch = owner.newSubManager()) {
            NDArray flat = array.reshape(info.elements());
            flat.attach(scratch);
            forEachPiece(info.elements(), (from, count) -> {
                try (NDArray piece = scratch.create(files.floats(name, from, count))) {
                    flat.set(new NDIndex(from + ":" + (from + count)), type == DataType.FLOAT32 ? piece : piece.toType(type, true));
                }
            });
        }
        files.release(name);
        return requireFinite(array, files, name);
    }

    /// A sum tells at once that all is well; only where it does not, the values are looked at.
    static NDArray requireFinite(NDArray array, SafetensorsFolder files, String name) {
        if (isFinite(array)) {
            return array;
        }
        for (float value : Torch.floats(array)) {
            if (!Float.isFinite(value)) {
                throw new TensorFileException(files.path(name).getFileName() + ": tensor " + name + " holds " + value
                        + ". The training that wrote it diverged or the file is damaged: use an earlier checkpoint.");
            }
        }
        return array;
    }

    private static boolean isFinite(NDArray array) {
        try (NDArray sum = array.sum(); NDArray single = sum.toType(DataType.FLOAT64, true)) {
            return Double.isFinite(single.getDouble());
        }
    }
}
