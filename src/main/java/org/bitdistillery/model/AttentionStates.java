package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/// Queries, keys and values of one layer, as attention uses them: after the rotary embedding.
///
/// @param query [B, H, T, d]
/// @param key   [B, Hkv, T, d]
/// @param value [B, Hkv, T, d]
public record AttentionStates(NDArray query, NDArray key, NDArray value) {

    List<NDArray> parts() {
        return List.of(query, key, value);
    }

    /// Hands all three to another owner.
    public void attach(NDManager owner) {
        query.attach(owner);
        key.attach(owner);
        value.attach(owner);
    }
}
