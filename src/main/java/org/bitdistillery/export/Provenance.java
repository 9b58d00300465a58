package org.bitdistillery.export;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where a student comes from.
///
/// @param base       the model that it was made of, as the configuration names it
/// @param license    of that model as its own files name it, or empty where they do not
/// @param dataHashes SHA-256 of the files that the run read, by name
public record Provenance(String base, String license, Map<String, String> dataHashes) {

    /// Parts of license names that restrict what may be done with a model made of another one.
    private static final List<String> RESTRICTING = List.of("-nd", "-nc", "non-commercial", "noncommercial", "no-derivatives", "llama", "gemma",
            "openrail", "rail", "gpl", "-sa", "qwen-research", "research", "other");

    public static Provenance unknown() {
        return new Provenance("", "", Map.of());
    }

    /// What the user has to know about the license, or nothing where it lets students be passed on.
    public Optional<String> warning() {
        if (license.isEmpty()) {
            return Optional.of("The base model's files name no license: find out under which terms a student of it may be passed on.");
        }
        String lower = license.toLowerCase(Locale.ROOT);
        if (lower.contains("-nd") || lower.contains("no-derivatives")) {
            return Optional.of("The base model's license, " + license + ", forbids to pass on models made of it: keep this student to yourself.");
        }
        return RESTRICTING.stream().anyMatch(lower::contains)
                ? Optional.of("The base model's license, " + license
                        + ", sets conditions for models made of it: read it before you pass this student on.")
                : Optional.empty();
    }
}
