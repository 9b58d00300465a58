package org.bitdistillery.config;

import java.util.List;

/// Plain text for pre-training.
public record Corpus(
        @Setting(label = "Text", help = "Starter is made by BitDistillery itself; files are yours.") DataSource source,
        @Setting(label = "Text files", help = "Plain text, UTF-8.", path = Setting.PathKind.FILE) List<String> files) {

    public static final Corpus DEFAULTS = new Corpus(DataSource.STARTER, List.of());
}
