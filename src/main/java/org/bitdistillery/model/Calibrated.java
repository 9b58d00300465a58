package org.bitdistillery.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.quant.Awq;
import org.bitdistillery.quant.Gptq;
import org.bitdistillery.quant.TernaryQuantizer;
import org.bitdistillery.quant.TritPlanes;

/// Conversions of a full-precision decoder that look at activations (GPTQ, AWQ) or only at weights (absmean, PTQTP): as
/// training-free students, and as beginnings for training.
public final class Calibrated {

    /// Projections that read the same input, the first of which the input goes by.
    private static final List<List<Projection>> INPUTS = List.of(
            List.of(Projection.QUERY, Projection.KEY, Projection.VALUE), List.of(Projection.OUTPUT),
            List.of(Projection.GATE, Projection.UP), List.of(Projection.DOWN));

    public enum Method { ABSMEAN, GPTQ, AWQ, PTQTP }

    private final Decoder working;
    private final Quantization quantization;
    private final TernaryQuantizer quantizer;
    private final List<int[]> sequences;

    private Calibrated(Decoder working, Quantization quantization, List<int[]> sequences) {
        this.working = working;
        this.quantization = quantization;
        this.quantizer = TernaryQuantizer.of(quantization);
        this.sequences = sequences;
    }

    /// Rounds a decoder without any training: "round it and see".
    ///
    /// @param sequences calibration tokens; GPTQ and AWQ need some
    /// @return a decoder whose weights are rounded already and whose activations are as `quantization` says
    public static Decoder convert(Decoder fullPrecision, Method method, Quantization quantization, List<int[]> sequences) {
        try (Decoder working = Subln.fullPrecision(fullPrecision)) {
            Calibrated calibrated = new Calibrated(working, quantization, sequences);
            switch (method) {
                case ABSMEAN -> calibrated.round();
                case GPTQ -> calibrated.compensate(true);
                case AWQ -> {
                    calibrated.scaleChannels();
                    calibrated.round();
                }
                case PTQTP -> calibrated.splitIntoPlanes();
            }
            return working.copy(working.architecture(), LinearMode.TERNARY_FROZEN, quantization);
        }
    }

    /// Latent weights to begin training with; without calibration the very arrays of `fullPrecision`, which has to outlive them.
    /// GPTQ's have the codes that it found, under the scales that it used; AWQ's compute the same function as before.
    public static Decoder initialize(Decoder fullPrecision, Quantization quantization, List<int[]> sequences) {
        if (quantization.initialization() == Quantization.Initialization.NONE) {
            return fullPrecision.view(fullPrecision.architecture(), LinearMode.FULL, Quantization.DEFAULTS);
        }
        Decoder working = Subln.fullPrecision(fullPrecision);
        Calibrated calibrated = new Calibrated(working, quantization, sequences);
        switch (quantization.initialization()) {
            case NONE -> { }
            case GPTQ -> calibrated.compensate(false);
            case AWQ -> calibrated.scaleChannels();
        }
        return working;
    }

    private void round() {
        forEachProjection((name, columns) -> quantizer.dequantized(working.floats(name), columns));
    }

    private void splitIntoPlanes() {
        forEachProjection((name, columns) -> TritPlanes.approximate(working.floats(name), columns));
    }

    @FunctionalInterface
    private interface Conversion {
        float[] of(String name, int columns);
    }

    private void forEachProjection(Conversion conversion) {
        for (int layer = 0; layer < working.architecture().layers(); layer++) {
            for (Projection projection : Projection.values()) {
                String name = projection.weight(layer);
                if (quantization.covers(name)) {
                    Torch.overwrite(working.parameter(name), conversion.of(name, projection.inputs(working.architecture())));
                }
            }
        }
    }

    /// GPTQ, layer by layer, each seeing what the converted layers before it give.
    ///
    /// @param rounded whether the layers keep the rounded weights, or the latent ones in the end
    private void compensate(boolean rounded) {
        List<Latent> latents = new ArrayList<>();
        for (int layer = 0; layer < working.architecture().layers(); layer++) {
            Map<String, InputMoments> moments = momentsOf(layer);
            for (List<Projection> group : INPUTS) {
                InputMoments input = moments.get(group.getFirst().weight(layer));
                for (Projection projection : group) {
                    String name = projection.weight(layer);
                    if (quantization.covers(name)) {
                        Gptq.Result result = Gptq.quantize(working.floats(name), input.columns(), input.gram(), quantizer);
                        Torch.overwrite(working.parameter(name), result.dequantized());
                        latents.add(new Latent(name, result.latent()));
                    }
                }
            }
        }
        if (!rounded) {
            latents.forEach(latent -> Torch.overwrite(working.parameter(latent.name()), latent.weights()));
        }
    }

