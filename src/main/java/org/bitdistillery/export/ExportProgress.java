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
            private int next;
            private String last = "";

            @Override
            public void at(String doing, double fraction) {
                int done = (int) (100 * fraction);
                if (done >= next || !doing.equals(last)) {
                    next = done + percent;
                    last = doing;
                    listener.at(doing, fraction);
                }
            }
        };
    }
}
