package org.bitdistillery.export;

/// Hears how far an export is; what it throws ends the export and leaves nothing behind.
@FunctionalInterface
public interface ExportProgress {

    /// @param doing    for people, for example `Writing student.gguf`
    /// @param fraction of the whole export that is done, 0..1
    void at(String doing, double fraction);

    /// The same for one who wants to hear of each new thing that is done, and else no more often than by so many percent.
    static ExportProgress every(int percent, ExportProgress listener) {
        return new ExportProgress() {
            private double next;
            private String last = "";

            @Override
            public void at(String doing, double fraction) {
                if (fraction >= next || !doing.equals(last)) {
                    next = fraction + percent / 100.0;
                    last = doing;
                    listener.at(doing, fraction);
                }
            }
        };
    }
}
