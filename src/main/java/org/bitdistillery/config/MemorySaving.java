package org.bitdistillery.config;

import java.util.function.UnaryOperator;
import org.bitdistillery.config.Compute.Precision;

/// Settings that make training take less memory, the one that costs least first.
public enum MemorySaving {
    COMPACT_TEACHER("compute.compactTeacher", "true", Compute::withCompactTeacher),
    BFLOAT16_STATE("compute.optimizerState", "bfloat16", compute -> compute.withOptimizerState(Precision.BFLOAT16)),
    RECOMPUTED_ACTIVATIONS("compute.recomputeActivations", "true", Compute::withRecomputedActivations),
    FROZEN_EMBEDDINGS("compute.frozenEmbeddings", "true", Compute::withFrozenEmbeddings);

    private final String field;
    private final String value;
    private final UnaryOperator<Compute> change;

    MemorySaving(String field, String value, UnaryOperator<Compute> change) {
        this.field = field;
        this.value = value;
        this.change = change;
    }

    public String field() {
        return field;
    }

    /// `field=value`, as `--set` takes it.
    public String assignment() {
        return field + "=" + value;
    }

    public Compute in(Compute compute) {
        return change.apply(compute);
    }
}
