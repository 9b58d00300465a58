package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Torch;

/// Mean over the rows of a forward pass of the largest |x| in front of each projection: the scale of its INT8 activations.
/// Rows of padding count, too.
final class ActivationScales implements DecoderGraph.Observer {

    /// Projections that read the input of another one, which goes by that one's name.
    private static final Map<String, List<String>> SHARED = Map.of(
            "q_proj", List.of("k_proj", "v_proj"), "gate_proj", List.of("up_proj"));

    private final Map<String, List<Double>> seen = new LinkedHashMap<>();

    @Override
    public void input(String name, NDArray input) {
        try (NDArray values = input.stopGradient(); NDArray sizes = values.abs(); NDArray largest = sizes.max(new int[] {1});
                NDArray mean = largest.mean()) {
            seen.computeIfAbsent(name, _ -> new ArrayList<>()).add((double) Torch.floats(mean)[0]);
        }
    }

    /// By name of the weight.
    Map<String, Double> byProjection() {
        Map<String, Double> scales = new LinkedHashMap<>();
        seen.forEach((name, values) -> scales.put(name, values.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
        seen.forEach((name, _) -> SHARED.forEach((first, others) -> {
            if (name.contains(first)) {
                others.forEach(other -> scales.putIfAbsent(name.replace(first, other), scales.get(name)));
            }
        }));
        return scales;
    }
}
