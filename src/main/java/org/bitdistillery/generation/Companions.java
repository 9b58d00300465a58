package org.bitdistillery.generation;

import java.nio.file.Path;
import java.util.Optional;
import org.bitdistillery.data.ChatTemplate;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.export.ModelCompanions;

/// What makes text of a model's tokens.
record Companions(TextTokenizer tokenizer, Optional<ChatTemplate> template) {

    /// @param model folder, packed file or GGUF file
    static Companions of(Path model) {
        return ModelCompanions.read(model, folder -> {
            Optional<ChatTemplate> template = ChatTemplate.of(folder);
            return new Companions(TextTokenizer.load(folder), template);
        });
    }
}
