package org.bitdistillery.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.template.Template;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// How a chat model writes a conversation: the template that comes with its tokenizer, `chat_template.jinja` or the
/// `chat_template` of `tokenizer_config.json`.
///
/// Models that can think are asked not to (`enable_thinking` is false): the answer follows at once. No template learns the day,
/// so that prompts are the same tomorrow.
public final class ChatTemplate {

    private static final String FILE = "chat_template.jinja";
    private static final String SETTINGS = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final List<String> ROLES = List.of("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token");
    /// An answer whose surroundings are looked for; nothing that templates look for themselves.
    private static final String ANSWER = "\u2983answer\u2984";

    private final Path source;
    private final Template template;
    private final Map<String, Object> tokens;

    private ChatTemplate(Path source, Template template, Map<String, Object> tokens) {
        this.source = source;
        this.template = template;
        this.tokens = tokens;
    }

    /// What stands around a question and its answer.
    ///
    /// @param before the question with all that comes before the answer
    /// @param after  what ends the answer, from its last character on
    public record Turn(String before, String after) {}

    /// What one side of a conversation says.
    ///
    /// @param role `user` or `assistant`
    public record Message(String role, String content) {

        public static Message user(String content) {
            return new Message("user", content);
        }

        public static Message assistant(String content) {
            return new Message("assistant", content);
        }

        private Map<String, Object> variables() {
            return Map.of("role", role, "content", content);
        }
    }

    /// @param folder of a tokenizer
    /// @throws InvalidInput where a template is damaged or not supported
    public static Optional<ChatTemplate> of(Path folder) {
        JsonNode settings = json(folder.resolve(SETTINGS));
        Path file = folder.resolve(FILE);
        Path source = Files.isRegularFile(file) ? file : folder.resolve(SETTINGS);
        String template = Files.isRegularFile(file) ? text(file) : template(settings.path("chat_template"));
        if (template.isBlank()) {
            return Optional.empty();
        }
        JsonNode names = json(folder.resolve(SPECIAL_TOKENS));
        Map<String, Object> tokens = new HashMap<>();
        for (String role : ROLES) {
            JsonNode token = settings.has(role) ? settings.path(role) : names.path(role);
            String text = token.isObject() ? token.path("content").asString("") : token.asString("");
            if (!text.isEmpty()) {
                tokens.put(role, text);
            }
        }
        return Optional.of(new ChatTemplate(source, Template.parse(template, source.toString()), tokens));
    }

    /// Several templates have names; the one called default is for conversations.
    private static String template(JsonNode settings) {
        for (JsonNode named : settings.isArray() ? settings : JsonNodeFactory.instance.arrayNode()) {
            if (named.path("name").asString("").equals("default")) {
                return named.path("template").asString("");
            }
        }
        return settings.isString() ? settings.asString() : "";
    }

    /// A question of the user's, ready to be answered.
    public String question(String question) {
        return conversation(List.of(Message.user(question)));
    }

    /// What was said so far, ready for the assistant's next answer.
    ///
    /// @throws InvalidInput where the template does not take such a conversation
    public String conversation(List<Message> messages) {
        return render(messages, true);
    }

    /// A question and how its answer stands behind it.
    public Turn turn(String question) {
        String before = question(question);
        String answered = render(List.of(Message.user(question), Message.assistant(ANSWER)), false);
        int at = answered.lastIndexOf(ANSWER);
        if (at < 0) {
            throw new InvalidInput(source + ": the template does not write what an assistant says. Switch task.chatTemplate off.");
        }
        String lead = answered.substring(0, at);
        return new Turn(lead.startsWith(before) ? lead : before, answered.substring(at + ANSWER.length()));
    }

    /// The token that the template writes in front, if it does; for whoever puts it there anyway.
    public String withoutBeginning(String rendered) {
        String bos = tokens.getOrDefault("bos_token", "").toString();
        return rendered.startsWith(bos) ? rendered.substring(bos.length()) : rendered;
    }

    public Path source() {
        return source;
    }

    private String render(List<Message> messages, boolean open) {
        Map<String, Object> variables = new HashMap<>(tokens);
        variables.put("messages", messages.stream().map(Message::variables).toList());
        variables.put("add_generation_prompt", open);
        variables.put("enable_thinking", false);
        return template.render(variables);
    }

    private static JsonNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            return JsonMapper.shared().readTree(text(file));
        } catch (JacksonException e) {
            throw new InvalidInput(file + " is not valid JSON (" + e.getOriginalMessage() + "): fetch it again.", e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }
}
