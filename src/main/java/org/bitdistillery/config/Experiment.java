package org.bitdistillery.config;

/// One experiment: a teacher, a task and the stages between them. The whole configuration file.
///
/// Values that a file leaves out are those of [#DEFAULTS], which follow the paper where it says something and the
/// authors' code otherwise (Wu et al., BitNet Distillation, arXiv 2510.13998).
public record Experiment(
        @Setting(label = "Schema version", min = 1, max = SCHEMA_VERSION, advanced = true) int schemaVersion,
        @Setting(label = "Name", help = "Names the run's folder.") String name,
        @Setting(label = "Seed", help = "Two runs with the same seed give the same losses.", min = 0) long seed,
        @Setting(label = "Compute") Compute compute,
        @Setting(label = "Telemetry and checkpoints") Telemetry telemetry,
        @Setting(label = "Task") Task task,
        @Setting(label = "Teacher") TeacherStage teacher,
        @Setting(label = "Fine-tuning (FP16-SFT)") FinetuneStage finetune,
        @Setting(label = "Quantization") Quantization quantization,
        @Setting(label = "SubLN") SublnStage subln,
        @Setting(label = "Continued pre-training") PretrainStage pretrain,
        @Setting(label = "Distillation") DistillStage distill,
        @Setting(label = "BitNet-SFT baseline") BaselineStage baseline,
        @Setting(label = "Evaluation") EvaluateStage evaluate,
        @Setting(label = "Benchmark") BenchmarkStage benchmark,
        @Setting(label = "Export") ExportStage export) {

    public static final int SCHEMA_VERSION = 1;

    public static final Experiment DEFAULTS = new Experiment(
            SCHEMA_VERSION, "experiment", 1, Compute.DEFAULTS, Telemetry.DEFAULTS, Task.DEFAULTS, TeacherStage.DEFAULTS,
            FinetuneStage.DEFAULTS, Quantization.DEFAULTS, SublnStage.DEFAULTS, PretrainStage.DEFAULTS, DistillStage.DEFAULTS, BaselineStage.DEFAULTS,
            EvaluateStage.DEFAULTS, BenchmarkStage.DEFAULTS, ExportStage.DEFAULTS);
}
