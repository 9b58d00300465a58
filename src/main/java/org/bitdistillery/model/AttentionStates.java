package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;

/// Queries, keys and values of one layer, as attention uses them: after the rotary embedding.
///
/// @param query [B, H, T, d]
/// @param key   [B, Hkv, T, d]
/// @param value [B, Hkv, T, d]
public record AttentionStates(NDArray query, NDArray key, NDArray value) {}
