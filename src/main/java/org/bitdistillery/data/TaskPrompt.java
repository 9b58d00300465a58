package org.bitdistillery.data;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// A task's prompt as a model gets it: as it is, or as the user's words in the model's chat template. The places for the texts go
/// through the template like words, so that rows are filled in afterwards and can be shortened.
///
/// @param text     with the places for a row's texts
/// @param chat     whether a chat template made it; the answer then follows without a space of ours
/// @param answered what ends an answer in the chat template; empty without one
public record TaskPrompt(String text, boolean chat, String answered) {

    /// The prompt without any chat template.
    public static TaskPrompt plain(Task task) {
        return new TaskPrompt(task.prompt(), false, "");
    }

    /// @param model  folder with a tokenizer and perhaps a chat template
    /// @param begins whether a beginning of sequence is put in front anyway
    /// @throws InvalidInput where the task wants a chat template that there is not, or that cannot be used
    public static TaskPrompt of(Task task, Path model, boolean begins) {
        if (task.chatTemplate() == Task.Chat.OFF) {
            return plain(task);
        }
        ChatTemplate template = ChatTemplate.of(model).orElse(null);
        if (template == null && task.chatTemplate() == Task.Chat.ON) {
            throw new InvalidInput("task.chatTemplate is on, but " + model + " has neither chat_template.jinja nor a chat_template in"
                    + " tokenizer_config.json: switch it off, or choose a model that was trained to chat.");
        }
        if (template == null) {
            return plain(task);
        }
        ChatTemplate.Turn turn = template.turn(task.prompt());
        String text = begins ? template.withoutBeginning(turn.before()) : turn.before();
        if (places(text, Task.TEXT_SLOT) != places(task.prompt(), Task.TEXT_SLOT)
                || places(text, Task.PAIR_SLOT) != places(task.prompt(), Task.PAIR_SLOT)) {
            throw new InvalidInput(template.source() + ": the template does not write the user's words once and unchanged."
                    + " Switch task.chatTemplate off.");
        }
        return new TaskPrompt(text, true, turn.after());
    }

    private static long places(String text, String slot) {
        return text.split(Pattern.quote(slot), -1).length - 1L;
    }

    /// The token that ends an answer in the chat template, or -1.
    public int end(TextTokenizer tokenizer) {
        int[] tokens = answered.isEmpty() ? new int[0] : tokenizer.encode(answered);
        return tokens.length > 0 && answered.stripLeading().startsWith(tokenizer.token(tokens[0])) ? tokens[0] : -1;
    }
}
