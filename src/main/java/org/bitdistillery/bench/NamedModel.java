package org.bitdistillery.bench;

import java.nio.file.Path;

/// A model folder under the name that results give it, for example `fp16` or `student`.
public record NamedModel(String name, Path folder) {}
