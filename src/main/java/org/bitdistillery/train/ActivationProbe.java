package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.event.ActivationRms;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Torch;

/// Measures the root mean square of activations in front of quantized projections, without and with the norms of stage 1.
public final class ActivationProbe {

    private static final Pattern NAME = Pattern.compile("model\\.layers\\.(\\d+)\\.(?:self_attn|mlp)\\.(\\w+)\\.weight");
    private static final Map<String, String> SITES = Map.of(
            "q_proj", "query, key, value", "o_proj", "attention output", "gate_proj", "gate, up", "down_proj", "FFN down");

    private ActivationProbe() {}

    /// @param before a student without the norms of stage 1
    /// @param after  the same one with them
    public static List<ActivationRms> compare(Decoder before, Decoder after, Batch batch) {
        Map<String, Double> without = rms(before, batch);
        Map<String, Double> with = rms(after, batch);
        List<ActivationRms> sites = new ArrayList<>();
        without.forEach((name, value) -> {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches() && SITES.containsKey(matcher.group(2)) && with.containsKey(name)) {
                sites.add(new ActivationRms(Integer.parseInt(matcher.group(1)), SITES.get(matcher.group(2)), value, with.get(name)));
            }
        });
        return sites;
    }

    /// By the name of the weight that reads the activations; over the real tokens.
    private static Map<String, Double> rms(Decoder decoder, Batch batch) {
        Map<String, Double> values = new LinkedHashMap<>();
        long[] real = batch.tokenRows();
        DecoderGraph.Observer observer = (name, input) -> {
            try (NDManager scratch = input.getManager().newSubManager()) {
                NDArray rows = Torch.rows(scratch.create(real), input);
                values.put(name, Math.sqrt(Torch.floats(rows.square().mean())[0]));
            }
        };
        try (DecoderGraph graph = decoder.observed(observer); NDManager work = graph.manager().newSubManager()) {
            graph.forward(work, batch.ids());
        }
        return values;
    }
}
