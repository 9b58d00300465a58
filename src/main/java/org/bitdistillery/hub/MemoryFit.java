package org.bitdistillery.hub;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/// Whether a model fits the memory of a machine: to answer with, and to be distilled.
///
/// @param inferenceBytes what the CPU engine holds: weights as it keeps them and the keys and values of 1,024 tokens
/// @param trainingBytes  what stage 3 with the default settings holds at its peak; 0 where it cannot be told
/// @param savingBytes    the same with every setting that saves memory ([org.bitdistillery.config.MemorySaving])
/// @param memoryBytes    physical memory of the machine
public record MemoryFit(long inferenceBytes, long trainingBytes, long savingBytes, long memoryBytes) {

    /// How much of the memory a model may take before the machine begins to swap.
    private static final double COMFORTABLE = 0.8;

    private static final long ENGINE_BYTES = 300L << 20;
    private static final int CONTEXT = 1024;

    /// What holds of a model on this machine, from the most to the least.
    public enum Verdict {
        TRAINS("Trains here"),
        TRAINS_TIGHTLY("Trains, tight"),
        TRAINS_SAVING("Trains, saving"),
        RUNS("Runs only"),
        TOO_LARGE("Too large");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// The engine keeps F16 weights, packed ones as they are.
    ///
    /// @return null where the facts do not tell enough
    static MemoryFit of(ModelFacts facts, DistillNeed training, long memoryBytes) {
        if (facts.parameters() == null || memoryBytes <= 0) {
            return null;
        }
        long cache = facts.layers() == null || facts.keyValueWidth() == null ? 0
                : 4L * CONTEXT * facts.layers() * facts.keyValueWidth();
        boolean packed = facts.kind() == ModelFacts.Kind.PACKED_STUDENT && facts.weightBytes() != null;
        long weights = packed ? facts.weightBytes() : 2 * facts.parameters();
        return new MemoryFit(ENGINE_BYTES + weights + cache, training.bytes(), training.savingBytes(), memoryBytes);
    }

    @JsonProperty
    public Verdict verdict() {
        if (trains() && trainingBytes <= COMFORTABLE * memoryBytes) {
            return Verdict.TRAINS;
        }
        if (trains() && trainingBytes <= memoryBytes) {
            return Verdict.TRAINS_TIGHTLY;
        }
        if (needsSavings()) {
            return Verdict.TRAINS_SAVING;
        }
        return inferenceBytes <= COMFORTABLE * memoryBytes ? Verdict.RUNS : Verdict.TOO_LARGE;
    }

    /// Whether it is known what distillation takes.
    @JsonIgnore
    public boolean trains() {
        return trainingBytes > 0;
    }

    /// Whether it is distilled here with settings that save memory, and not without them.
    @JsonIgnore
    public boolean needsSavings() {
        return trains() && trainingBytes > memoryBytes && savingBytes <= COMFORTABLE * memoryBytes;
    }
}
