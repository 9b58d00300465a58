package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A function in TorchScript: the way to libtorch operators that DJL has no method for, among them those that work in place.
///
/// libtorch reads TorchScript from a zip archive of source text, which is made here in memory (docs/decisions/0010).
public final class TorchProgram {

    private static final String HEAD = """
            class Program(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
            """;
    /// `Program()` with `training = False`, as Python pickles it (protocol 2).
    private static final String OBJECT = "\u0080\u0002c__torch__\nProgram\n)\u0081}(X\b\0\0\0training\u0089ub.";
    private static final String NO_CONSTANTS = "\u0080\u0002).";

    private final PtSymbolBlock block;
    private final ParameterStore nothingToStore;

    private TorchProgram(PtSymbolBlock block, ParameterStore nothingToStore) {
        this.block = block;
        this.nothingToStore = nothingToStore;
    }

    /// @param source `def forward(self, ...) -> ...:` and its body; torch functions by their full names
    /// @return a program that lives as long as this process
    public static TorchProgram of(String source) {
        NDManager forever = Torch.manager();
        try {
            PtSymbolBlock block = JniUtils.loadModule(
                    (PtNDManager) forever, new ByteArrayInputStream(archive(HEAD + source.indent(2))), false, false);
            return new TorchProgram(block, new ParameterStore(forever, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] archive(String source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            add(zip, "data.pkl", OBJECT);
            add(zip, "code/__torch__.py", source);
            add(zip, "constants.pkl", NO_CONSTANTS);
            add(zip, "version", "3\n");
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry("program/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    /// Runs without a graph, whatever the arguments are part of. The results are libtorch's inference tensors: a graph takes
    /// what is computed from them, a duplicate for example, but not themselves.
    ///
    /// @param owner     of the results
    /// @param arguments arrays, lists of arrays, doubles, longs and booleans
    public NDList run(NDManager owner, Object... arguments) {
        JniUtils.setGraphExecutorOptimize(false);
        List<IValue> values = new ArrayList<>(arguments.length);
        try {
            for (Object argument : arguments) {
                values.add(value(argument));
            }
            try (IValue result = block.forward(values.toArray(IValue[]::new))) {
                return result.toNDList((PtNDManager) owner);
            }
        } finally {
            values.forEach(IValue::close);
        }
    }

    /// Runs as a part of the graph, where the caller collects gradients. The result belongs to the manager of the first argument.
    public NDArray differentiable(NDArray... arguments) {
        JniUtils.setGraphExecutorOptimize(false);
        return block.forward(nothingToStore, new NDList(arguments), true).singletonOrThrow();
    }

    private static IValue value(Object argument) {
        return switch (argument) {
            case NDArray array -> IValue.from((PtNDArray) array);
            case NDList list -> IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
            case Double number -> IValue.from(number);
            case Long number -> IValue.from(number);
            case Boolean flag -> IValue.from(flag);
            default -> throw new IllegalArgumentException(argument.getClass().getName());
        };
    }
}
