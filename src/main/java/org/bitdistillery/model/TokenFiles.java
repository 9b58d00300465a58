package org.bitdistillery.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the files beside `config.json` say about tokens; each may be missing. Of `tokenizer.json` only the beginning is read,
/// which stands before its vocabulary.
final class TokenFiles {

    static final String TOKENIZER = "tokenizer.json";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final String GENERATION = "generation_config.json";
    private static final long MAX_BYTES = 64L << 20;

    private final JsonNode settings;
    private final JsonNode names;
    private final JsonFields generation;
    private final Map<String, Integer> added = new HashMap<>();
    private JsonNode processor = JsonNodeFactory.instance.missingNode();

    /// @throws InvalidInput where one of the small files is damaged; `tokenizer.json` is judged by whoever loads it
    TokenFiles(Path folder) {
        settings = read(folder.resolve(TOKENIZER_CONFIG));
        names = read(folder.resolve(SPECIAL_TOKENS));
        generation = new JsonFields(read(folder.resolve(GENERATION)), folder.resolve(GENERATION), "");
        readTokenizer(folder.resolve(TOKENIZER));
        settings.path("added_tokens_decoder").properties().forEach(token -> {
            if (token.getKey().matches("[0-9]{1,9}")) {
                added.put(SpecialTokens.text(token.getValue()), Integer.parseInt(token.getKey()));
            }
        });
    }

    JsonFields generation() {
        return generation;
    }

    /// Whether a sequence begins with a token of its own.
    boolean beginsSequences() {
        JsonNode says = settings.path("add_bos_token");
        if (says.isBoolean()) {
            return says.asBoolean();
        }
        String type = settings.path("tokenizer_class").asString("");
        boolean silent = settings.isEmpty() && (processor.isMissingNode() || processor.isNull());
        return silent || !beginning().isEmpty() || type.startsWith("Llama") || type.startsWith("Gemma");
    }

    /// The token that the post-processor puts in front; empty for none.
    String beginning() {
        return beginning(processor);
    }

    private static String beginning(JsonNode processor) {
        for (JsonNode one : processor.path("processors")) {
            String found = beginning(one);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return processor.path("single").path(0).path("SpecialToken").path("id").asString("");
    }

    /// Id of the token that a role such as `eos_token` has, or -1.
    int id(String role) {
        return idOf(SpecialTokens.text(settings.has(role) ? settings.path(role) : names.path(role)));
    }

    int idOf(String token) {
        return added.getOrDefault(token, -1);
    }

    private void readTokenizer(Path file) {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try (JsonParser parser = JsonMapper.shared().createParser(file)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "added_tokens" -> addTokens(parser.readValueAsTree());
                    case "post_processor" -> processor = parser.readValueAsTree();
                    case "model" -> {
                        if (!processor.isMissingNode()) {
                            return;
                        }
                        parser.skipChildren();
                    }
                    default -> parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            processor = JsonNodeFactory.instance.missingNode();
        }
    }

    private void addTokens(JsonNode tokens) {
        for (JsonNode token : tokens) {
            if (token.path("id").canConvertToInt()) {
                added.put(token.path("content").asString(""), token.path("id").intValue());
            }
        }
    }

    private static JsonNode read(Path file) {
        if (!Files.isRegularFile(file)) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            if (Files.size(file) <= MAX_BYTES && JsonMapper.shared().readTree(Files.readAllBytes(file)) instanceof ObjectNode root) {
                return root;
            }
            throw new InvalidInput(file + " does not hold a JSON object of the usual size. Fetch it again.");
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        } catch (JacksonException e) {
            throw new InvalidInput(file + " is not valid JSON (" + e.getOriginalMessage() + "). Fetch it again.", e);
        }
    }
}
