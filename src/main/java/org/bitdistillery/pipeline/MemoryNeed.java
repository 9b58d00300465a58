package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ParameterSpec;

/// Memory that the largest training stage of an experiment takes, estimated from shapes.
///
/// Weights, gradients and both moments of AdamW in float32; of a frozen teacher the weights; activations that the backward
/// pass keeps: per token and block 34 hidden and 3 feed-forward widths (norms, projections, their quantized copies and
/// products), attention scores of all heads; logits and their gradient over the vocabulary.
///
/// @param stage the stage that needs the most
record MemoryNeed(String stage, List<Part> parts) {

    private static final long FLOAT = 4;
    private static final long PROGRAM = 600L << 20;
    private static final int HIDDEN_COPIES = 34;
    private static final int FEED_FORWARD_COPIES = 6;
    private static final int LOGIT_COPIES = 4;

    record Part(String name, long bytes) {}

    long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /// @param student       shape of the model that is trained
    /// @param teacher       shape of the model that stage 3 learns from
    /// @param longestRow    tokens of the longest task row
    static MemoryNeed of(Experiment experiment, Architecture student, Architecture teacher, int longestRow) {
        List<MemoryNeed> stages = new ArrayList<>();
        stages.add(new MemoryNeed("nothing", List.of(new Part("program", PROGRAM))));
        if (experiment.teacher().tokens() > 0) {
            stages.add(training("teacher", student, null, experiment.teacher().optimization(), experiment.teacher().sequenceLength()));
        }
        if (experiment.finetune().enabled()) {
            stages.add(training("finetune", student, null, experiment.finetune().optimization(), longestRow));
        }
        if (experiment.pretrain().enabled()) {
            stages.add(training("pretrain", student, null, experiment.pretrain().optimization(), experiment.pretrain().sequenceLength()));
        }
        if (experiment.distill().enabled()) {
            stages.add(training("distill", student, teacher, experiment.distill().optimization(), longestRow));
        }
        if (experiment.baseline().enabled()) {
            stages.add(training("baseline", student, null, experiment.baseline().optimization(), longestRow));
        }
        return stages.stream().max(java.util.Comparator.comparingLong(MemoryNeed::bytes)).orElseThrow();
    }

    private static MemoryNeed training(String stage, Architecture student, Architecture teacher, Optimization optimization, int length) {
        long weights = FLOAT * parameters(student);
        long tokens = (long) optimization.batchSize() * length;
        List<Part> parts = new ArrayList<>(List.of(
                new Part("program", PROGRAM), new Part("weights", weights), new Part("gradients", weights),
                new Part("optimizer", 2 * weights), new Part("activations", activations(student, tokens, length)),
                new Part("logits", LOGIT_COPIES * FLOAT * tokens * student.vocabularySize())));
        if (teacher != null) {
            parts.add(new Part("teacher", FLOAT * parameters(teacher) + 2 * FLOAT * tokens * teacher.vocabularySize()));
        }
        return new MemoryNeed(stage, List.copyOf(parts));
    }

    private static long activations(Architecture shape, long tokens, int length) {
        long block = (long) HIDDEN_COPIES * shape.hiddenSize() + (long) FEED_FORWARD_COPIES * shape.intermediateSize()
                + 2L * shape.heads() * length;
        return FLOAT * tokens * shape.layers() * block;
    }

    static long parameters(Architecture shape) {
        return ParameterSpec.of(shape).stream().mapToLong(ParameterSpec::elements).sum();
    }
}
