package org.bitdistillery.ui.export;

import java.util.List;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.ExportedTensor;

/// An export that stands under its final name.
public record Exported(ExportSummary summary, List<ExportedTensor> tensors) {}
