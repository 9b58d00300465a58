package org.bitdistillery.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.event.ExportedTensor;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.SpecialTokens;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.quant.BlockFormats;
import org.bitdistillery.quant.MasterWeights;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.FloatContent;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;
import org.bitdistillery.tensorfile.TensorContent;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A student as a Hugging Face folder: with packed weights in the layout of transformers' `bitnet` quantization
/// (`linear_class: autobitlinear`, `quantization_mode: offline`), or with its master weights as BF16 (`online`) that round to the
/// same codes.
///
/// Packed projections: `X.weight` uint8 [out/4, in] and `X.weight_scale` F32 [1], so that `y = scale · (codes · x)`. Embeddings and
/// head: F16, or BF16 beside master weights. Norms and biases: F32.
final class HuggingFaceExport implements ExportFiles.WeightFile {

    private static final String SCALE = "_scale";
    private static final String GENERATION = "generation_config.json";

    private final ExportPlan plan;
    private final StudentWeights weights;
    private final boolean packed;
    private long written;

    HuggingFaceExport(ExportPlan plan, StudentWeights weights) {
        this.plan = plan;
        this.weights = weights;
        packed = plan.format() == Format.HUGGINGFACE;
    }

    @Override
    public List<ExportedTensor> tensors() {
        List<ExportedTensor> tensors = new ArrayList<>();
        content(_ -> {}).forEach((name, tensor) -> tensors.add(new ExportedTensor(
                name, Arrays.stream(tensor.shape()).boxed().toList(), tensor.type().name(), (long) tensor.elements() * tensor.type().bytes())));
        return tensors;
    }

    @Override
    public void write(Path file, LongConsumer progress) {
        Path folder = file.toAbsolutePath().getParent();
        SafetensorsWriter.write(file, content(progress), Map.of("format", "pt"));
        ConfigJson.write(folder, plan.architecture(), packed ? LinearMode.TERNARY_FROZEN : LinearMode.TERNARY, packed ? DType.F16 : DType.BF16);
        ModelFolder.copyCompanions(plan.student(), folder);
        if (!folder.resolve(GENERATION).toFile().exists()) {
            AtomicFiles.write(folder.resolve(GENERATION), generationConfig());
        }
    }

    private Map<String, Tensor> content(LongConsumer progress) {
        written = 0;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ParameterSpec parameter : ParameterSpec.of(plan.architecture())) {
            add(tensors, parameter, progress);
        }
        return tensors;
    }

    private void add(Map<String, Tensor> tensors, ParameterSpec parameter, LongConsumer progress) {
        String name = parameter.name();
        if (packed && parameter.kind() == ParameterSpec.Kind.PROJECTION) {
            int rows = (int) parameter.shape()[0];
            int columns = (int) parameter.shape()[1];
            put(tensors, name, DType.U8, progress, sink -> {
                Ternary ternary = weights.ternary(name);
                sink.put(TernaryPacking.pack(ternary.codes(), rows, columns));
            }, rows / TernaryPacking.ROWS_A_BYTE, columns);
            put(tensors, name + SCALE, DType.F32, progress, sink -> sink.put(BlockFormats.packF32(new float[] {weights.delta(name)})), 1);
            return;
        }
        if (parameter.kind() == ParameterSpec.Kind.PROJECTION) {
            put(tensors, name, DType.BF16, progress,
                    sink -> FloatContent.of(DType.BF16, MasterWeights.brainFloats(weights.floats(name))).writeTo(sink), parameter.shape());
            return;
        }
        DType type = switch (parameter.kind()) {
            case EMBEDDING, HEAD, PROJECTION -> packed ? DType.F16 : DType.BF16;
            case NORM, OFFSET_NORM, BIAS -> DType.F32;
        };
        put(tensors, name, type, progress, new FloatContent(type, parameter.elements(), (from, count) -> weights.floats(name, from, count)),
                parameter.shape());
    }

    private void put(Map<String, Tensor> tensors, String name, DType type, LongConsumer progress, TensorContent content, long... shape) {
        tensors.put(name, new Tensor.Streamed(type, shape, sink -> content.writeTo(bytes -> {
            sink.put(bytes);
            written += bytes.length;
            progress.accept(written);
        })));
    }

    /// What transformers' `generate` needs to begin and end a sequence.
    private String generationConfig() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        if (plan.architecture().bosTokenId() >= 0) {
            root.put("bos_token_id", plan.architecture().bosTokenId());
        }
        if (plan.architecture().eosTokenId() >= 0) {
            root.put("eos_token_id", plan.architecture().eosTokenId());
            int pad = SpecialTokens.read(plan.student()).pad();
            root.put("pad_token_id", pad < 0 ? plan.architecture().eosTokenId() : pad);
        }
        root.put("do_sample", false);
        root.put("max_new_tokens", plan.experiment().task().maxAnswerTokens());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }
}
