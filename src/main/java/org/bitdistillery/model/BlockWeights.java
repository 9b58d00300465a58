package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.quant.StraightThrough;
import org.bitdistillery.quant.TernaryQuantizer;

/// The weights of one block as products take them: quantized, and those of projections that read the same input laid under
/// each other, to be multiplied at once.
record BlockWeights(
        Map<BlockNorm, NDArray> gains, List<Fused> queryKeyValue, Fused output, List<Fused> gateUp, Fused down) {

    /// Projections of the same input. What they do not have is null.
    ///
    /// @param bias         of the checkpoint, [out]
    /// @param subLn        gain of the norm in front
    /// @param deadZoneBias of weights that are rounded to 0, [out]
    record Fused(String name, NDArray weight, NDArray bias, NDArray subLn, boolean quantized, NDArray deadZoneBias) {}

    /// @param halves whether weights that are not trained are rounded to bfloat16
    static BlockWeights of(Decoder decoder, int layer, Leaves leaves, boolean halves) {
        return new Reader(decoder, layer, leaves, halves).read();
    }

    private record Reader(Decoder decoder, int layer, Leaves leaves, boolean halves) {

        BlockWeights read() {
            return new BlockWeights(
                    gains(),
                    fused(Projection.QUERY, Projection.KEY, Projection.VALUE),
                    fused(Projection.OUTPUT).getFirst(),
                    fused(Projection.GATE, Projection.UP),
                    fused(Projection.DOWN).getFirst());
        }

        private Architecture shape() {
            return decoder.architecture();
        }

        private Map<BlockNorm, NDArray> gains() {
            Map<BlockNorm, NDArray> gains = new EnumMap<>(BlockNorm.class);
            for (BlockNorm norm : BlockNorm.values()) {
                if (norm.existsIn(shape().family())) {
                    gains.put(norm, leaves.gain(norm.weight(layer, shape().family())));
                }
            }
            return gains;
        }

        private List<Fused> fused(Projection... projections) {
            boolean normed = projections[0].hasSubLn(shape().subLn());
            long quantized = Arrays.stream(projections).filter(projection -> decoder.quantizes(projection.weight(layer))).count();
            boolean alike = quantized == 0 || quantized == projections.length;
            boolean together = !normed && alike && !decoder.quantization().deadZoneBias();
            if (together) {
                String name = projections[0].weight(layer);
                return List.of(new Fused(name, weights(projections), biases(projections), null, quantized > 0, null));
            }
            List<Fused> single = new ArrayList<>();
            for (Projection projection : projections) {
                String name = projection.weight(layer);
                NDArray weight = weights(projection);
                NDArray subLn = normed ? leaves.leaf(projection.subLn(layer, shape().subLn())) : null;
                boolean biased = rounds(name) && decoder.quantization().deadZoneBias();
                NDArray deadZoneBias = biased ? leaves.deadZoneBias(name, StraightThrough.deadZone(weight, leaves.manager())) : null;
                single.add(new Fused(name, weight, biases(projection), subLn, decoder.quantizes(name), deadZoneBias));
            }
            return single;
        }

        private boolean rounds(String name) {
            return decoder.mode() == LinearMode.TERNARY && decoder.quantizes(name);
        }

        private NDArray weights(Projection... projections) {
            List<String> names = Arrays.stream(projections).map(projection -> projection.weight(layer)).toList();
            NDArray weight = rounds(names.getFirst()) ? rounded(names) : exact(names);
            if (!halves || leaves.training()) {
                return weight;
            }
            try (weight) {
                return Bfloat16.rounded(weight, leaves.manager());
            }
        }

        private NDArray biases(Projection... projections) {
            if (!projections[0].hasBias(shape().family())) {
                return null;
            }
            Map<String, NDArray> biases = new LinkedHashMap<>();
            for (Projection projection : projections) {
                biases.put(projection.bias(layer), decoder.read(projection.bias(layer), leaves.manager()));
            }
            return leaves.stacked(biases);
        }

        private NDArray exact(List<String> names) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            names.forEach(name -> weights.put(name, decoder.read(name, leaves.manager())));
            return leaves.stacked(weights);
        }

        /// What is evaluated is to the last bit what is shipped.
        private NDArray rounded(List<String> names) {
            List<NDArray> latent = names.stream().map(decoder::parameter).toList();
            TernaryQuantizer quantizer = TernaryQuantizer.of(decoder.quantization());
            return leaves.of(names, leaves.training()
                    ? StraightThrough.ternary(latent, quantizer, leaves.manager())
                    : StraightThrough.asShipped(latent, quantizer, leaves.manager()));
        }
    }
}
