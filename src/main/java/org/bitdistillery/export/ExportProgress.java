package org.bitdistillery.export;

/// Hears how far an export is; what it throws ends the export and leaves nothing behind.
@FunctionalInterface
public interface ExportProgress {

    /// @param doing    for people, for example `Writing student.gguf`
    /// @param fraction of the whole export that is done, 0..1
    void at(String doing, double fraction);
}
