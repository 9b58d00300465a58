package org.bitdistillery.event;

import java.util.List;

/// A tensor of an exported file.
///
/// @param shape outermost dimension first
/// @param type  as the file's format calls it
public record ExportedTensor(String name, List<Long> shape, String type, long bytes) {}
