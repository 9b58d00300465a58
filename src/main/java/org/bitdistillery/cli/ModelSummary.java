package org.bitdistillery.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Attention;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import org.bitdistillery.tensorfile.TensorInfo;

/// A model in Hugging Face layout as `inspect` describes it.
///
/// @param parameters   weights, four to a byte where they are packed
/// @param quantization `none`, `latent ternary weights` or `packed ternary weights`
/// @param tensors      absent unless asked for
record ModelSummary(
        String folder, Architecture architecture, long parameters, long weightBytes, long folderBytes, List<String> types,
        String quantization, int tensorCount, List<Tensor> tensors) {

    private static final int PACKED_PER_BYTE = 4;

    record Tensor(String name, String type, long[] shape, long bytes) {}

    /// @throws InvalidInput where the folder holds no model that this program knows
    static ModelSummary of(Path folder, boolean withTensors) {
        Architecture architecture = ConfigJson.read(folder);
        try (SafetensorsFolder file = SafetensorsFolder.open(folder)) {
            List<Tensor> tensors = new ArrayList<>();
            TreeSet<String> types = new TreeSet<>();
            long parameters = 0;
            long bytes = 0;
            for (TensorInfo info : file.tensors().values()) {
                tensors.add(new Tensor(info.name(), info.type().name(), info.shape(), info.byteSize()));
                types.add(info.type().name());
                parameters += isScale(info) ? 0 : info.elements() * (info.type() == DType.U8 ? PACKED_PER_BYTE : 1);
                bytes += info.byteSize();
            }
            return new ModelSummary(folder.toString(), architecture, parameters, bytes, folderBytes(folder), List.copyOf(types),
                    quantization(ConfigJson.readMode(folder)), tensors.size(), withTensors ? tensors : null);
        }
    }

    private static boolean isScale(TensorInfo info) {
        return info.name().endsWith("_scale");
    }

    private static String quantization(LinearMode mode) {
        return switch (mode) {
            case FULL -> "none";
            case TERNARY -> "latent ternary weights";
            case TERNARY_FROZEN -> "packed ternary weights";
        };
    }

    private static long folderBytes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new InvalidInput(folder + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        }
    }

    String text() {
        Architecture a = architecture;
        TextTable facts = TextTable.ofTexts("model", folder)
                .row("family", a.family().modelType() + ": " + a.family().features())
                .row("parameters", Units.count(parameters))
                .row("weights", Units.bytes(weightBytes) + " as " + String.join(", ", types))
                .row("folder", Units.bytes(folderBytes))
                .row("quantization", quantization)
                .row("SubLN", a.subLn().name().toLowerCase(Locale.ROOT))
                .row("layers", Integer.toString(a.layers()))
                .row("hidden size", Units.count(a.hiddenSize()))
                .row("feed-forward size", Units.count(a.intermediateSize()))
                .row("heads", a.heads() + " of " + a.headDim() + ", " + a.keyValueHeads() + " for keys and values")
                .row("vocabulary", Units.count(a.vocabularySize()) + (a.tiedEmbeddings() ? ", tied to the output" : ""))
                .row("longest sequence", Units.count(a.maxPositions()) + " tokens")
                .row("rotary embedding", a.attention().rope().text());
        if (a.attention().sliding() != null) {
            Attention.Sliding sliding = a.attention().sliding();
            long count = sliding.layers().stream().filter(slides -> slides).count();
            facts.row("sliding layers", count + " of " + a.layers() + ", window " + Units.count(sliding.window()) + " tokens, "
                    + sliding.rope().text());
        }
        if (tensors == null) {
            return facts.text();
        }
        TextTable table = TextTable.ofTexts("tensor", "type", "shape", "size");
        tensors.forEach(tensor -> table.row(
                tensor.name(), tensor.type(), Arrays.toString(tensor.shape()), Units.bytes(tensor.bytes())));
        return facts.text() + "\n" + table.text();
    }
}
