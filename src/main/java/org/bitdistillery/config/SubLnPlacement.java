package org.bitdistillery.config;

/// Where stage 1 puts RMSNorm in front of quantized projections (BitDistill, eq. 4-5).
public enum SubLnPlacement {
    /// Nowhere: the ablation.
    OFF,
    /// In front of the attention output projection and the FFN down projection, as the paper prints it.
    PAPER,
    /// In front of each of the seven projections, as the authors' shipped configurations have it.
    ALL
}