    private record Latent(String name, float[] weights) {}

    /// AWQ: scales input channels up and what produces them down, layer by layer.
    private void scaleChannels() {
        Architecture shape = working.architecture();
        for (int layer = 0; layer < shape.layers(); layer++) {
            Map<String, InputMoments> moments = momentsOf(layer);
            for (List<Projection> group : INPUTS) {
                if (isCovered(layer, group)) {
                    scaleInput(layer, group, moments.get(group.getFirst().weight(layer)));
                }
            }
        }
    }

    private boolean isCovered(int layer, List<Projection> group) {
        return group.stream().allMatch(projection -> quantization.covers(projection.weight(layer)));
    }

    private void scaleInput(int layer, List<Projection> group, InputMoments input) {
        Architecture shape = working.architecture();
        boolean sharedHeads = group.getFirst() == Projection.OUTPUT && !Projection.OUTPUT.hasSubLn(shape.subLn());
        double[] meanAbs = sharedHeads ? overGroups(input.meanAbs(), shape) : input.meanAbs();
        List<float[]> matrices = group.stream().map(projection -> working.floats(projection.weight(layer))).toList();
        Awq.Choice choice = Awq.choose(matrices, input.columns(), input.gram(), meanAbs, quantizer);
        for (int i = 0; i < group.size(); i++) {
            String name = group.get(i).weight(layer);
            Torch.overwrite(working.parameter(name), Awq.scaled(matrices.get(i), input.columns(), choice.scales()));
        }
        scaleDown(layer, group, choice.scales());
    }

    /// Divides what produces the input by the scales, so that the function stays the same.
    private void scaleDown(int layer, List<Projection> group, float[] scales) {
        Architecture shape = working.architecture();
        if (group.getFirst().hasSubLn(shape.subLn())) {
            group.forEach(projection -> divideRows(projection.subLn(layer, shape.subLn()), 1, scales));
            return;
        }
        switch (group.getFirst()) {
            case QUERY -> divideGain(BlockNorm.INPUT.weight(layer, shape.family()), scales);
            case GATE -> divideGain(BlockNorm.FEED_FORWARD.weight(layer, shape.family()), scales);
            case DOWN -> divideRows(Projection.UP.weight(layer), shape.hiddenSize(), scales);
            case OUTPUT -> {
                float[] ofKeyHeads = ofKeyHeads(scales, shape);
                divideRows(Projection.VALUE.weight(layer), shape.hiddenSize(), ofKeyHeads);
                if (Projection.VALUE.hasBias(shape.family())) {
                    divideRows(Projection.VALUE.bias(layer), 1, ofKeyHeads);
                }
            }
            default -> throw new IllegalStateException(group.toString());
        }
    }

    private void divideGain(String name, float[] scales) {
        float offset = working.architecture().family().hasOffsetGains() ? 1 : 0;
        float[] weights = working.floats(name);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (weights[i] + offset) / scales[i] - offset;
        }
        Torch.overwrite(working.parameter(name), weights);
    }

    private void divideRows(String name, int columns, float[] scales) {
        float[] weights = working.floats(name);
        if (weights.length != columns * scales.length) {
            throw new InvalidInput(name + " has " + weights.length + " weights where " + columns * scales.length + " were expected.");
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= scales[i / columns];
        }
        Torch.overwrite(working.parameter(name), weights);
    }

    /// Query heads of one group read the same values: their channels get one common mean.
    private static double[] overGroups(double[] meanAbs, Architecture shape) {
        int dim = shape.headDim();
        int group = shape.heads() / shape.keyValueHeads();
        double[] common = new double[meanAbs.length];
        for (int channel = 0; channel < meanAbs.length; channel++) {
            int head = channel / dim;
            int firstHead = head / group * group;
            double sum = 0;
            for (int other = firstHead; other < firstHead + group; other++) {
                sum += meanAbs[other * dim + channel % dim];
            }
            common[channel] = sum / group;
        }
        return common;
    }

    private static float[] ofKeyHeads(float[] scales, Architecture shape) {
        int dim = shape.headDim();
        int group = shape.heads() / shape.keyValueHeads();
        float[] result = new float[shape.keyValueHeads() * dim];
        for (int channel = 0; channel < result.length; channel++) {
            result[channel] = scales[channel / dim * group * dim + channel % dim];
        }
        return result;
    }

    private Map<String, InputMoments> momentsOf(int layer) {
        if (sequences.isEmpty()) {
            throw new InvalidInput("GPTQ and AWQ need calibration rows, and there are none. Raise quantization.calibrationSequences.");
        }
        String prefix = "model.layers." + layer + ".";
        return InputMoments.collect(working, sequences, name -> name.startsWith(prefix));
    }
}
