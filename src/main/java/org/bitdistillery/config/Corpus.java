package org.bitdistillery.config;

import java.util.List;

/// Text for pre-training.
public record Corpus(
        @Setting(label = "Text", help = "Starter is made by BitDistillery itself; files are yours.") DataSource source,
        @Setting(
                        label = "Text files",
                        help = "Plain text or tables (JSON lines, Parquet, CSV ...), also .gz and .zst; folders and patterns such as data/*.txt.",
                        path = Setting.PathKind.FILE)
                List<String> files,
        @Setting(label = "Text column", help = "Of files that are tables.", advanced = true) String textColumn,
        @Setting(label = "Bad rows", help = "Of all tables together that may be left out.", unit = "rows", min = 0, advanced = true) int badRows,
        @Setting(
                        label = "Token cache",
                        help = "Folder in which tokenized text is kept; empty is the user's cache folder.",
                        path = Setting.PathKind.FOLDER,
                        advanced = true)
                String cache) {

    public static final Corpus DEFAULTS = new Corpus(DataSource.STARTER, List.of(), "text", 0, "");

    /// A corpus of these files, everything else as usual.
    public static Corpus ofFiles(List<String> files) {
        return new Corpus(DataSource.FILES, files, DEFAULTS.textColumn, DEFAULTS.badRows, DEFAULTS.cache);
    }
}
