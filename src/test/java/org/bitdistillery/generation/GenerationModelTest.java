package org.bitdistillery.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.generation.ModelEvent.Answered;
import org.bitdistillery.generation.ModelEvent.Candidate;
import org.bitdistillery.generation.ModelEvent.Ending;
import org.bitdistillery.generation.ModelEvent.Piece;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.inference.CausalModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The starter teacher as whoever asks it.
class GenerationModelTest {

    private static final Path STARTER = Path.of("resources/starter-teacher");
    private static final String PROMPT = "The film was";

    @TempDir
    Path folder;

    private static Answered answer(GenerationModel model, GenerationRequest request) {
        return model.answer(request, _ -> { }, () -> false);
    }

    private static GenerationRequest stopping(String prompt, int tokens, String... stops) {
        return new GenerationRequest(prompt, false, List.of(), tokens, Sampling.GREEDY, List.of(stops));
    }

    /// The likeliest tokens by the whole sequence computed anew each time.
    private static int[] reference(Path path, String prompt, int count) {
        try (CausalModel model = CausalModel.load(path, 1); TextTokenizer tokenizer = TextTokenizer.load(STARTER)) {
            List<Integer> tokens = new ArrayList<>(List.of(model.architecture().bosTokenId()));
            for (int id : tokenizer.encode(prompt)) {
                tokens.add(id);
            }
            int begin = tokens.size();
            for (int i = 0; i < count; i++) {
                try (var session = model.newSession(tokens.size())) {
                    float[] logits = session.prefill(tokens.stream().mapToInt(Integer::intValue).toArray());
                    int best = 0;
                    for (int token = 1; token < logits.length; token++) {
                        best = logits[token] > logits[best] ? token : best;
                    }
                    tokens.add(best);
                }
            }
            return tokens.subList(begin, tokens.size()).stream().mapToInt(Integer::intValue).toArray();
        }
    }

    @Test
    void theAnswerIsTheLikeliestTokensAndItsPiecesAreTheWholeText() {
        int[] expected = reference(STARTER, PROMPT, 12);
        try (GenerationModel model = GenerationModel.open(STARTER, 1, CacheFormat.F32); TextTokenizer tokenizer = TextTokenizer.load(STARTER)) {
            List<Piece> pieces = new ArrayList<>();
            Answered answer = model.answer(Requests.greedy(PROMPT, 12), pieces::add, () -> false);
            assertThat(answer.text()).isEqualTo(tokenizer.decode(expected)).isNotBlank();
            assertThat(String.join("", pieces.stream().map(Piece::text).toList())).isEqualTo(answer.text());
            assertThat(answer.tokens()).isEqualTo(12);
            assertThat(answer.ending()).isEqualTo(Ending.TOKENS);
            assertThat(answer.promptTokens()).isEqualTo(1 + tokenizer.encode(PROMPT).length);
            assertThat(answer.first().getFirst().text()).isEqualTo(tokenizer.decodeWhole(new int[] {expected[0]}));
            assertThat(answer.first()).hasSize(5).extracting(Candidate::probability).isSortedAccordingTo((a, b) -> Double.compare(b, a));
            assertThat(answer.first().stream().mapToDouble(Candidate::probability).sum()).isBetween(0.05, 1.0);
            assertThat(answer.tokensPerSecond()).isPositive();
            assertThat(model.loaded().hasChatTemplate()).isFalse();
            assertThat(model.loaded().positions()).isEqualTo(1024);
            assertThat(model.loaded().format()).isEqualTo("F16");
        }
    }

    @Test
    void aSeedDrawsTheSameTextAgain() {
        Sampling sampling = new Sampling(1.5, 0, 0.95, 0, 1.1, 7);
        try (GenerationModel model = GenerationModel.open(STARTER, 2, CacheFormat.F16)) {
            GenerationRequest request = new GenerationRequest(PROMPT, false, List.of(), 24, sampling, List.of());
            String text = answer(model, request).text();
            assertThat(answer(model, request).text()).isEqualTo(text);
            Sampling other = new Sampling(1.5, 0, 0.95, 0, 1.1, 8);
            assertThat(answer(model, new GenerationRequest(PROMPT, false, List.of(), 24, other, List.of())).text()).isNotEqualTo(text);
        }
    }

