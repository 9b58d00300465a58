package org.bitdistillery.inference;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a packed file says about its model beside shape and weights.
///
/// @param promptTemplate how a text becomes a prompt, with the places that a task's prompt has; null where there is no task
/// @param labels         answers of a classification, in the order of their indices; empty where there is none
/// @param provenance     where the model comes from, free text by free key
public record PackedMetadata(String promptTemplate, List<String> labels, Map<String, String> provenance) {

    public static final PackedMetadata NONE = new PackedMetadata(null, List.of(), Map.of());

    public PackedMetadata {
        labels = List.copyOf(labels);
        // In order, so that the same export is the same file.
        provenance = Collections.unmodifiableMap(new TreeMap<>(provenance));
    }
}
