package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.train.MemoryEstimate;

/// Memory that the largest training stage of an experiment takes, estimated from shapes.
///
/// What the numbers are counted from stands at [MemoryEstimate].
///
/// @param stage the stage that needs the most
record MemoryNeed(String stage, List<Part> parts) {

    record Part(String name, long bytes) {}

    long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /// @param student       shape of the model that is trained
    /// @param teacher       shape of the model that stage 3 learns from
    /// @param longestRow    tokens of the longest task row
    static MemoryNeed of(Experiment experiment, Architecture student, Architecture teacher, int longestRow) {
        Architecture placed = student.withSubLn(experiment.subln().placement());
        long frozen = experiment.compute().frozenEmbeddings() ? Float.BYTES * student.embeddingParameters() : 0;
        List<MemoryNeed> stages = new ArrayList<>();
        stages.add(new MemoryNeed("nothing", List.of(new Part("program", MemoryEstimate.PROGRAM))));
        if (experiment.teacher().tokens() > 0) {
            stages.add(training("teacher", student, null, null, false, experiment.teacher().optimization(), experiment.teacher().sequenceLength()));
        }
        if (experiment.finetune().enabled()) {
            stages.add(training("finetune", student, null, null, false, experiment.finetune().optimization(), longestRow));
        }
        if (experiment.pretrain().enabled()) {
            stages.add(training("pretrain", placed, null, null, true, experiment.pretrain().optimization(), experiment.pretrain().sequenceLength())
                    .without(frozen));
        }
        if (experiment.distill().enabled()) {
            stages.add(training("distill", placed, experiment.distill(), teacher, true, experiment.distill().optimization(), longestRow)
                    .without(frozen));
        }
        if (experiment.baseline().enabled()) {
            stages.add(training("baseline", student, null, null, true, experiment.baseline().optimization(), longestRow)
                    .without(frozen));
        }
        return stages.stream().max(Comparator.comparingLong(MemoryNeed::bytes)).orElseThrow();
    }

    /// Frozen weights have neither gradients nor moments.
    private MemoryNeed without(long frozenBytes) {
        return new MemoryNeed(stage, parts.stream().map(part -> switch (part.name) {
            case "gradients" -> new Part(part.name, part.bytes - frozenBytes);
            case "optimizer" -> new Part(part.name, part.bytes - 2 * frozenBytes);
            default -> part;
        }).toList());
    }

    private static MemoryNeed training(
            String stage, Architecture student, DistillStage config, Architecture teacher, boolean ternary, Optimization optimization,
            int length) {
        MemoryEstimate need = MemoryEstimate.of(
                new MemoryEstimate.Training(student, ternary, optimization.batchSize(), length), config, teacher);
        List<Part> parts = new ArrayList<>(List.of(
                new Part("program", MemoryEstimate.PROGRAM), new Part("weights", need.weights()), new Part("gradients", need.gradients()),
                new Part("optimizer", need.optimizer()), new Part("rounded copies", need.graph()),
                new Part("activations", need.activations()), new Part("logits", need.logits())));
        if (teacher != null) {
            parts.add(new Part("relations", need.relations()));
            parts.add(new Part("teacher", need.teacher()));
        }
        return new MemoryNeed(stage, List.copyOf(parts));
    }

    static long parameters(Architecture shape) {
        return ParameterSpec.of(shape).stream().mapToLong(ParameterSpec::elements).sum();
    }
}