    @Test
    void everyEndIsTold() {
        try (GenerationModel model = GenerationModel.open(STARTER, 1, CacheFormat.F32)) {
            Answered free = answer(model, Requests.greedy(PROMPT, 12));
            String stop = free.text().substring(5, 8);
            Answered stopped = answer(model, stopping(PROMPT, 12, stop));
            assertThat(stopped.ending()).isEqualTo(Ending.STOP_TEXT);
            assertThat(stopped.text()).isEqualTo(free.text().substring(0, free.text().indexOf(stop)));
            assertThat(TextAgreement.commonLength(free.text(), stopped.text())).isEqualTo(stopped.text().length());

            List<Piece> pieces = new ArrayList<>();
            Answered cut = model.answer(Requests.greedy(PROMPT, 50), pieces::add, () -> pieces.size() == 3);
            assertThat(cut.ending()).isEqualTo(Ending.STOPPED);
            assertThat(cut.tokens()).isEqualTo(3);

            Answered full = answer(model, Requests.greedy("good ".repeat(480), 900));
            assertThat(full.ending()).isIn(Ending.CONTEXT, Ending.END_OF_TEXT);
            if (full.ending() == Ending.CONTEXT) {
                assertThat(full.promptTokens() + full.tokens()).isEqualTo(1025);
            }
        }
    }

    @Test
    void aLongPromptCanBeStoppedWhileItIsRead() {
        try (GenerationModel model = GenerationModel.open(STARTER, 1, CacheFormat.F32)) {
            Answered answer = model.answer(Requests.greedy("good ".repeat(480), 5), _ -> { }, () -> true);
            assertThat(answer.ending()).isEqualTo(Ending.STOPPED);
            assertThat(answer.tokens()).isZero();
            assertThat(answer.first()).isEmpty();
        }
    }

    @Test
    void badRequestsAreRefusedWithTheRemedyAndTheModelGoesOn() {
        try (GenerationModel model = GenerationModel.open(STARTER, 1, CacheFormat.F32)) {
            GenerationRequest question = new GenerationRequest("Why?", true, List.of(), 5, Sampling.GREEDY, List.of());
            assertThatThrownBy(() -> answer(model, question)).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("starter-teacher comes without a chat template");
            assertThatThrownBy(() -> answer(model, Requests.greedy("good ".repeat(2_000), 5))).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("Shorten the prompt");
            assertThatThrownBy(() -> Requests.greedy(PROMPT, 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("0 tokens");
            assertThatThrownBy(() -> new GenerationRequest(PROMPT, false, List.of(new Exchange("a", "b")), 5, Sampling.GREEDY, List.of()))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("chat template");
            assertThatThrownBy(() -> new Sampling(-1, 0, 1, 0, 1, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining("Temperature");
            assertThat(answer(model, Requests.greedy(PROMPT, 2)).tokens()).isEqualTo(2);
        }
        assertThatThrownBy(() -> GenerationModel.open(folder, 1, CacheFormat.F32)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void aConversationGoesThroughTheTemplateWithAllThatWasSaid() throws Exception {
        try (Stream<Path> files = Files.list(STARTER)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(folder.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}");
        try (GenerationModel chat = GenerationModel.open(folder, 1, CacheFormat.F32);
                GenerationModel plain = GenerationModel.open(STARTER, 1, CacheFormat.F32)) {
            GenerationRequest request = new GenerationRequest(
                    "And now?", true, List.of(new Exchange("Good?", "Yes.")), 8, Sampling.GREEDY, List.of());
            Answered asked = answer(chat, request);
            Answered written = answer(plain, Requests.greedy("user: Good?\nassistant: Yes.\nuser: And now?\nassistant:", 8));
            assertThat(chat.loaded().hasChatTemplate()).isTrue();
            assertThat(asked.text()).isEqualTo(written.text());
            assertThat(asked.promptTokens()).isEqualTo(written.promptTokens());
            assertThat(asked.first().getFirst().probability()).isCloseTo(written.first().getFirst().probability(), within(0.0));
        }
    }
}
