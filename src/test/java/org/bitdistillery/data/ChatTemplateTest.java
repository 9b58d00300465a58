package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ChatTemplateTest {

    private static final String TEMPLATE = "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>\n{{ m.content | trim }}</s>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|assistant|>\n{% endif %}";

    @TempDir
    Path folder;

    private static Task task(Task.Chat chat) {
        Task plain = Tasks.pairs("", "Are they the same?\nA: {text}\nB: {pair}");
        return new Task(
                plain.kind(), plain.source(), "", "", "", plain.textColumns(), plain.pairColumns(), plain.labelColumn(), plain.answerColumns(),
                plain.labels(), plain.prompt(), chat, 0, 0, 200, 1, plain.decoding(), 1, 1, plain.files());
    }

    private void settings(String chatTemplate) throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": {\"content\": \"<s>\"},"
                + " \"eos_token\": \"</s>\", \"chat_template\": " + chatTemplate + "}");
    }

    private static String json(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    @Test
    void promptBecomesTheUsersWordsWithPlacesForTheTexts() throws IOException {
        settings(json(TEMPLATE));
        TaskPrompt prompt = TaskPrompt.of(task(Task.Chat.ON), folder, true);
        assertThat(prompt).isEqualTo(new TaskPrompt(
                "<|user|>\nAre they the same?\nA: {text}\nB: {pair}</s>\n<|assistant|>\n", true, "</s>\n"));
        assertThat(TaskPrompt.of(task(Task.Chat.AUTO), folder, false).text()).startsWith("<s><|user|>\n");
        assertThat(TaskPrompt.of(task(Task.Chat.OFF), folder, true)).isEqualTo(TaskPrompt.plain(task(Task.Chat.OFF)));
    }

    @Test
    void fileOfItsOwnComesFirstAndNamedTemplatesHaveADefault() throws IOException {
        settings("[{\"name\": \"tool_use\", \"template\": \"x\"}, {\"name\": \"default\", \"template\": \"Q {{ messages[0].content }} A\"}]");
        assertThat(ChatTemplate.of(folder).orElseThrow().question("why")).isEqualTo("Q why A");
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}!");
        assertThat(ChatTemplate.of(folder).orElseThrow().question("why")).isEqualTo("why!");
    }

    @Test
    void whatStandsBetweenGenerationPromptAndAnswerBelongsToThePrompt() throws IOException {
        settings(json("{% for m in messages %}{% if m.role == 'user' %}[Q]{{ m.content }}[/Q]{% else %} {{ m.content }}</s>{% endif %}{% endfor %}"));
        ChatTemplate.Turn turn = ChatTemplate.of(folder).orElseThrow().turn("why");
        assertThat(turn).isEqualTo(new ChatTemplate.Turn("[Q]why[/Q] ", "</s>"));
    }

    @Test
    void missingAndUnsuitableTemplatesAreNamed() throws IOException {
        assertThatThrownBy(() -> TaskPrompt.of(task(Task.Chat.ON), folder, true)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("task.chatTemplate is on, but").hasMessageContaining("neither chat_template.jinja");
        assertThat(TaskPrompt.of(task(Task.Chat.AUTO), folder, true).chat()).isFalse();
        settings(json("{% for m in messages %}{{ m.content[:9] }}{{ m.content }}{{ m.content }}{% endfor %}"));
        assertThatThrownBy(() -> TaskPrompt.of(task(Task.Chat.AUTO), folder, true)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("does not write the user's words once");
        settings(json("{{ raise_exception('Only tools.') }}"));
        assertThatThrownBy(() -> TaskPrompt.of(task(Task.Chat.AUTO), folder, true)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("tokenizer_config.json").hasMessageContaining("Only tools.");
    }

    /// Rows in Qwen3's real chat: special tokens are single ids, thinking is switched off, and the answer ends with its turn.
    @Test
    void rowsInTheRealQwen3TemplateAreTokenizedAsItsConversations() throws IOException {
        Path qwen = Path.of("..", "shared", "data", "tokenizers", "qwen3");
        assumeTrue(Files.exists(qwen), "needs ../shared/data/tokenizers/qwen3");
        try (TextTokenizer tokenizer = TextTokenizer.load(qwen)) {
            TaskPrompt prompt = TaskPrompt.of(task(Task.Chat.ON), qwen, false);
            assertThat(prompt.text()).isEqualTo("<|im_start|>user\nAre they the same?\nA: {text}\nB: {pair}<|im_end|>\n<|im_start|>assistant\n"
                    + "<think>\n\n</think>\n\n");
            assertThat(prompt.end(tokenizer)).isEqualTo(151645);
            Example example = new TaskEncoder(tokenizer, task(Task.Chat.ON), prompt, -1, 151645).encode(TaskRow.labeled("a cat", "a dog", 1));
            assertThat(example.prompt()).startsWith(151644, 872, 198).contains(151645);
            int[] sequence = IntStream.concat(Arrays.stream(example.prompt()), Arrays.stream(example.answer())).toArray();
            assertThat(sequence).isEqualTo(tokenizer.encode("<|im_start|>user\nAre they the same?\nA: a cat\nB: a dog<|im_end|>\n"
                    + "<|im_start|>assistant\n<think>\n\n</think>\n\npositive<|im_end|>"));
        }
    }
}
