package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.Tensor;

/// Arrays in bfloat16, for which DJL has no name: never ask one for its data type. They are without a graph.
public final class Bfloat16 {

    /// 15 is bfloat16 among libtorch's types, 6 is float32.
    private static final TorchProgram ROUND = TorchProgram.of("""
            def forward(self, x: Tensor) -> Tensor:
              return torch.to(x, 15)
            """);
    private static final TorchProgram ZEROS = TorchProgram.of("""
            def forward(self, x: Tensor) -> Tensor:
              return torch.zeros_like(x, dtype=15)
            """);
    private static final TorchProgram WIDEN = TorchProgram.of("""
            def forward(self, x: Tensor) -> Tensor:
              return torch.to(x, 6)
            """);
    private static final TorchProgram WIDEN_SOME = TorchProgram.of("""
            def forward(self, x: Tensor, start: int, end: int) -> Tensor:
              return torch.to(torch.slice(torch.reshape(x, [-1]), 0, start, end), 6)
            """);
    private static final TorchProgram PUT = TorchProgram.of("""
            def forward(self, x: Tensor, start: int, values: Tensor) -> Tensor:
              there = torch.slice(torch.reshape(x, [-1]), 0, start, start + torch.numel(values))
              return torch.copy_(there, values)
            """);

    private Bfloat16() {}

    /// A copy, rounded to nearest.
    public static NDArray rounded(NDArray x, NDManager owner) {
        return ROUND.run(owner, x).singletonOrThrow();
    }

    public static NDArray zerosLike(NDArray x, NDManager owner) {
        return ZEROS.run(owner, x).singletonOrThrow();
    }

    /// A float32 copy.
    static NDArray widened(NDArray x, NDManager owner) {
        return WIDEN.run(owner, x).singletonOrThrow();
    }

    /// Values in row-major order.
    public static float[] floats(NDArray x) {
        return floats(x, 0, Math.toIntExact(x.size()));
    }

    private static float[] floats(NDArray x, long from, int count) {
        try (NDManager scratch = x.getManager().newSubManager()) {
            return WIDEN_SOME.run(scratch, x, from, from + count).singletonOrThrow().toFloatArray();
        }
    }

    /// An array on its way into a file, taken piece by piece. It must live until it is written.
    public static Tensor stored(NDArray array) {
        return Tensor.streamed(DType.BF16, (from, count) -> floats(array, from, count), array.getShape().getShape());
    }

    /// Replaces the values of an array in place by those of a file's tensor, rounded to nearest, piece by piece.
    public static void restore(NDArray array, SafetensorsFile file, String name) {
        TensorArrays.forEachPiece(array.size(), (from, count) -> {
            try (NDManager scratch = array.getManager().newSubManager()) {
                PUT.run(scratch, array, from, scratch.create(file.floats(name, from, count)));
            }
        });
    }
}
