package org.bitdistillery.event;

import java.util.Locale;

/// The steps of a run, in the order in which they happen.
public enum StageId {
    TEACHER("Teacher", "Load or create the base model"),
    FINETUNE("Fine-tuning", "FP16-SFT: the base fine-tuned in full precision, also the teacher"),
    SUBLN("SubLN", "Stage 1: the student, with its additional norms"),
    PRETRAIN("Continued pre-training", "Stage 2: the quantized student on plain text"),
    DISTILL("Distillation", "Stage 3: the student on the task, with the teacher's help"),
    BASELINE("BitNet-SFT baseline", "The base quantized and fine-tuned directly"),
    EVALUATE("Evaluation", "Accuracy and loss, side by side"),
    BENCHMARK("Benchmark", "CPU speed and memory against FP16"),
    EXPORT("Export", "The student as files that run elsewhere");

    private final String title;
    private final String summary;

    StageId(String title, String summary) {
        this.title = title;
        this.summary = summary;
    }

    public String title() {
        return title;
    }

    public String summary() {
        return summary;
    }

    /// Name of this stage's section in the configuration file and of its folders in a run.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
