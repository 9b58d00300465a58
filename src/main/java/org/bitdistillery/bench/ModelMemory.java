package org.bitdistillery.bench;

import java.util.Map;

/// The bytes of a model, told twice: all of them, and as papers print them, without embedding and output head. -1 is unknown.
///
/// @param weightBytes                  resident weights, everything counted
/// @param weightBytesWithoutEmbeddings the blocks' projections with their scales and norms
/// @param fileBytes                    weight files, everything counted
/// @param fileBytesWithoutEmbeddings   the same less embedding and output head
/// @param tensors                      bytes in the weight files by group, see [TensorGroups]
public record ModelMemory(
        long weightBytes, long weightBytesWithoutEmbeddings, long fileBytes, long fileBytesWithoutEmbeddings, Map<String, Long> tensors) {}
