package org.bitdistillery.model;

import org.bitdistillery.config.Quantization;
import org.bitdistillery.config.SubLnPlacement;

/// Stage 1 of BitNet Distillation: the student begins as its teacher's base with more norms (BitDistill, eq. 4-5).
public final class Subln {

    private Subln() {
    }

    /// A ternary student: every weight copied from `base`, new gains 1. `OFF` gives the directly quantized model.
    public static Decoder student(Decoder base, SubLnPlacement placement) {
        return student(base, placement, Quantization.DEFAULTS);
    }

    /// The same, rounded as a configuration says.
    public static Decoder student(Decoder base, SubLnPlacement placement, Quantization quantization) {
        return base.copy(base.architecture().withSubLn(placement), LinearMode.TERNARY, quantization);
    }

    /// The same over the arrays of `base`, which has to outlive it: to be looked at and saved, not to be trained.
    public static Decoder view(Decoder base, SubLnPlacement placement, Quantization quantization) {
        return base.view(base.architecture().withSubLn(placement), LinearMode.TERNARY, quantization);
    }

    /// A full-precision copy, for example the one that is fine-tuned into the teacher.
    public static Decoder fullPrecision(Decoder base) {
        return base.copy(base.architecture(), LinearMode.FULL, Quantization.DEFAULTS);
    }
}
