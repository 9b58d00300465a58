package org.bitdistillery.hub;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/// What a model folder holds, as far as its small files and the headers of its weights tell. What they do not tell is null.
///
/// @param family      `model_type` of `config.json`
/// @param parameters  weights, four to a byte where they are packed; a tied output head counts once
/// @param weightBytes size of the weight files
/// @param folderBytes size of everything in the folder
/// @param types       element types of the weights, the one with the most bytes first
/// @param context     longest sequence in tokens
/// @param keyValueWidth floats that one layer remembers of a token: keys and values of all heads
/// @param license     as the model card or the license file names it
/// @param problem     one sentence on why this program cannot use the model, or null
public record ModelFacts(
        String family, Kind kind, Long parameters, Long weightBytes, Long folderBytes, List<String> types, Integer vocabulary,
        Integer layers, Integer hiddenSize, Integer feedForwardSize, Integer context, Integer keyValueWidth, String license,
        String problem) {

    public enum Kind {
        FULL_PRECISION("full precision"),
        LATENT_STUDENT("student, latent ternary weights"),
        PACKED_STUDENT("student, packed ternary weights"),
        QUANTIZED("quantized elsewhere"),
        UNKNOWN("unknown");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// A folder that holds no model at all.
    static ModelFacts nothing(String problem) {
        return new ModelFacts(null, Kind.UNKNOWN, null, null, null, List.of(), null, null, null, null, null, null, null, problem);
    }

    @JsonIgnore
    public boolean isUsable() {
        return problem == null;
    }

    /// Whether a student can be made from it.
    @JsonProperty
    public boolean canTeach() {
        return isUsable() && kind == Kind.FULL_PRECISION;
    }

    /// `1.7B`, `596M`, `260K`: as model names count.
    @JsonIgnore
    public String size() {
        if (parameters == null) {
            return "";
        }
        double count = parameters;
        return count >= 1e9 ? format(count / 1e9) + "B" : count >= 1e6 ? format(count / 1e6) + "M" : format(count / 1e3) + "K";
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
    }
}
