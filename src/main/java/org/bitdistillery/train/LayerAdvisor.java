package org.bitdistillery.train;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.event.LayerAdvice;
import org.bitdistillery.model.AttentionStates;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Torch;

/// Looks, before stage 3, at how far the student's attention relations are from the teacher's in each layer.
///
/// Recommended is the layer of the later half where they are farthest apart: the paper and the authors' code find one late
/// layer best, and among those the one with the largest distance has most to learn. It is a heuristic
/// (docs/decisions/0009-layer-advisor.md).
public final class LayerAdvisor {

    private LayerAdvisor() {}

    /// @param layers      ascending
    /// @param recommended index of a student's layer, counted from 0
    public record Advice(List<LayerAdvice> layers, int recommended) {}

    /// @param batches a few that the student will be trained on
    public static Advice advise(DistillStage config, Decoder teacher, Decoder student, List<Batch> batches) {
        int studentLayers = student.architecture().layers();
        int teacherLayers = teacher.architecture().layers();
        Map<Integer, Integer> pairs = new TreeMap<>();
        IntStream.range(0, studentLayers).forEach(layer -> pairs.put(layer, Distillation.sameDepth(layer, studentLayers, teacherLayers)));
        double[] sums = new double[studentLayers];
        try (DecoderGraph teacherGraph = teacher.graph(false); DecoderGraph studentGraph = student.graph(false)) {
            for (Batch batch : batches) {
                try (NDManager work = studentGraph.manager().newSubManager(); NDManager scratch = teacherGraph.manager().newSubManager()) {
                    Map<Integer, AttentionStates> theirs =
                            teacherGraph.states(scratch, batch.ids(), Set.copyOf(pairs.values()));
                    Map<Integer, AttentionStates> own = studentGraph.states(work, batch.ids(), pairs.keySet());
                    pairs.forEach((layer, teacherLayer) -> {
                        try (NDManager alone = work.newSubManager()) {
                            own.get(layer).attach(alone);
                            var distance = Distillation.relation(own.get(layer), theirs.get(teacherLayer), batch.lengths(), config);
                            sums[layer] += Torch.floats(distance)[0];
                        }
                    });
                }
            }
        }
        List<LayerAdvice> advice = new ArrayList<>();
        pairs.forEach((layer, teacherLayer) -> advice.add(new LayerAdvice(layer, teacherLayer, sums[layer] / batches.size())));
        return new Advice(advice, recommended(advice));
    }

    /// The layer of the later half with the largest distance.
    static int recommended(List<LayerAdvice> layers) {
        return layers.stream()
                .filter(advice -> advice.layer() >= layers.size() / 2)
                .max(Comparator.comparingDouble(LayerAdvice::distance))
                .orElseThrow().layer();
    }
}
