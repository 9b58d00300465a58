package org.bitdistillery.model;

import org.bitdistillery.config.SubLnPlacement;

/// Tiny architectures for tests.
public final class Shapes {

    private Shapes() {
    }

    /// Two layers, four query heads on two key heads.
    public static Architecture tiny(SubLnPlacement subLn) {
        return Architecture.llama(40, 16, 2, 4, 2, 4, 24, 64, 1e-5, 10_000, true, subLn, 1, 2);
    }

    public static Architecture untied(SubLnPlacement subLn) {
        return Architecture.llama(40, 16, 2, 4, 4, 6, 24, 64, 1e-6, 500, false, subLn, 1, -1);
    }
}
