package org.bitdistillery.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The tokens that begin, end and fill up a model's sequences, by all files of its folder that say something about them.
///
/// `config.json` names ids; whether sequences really begin with one is the tokenizer's word, as transformers has it:
/// `add_bos_token` in `tokenizer_config.json`, else the post-processor of `tokenizer.json`. Qwen names a beginning and never
/// uses it. Ends are those of `config.json`, of `generation_config.json` and the tokenizer's own.
///
/// @param bos  token in front of every sequence, or -1
/// @param ends tokens that end one, the usual one first
/// @param pad  token that fills one up, or -1
public record SpecialTokens(int bos, List<Integer> ends, int pad) {

    public SpecialTokens {
        ends = List.copyOf(ends);
    }

    /// @throws InvalidInput where one of the files is damaged or names an id that the vocabulary does not have
    public static SpecialTokens read(Path folder) {
        JsonFields config = new JsonFields(ConfigJson.readTree(folder), folder.resolve(ConfigJson.FILE), "");
        return read(folder, config, ConfigJson.read(folder).vocabularySize());
    }

    static SpecialTokens read(Path folder, JsonFields config, int vocabulary) {
        TokenFiles files = new TokenFiles(folder);
        Set<Integer> ends = new LinkedHashSet<>(config.tokens("eos_token_id", vocabulary));
        ends.addAll(files.generation().tokens("eos_token_id", vocabulary));
        add(ends, files.id("eos_token"), vocabulary);
        return new SpecialTokens(bos(files, config, vocabulary), List.copyOf(ends), pad(files, config, vocabulary));
    }

    private static int bos(TokenFiles files, JsonFields config, int vocabulary) {
        List<Integer> named = new ArrayList<>();
        add(named, files.beginning().isEmpty() ? files.id("bos_token") : files.idOf(files.beginning()), vocabulary);
        named.addAll(config.tokens("bos_token_id", vocabulary));
        return named.isEmpty() || !files.beginsSequences() ? -1 : named.getFirst();
    }

    private static int pad(TokenFiles files, JsonFields config, int vocabulary) {
        List<Integer> named = new ArrayList<>();
        add(named, files.id("pad_token"), vocabulary);
        named.addAll(files.generation().tokens("pad_token_id", vocabulary));
        named.addAll(config.tokens("pad_token_id", vocabulary));
        return named.isEmpty() ? -1 : named.getFirst();
    }

    private static void add(Collection<Integer> ids, int id, int vocabulary) {
        if (id >= 0 && id < vocabulary) {
            ids.add(id);
        }
    }

    /// A token's text where a file names it as text or as an object with a `content`; empty where it is null or missing.
    static String text(JsonNode token) {
        return token.isObject() ? token.path("content").asString("") : token.asString("");
    }
}
