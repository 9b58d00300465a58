package org.bitdistillery.inference;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.tensorfile.TensorFileException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The header of a packed file: what lies where. docs/packed-format.md describes it field by field.
///
/// @param config  the content of the model's `config.json`
/// @param tensors matrices by Hugging Face name
/// @param vectors norms and biases, 32-bit floats
/// @param files   companions such as `tokenizer.json`
record PackedHeader(ObjectNode config, Map<String, Tensor> tensors, Map<String, Piece> vectors, Map<String, Piece> files, PackedMetadata metadata) {

    /// A piece of the file, in bytes from its beginning.
    record Piece(long offset, long bytes) {}

    /// A matrix; see [Packed].
    record Tensor(WeightFormat format, int rows, int columns, boolean rowScaled, float scale, Piece piece) {}

    private static final String FILE_NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}";

    ObjectNode toJson() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.set("config", config);
        tensors.forEach((name, tensor) -> {
            ObjectNode node = root.withArray("tensors").addObject();
            node.put("name", name).put("format", tensor.format().name()).put("rows", tensor.rows()).put("columns", tensor.columns());
            node.put("rowScaled", tensor.rowScaled()).put("scale", (double) tensor.scale());
            put(node, tensor.piece());
        });
        vectors.forEach((name, piece) -> put(root.withArray("vectors").addObject().put("name", name), piece));
        files.forEach((name, piece) -> put(root.withArray("files").addObject().put("name", name), piece));
        root.put("promptTemplate", metadata.promptTemplate());
        metadata.labels().forEach(root.putArray("labels")::add);
        ObjectNode provenance = root.putObject("provenance");
        metadata.provenance().forEach(provenance::put);
        return root;
    }

    private static void put(ObjectNode node, Piece piece) {
        node.put("offset", piece.offset()).put("bytes", piece.bytes());
    }

    Architecture architecture(Path file) {
        return ConfigJson.parse(config, file);
    }

    /// Reads a header and checks that every piece lies where pieces may lie.
    ///
    /// @param from first byte of the data
    /// @param to   byte behind the last
    /// @throws TensorFileException where it is no header or contradicts itself
    static PackedHeader parse(byte[] json, long from, long to, Path file) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw damaged(file, "its header is not valid JSON", e);
        }
        if (!(root.path("config") instanceof ObjectNode config)) {
            throw damaged(file, "its header has no config", null);
        }
        var reader = new Reader(file, from, to);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (JsonNode node : root.path("tensors")) {
            reader.unique(tensors.put(reader.name(node), reader.tensor(node)), node);
        }
        Map<String, Piece> vectors = new LinkedHashMap<>();
        for (JsonNode node : root.path("vectors")) {
            reader.unique(vectors.put(reader.name(node), reader.piece(node)), node);
        }
        Map<String, Piece> files = new LinkedHashMap<>();
        for (JsonNode node : root.path("files")) {
            if (!reader.name(node).matches(FILE_NAME)) {
                throw damaged(file, "it holds a file named \"" + reader.name(node) + "\"", null);
            }
            reader.unique(files.put(reader.name(node), reader.piece(node)), node);
        }
        return new PackedHeader(config, tensors, vectors, files, metadata(root));
    }

    private static PackedMetadata metadata(JsonNode root) {
        List<String> labels = new ArrayList<>();
        root.path("labels").forEach(label -> labels.add(label.asString("")));
        Map<String, String> provenance = new LinkedHashMap<>();
        root.path("provenance").properties().forEach(entry -> provenance.put(entry.getKey(), entry.getValue().asString("")));
        JsonNode template = root.path("promptTemplate");
        return new PackedMetadata(template.isString() ? template.asString() : null, labels, provenance);
    }

    static TensorFileException damaged(Path file, String what, Throwable cause) {
        return new TensorFileException(file + " is damaged: " + what + ". Export or fetch it again.", cause);
    }

    byte[] bytes() {
        return toJson().toString().getBytes(StandardCharsets.UTF_8);
    }

    /// The checks of single entries.
    private record Reader(Path file, long from, long to) {

        String name(JsonNode node) {
            String name = node.path("name").asString("");
            if (name.isEmpty()) {
                throw damaged(file, "an entry of its header has no name", null);
            }
            return name;
        }

        void unique(Object before, JsonNode node) {
            if (before != null) {
                throw damaged(file, "its header lists " + name(node) + " twice", null);
            }
        }

        Piece piece(JsonNode node) {
            long offset = number(node, "offset", to);
            long bytes = number(node, "bytes", to);
            if (offset < from || bytes > to - offset || offset % Packed.ALIGNMENT != 0) {
                throw damaged(file, name(node) + " would take " + bytes + " bytes from byte " + offset + ", which is outside the data", null);
            }
            return new Piece(offset, bytes);
        }

        Tensor tensor(JsonNode node) {
            WeightFormat format = format(node);
            int rows = (int) number(node, "rows", Integer.MAX_VALUE - Lanes.UNIT);
            int columns = (int) number(node, "columns", Integer.MAX_VALUE - Lanes.UNIT);
            boolean rowScaled = node.path("rowScaled").asBoolean(false);
            double scale = node.path("scale").asDouble(Double.NaN);
            Piece piece = piece(node);
            long expected = rows == 0 || columns == 0 ? -1 : size(format, rows, columns, rowScaled);
            if (expected != piece.bytes() || format.alwaysRowScaled() && !rowScaled) {
                throw damaged(file, name(node) + " has " + piece.bytes() + " bytes, which is not what " + rows + " x " + columns + " of "
                        + format + " take", null);
            }
            if (!Float.isFinite((float) scale) || !(scale > 0)) {
                throw damaged(file, name(node) + " has the scale " + scale, null);
            }
            return new Tensor(format, rows, columns, rowScaled, (float) scale, piece);
        }

        private long size(WeightFormat format, int rows, int columns, boolean rowScaled) {
            try {
                return Packed.bytes(format, rows, columns, rowScaled);
            } catch (ArithmeticException e) {
                return -1;
            }
        }

        private WeightFormat format(JsonNode node) {
            try {
                return WeightFormat.valueOf(node.path("format").asString(""));
            } catch (IllegalArgumentException e) {
                throw new TensorFileException(file + ": " + name(node) + " has the format \"" + node.path("format").asString("")
                        + "\", which this version does not know. Update the program or export the model again.", e);
            }
        }

        private long number(JsonNode node, String field, long most) {
            JsonNode value = node.path(field);
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0 || value.asLong() > most) {
                throw damaged(file, name(node) + " has no sensible " + field, null);
            }
            return value.asLong();
        }
    }
}
