package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bitdistillery.config.Compute;
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
        boolean sameEmbeddings = experiment.distill().teacher().isBlank() && !experiment.finetune().enabled();
        List<MemoryNeed> stages = new ArrayList<>();
        stages.add(new MemoryNeed("nothing", List.of(program(student))));
        Trainings trainings = new Trainings(experiment.compute());
        if (experiment.teacher().tokens() > 0) {
            stages.add(trainings.of("teacher", student, false, experiment.teacher().optimization(), experiment.teacher().sequenceLength()));
        }
        if (experiment.finetune().enabled()) {
            stages.add(trainings.of("finetune", student, false, experiment.finetune().optimization(), longestRow));
        }
        if (experiment.pretrain().enabled()) {
            stages.add(trainings.of("pretrain", placed, true, experiment.pretrain().optimization(), experiment.pretrain().sequenceLength()));
        }
        if (experiment.distill().enabled()) {
            stages.add(trainings.distillation(
                    placed, experiment.distill(), new MemoryEstimate.Teacher(teacher, sameEmbeddings), longestRow));
        }
        if (experiment.baseline().enabled()) {
            stages.add(trainings.of("baseline", student, true, experiment.baseline().optimization(), longestRow));
        }
        return stages.stream().max(Comparator.comparingLong(MemoryNeed::bytes)).orElseThrow();
    }

    private record Trainings(Compute compute) {

        MemoryNeed of(String stage, Architecture shape, boolean ternary, Optimization optimization, int length) {
            return new MemoryNeed(stage, parts(shape, MemoryEstimate.of(
                    new MemoryEstimate.Training(shape, ternary, optimization.batchSize(), length, compute))));
        }

        MemoryNeed distillation(Architecture shape, DistillStage config, MemoryEstimate.Teacher teacher, int length) {
            MemoryEstimate need = MemoryEstimate.of(
                    new MemoryEstimate.Training(shape, true, config.optimization().batchSize(), length, compute), config, teacher);
            List<Part> parts = new ArrayList<>(parts(shape, need));
            parts.add(new Part("relations", need.relations()));
            parts.add(new Part("teacher", need.teacher()));
            return new MemoryNeed("distill", List.copyOf(parts));
        }

        private static List<Part> parts(Architecture shape, MemoryEstimate need) {
            return List.of(
                    program(shape), new Part("weights", need.weights()), new Part("gradients", need.gradients()),
                    new Part("optimizer", need.optimizer()), new Part("rounded copies", need.graph()),
                    new Part("activations", need.activations()), new Part("logits", need.logits()));
        }
    }

    /// With the tokenizer, which a large vocabulary makes large.
    private static Part program(Architecture shape) {
        return new Part("program", MemoryEstimate.PROGRAM + MemoryEstimate.tokenizer(shape));
    }

    static long parameters(Architecture shape) {
        return ParameterSpec.of(shape).stream().mapToLong(ParameterSpec::elements).sum();
    }
}
