package org.bitdistillery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bitdistillery.generation.ModelEvent;
import org.bitdistillery.generation.ModelEvent.Answered;
import org.bitdistillery.generation.ModelEvent.Ending;
import org.bitdistillery.generation.ModelEvent.Loaded;
import org.bitdistillery.generation.ModelEvent.Piece;
import org.bitdistillery.generation.ModelEvent.Refused;
import org.bitdistillery.generation.GenerationModel;
import org.bitdistillery.generation.GenerationRequest;
import org.bitdistillery.generation.Requests;
import org.bitdistillery.generation.Sampling;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.run.EventJson;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenerateCommandTest {

    private static final String STARTER = "resources/starter-teacher";

    private static FakeRuns.Output generate(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "generate";
        System.arraycopy(args, 0, all, 1, args.length);
        return FakeRuns.execute(FakeRuns.fiveSteps(), all);
    }

    private static void serve(GenerationModel model, Reader in, Writer out) {
        new ModelServer<>(GenerationRequest.class, new BufferedReader(in), new PrintWriter(out))
                .run(model.loaded(), (request, parts, stopped) -> model.answer(request, parts::accept, stopped), model::warmUp);
    }

    private static List<ModelEvent> events(String lines) {
        return lines.lines().map(line -> EventJson.read(line, ModelEvent.class)).toList();
    }

    @Test
    void severalModelsAnswerOneAfterTheOtherAndAreCompared() {
        FakeRuns.Output output = generate("one=" + STARTER, "two=" + STARTER, "--prompt", "The film was", "--tokens", "6", "--threads", "1");
        assertThat(output.err()).isEmpty();
        assertThat(output.exitCode()).isZero();
        assertThat(output.out()).contains("── one\n", "── two\n", "[6 tokens, limit reached; first token after ", "F16, ");
        assertThat(output.lastLine()).matches("two: .*× the tokens a second of one, the same text\\.");
    }

    @Test
    void jsonIsOneLineAModel() {
        FakeRuns.Output output = generate(STARTER, "--prompt", "The film was", "--tokens", "3", "--json");
        assertThat(output.out().lines()).hasSize(1);
        JsonNode line = JsonMapper.shared().readTree(output.out());
        assertThat(line.path("tokens").asInt()).isEqualTo(3);
        assertThat(line.path("ending").asString()).isEqualTo("TOKENS");
        assertThat(line.at("/loaded/format").asString()).isEqualTo("F16");
        assertThat(line.at("/first/0/probability").asDouble()).isBetween(0.0, 1.0);
        assertThat(line.path("text").asString()).isNotEmpty();
    }

    @Test
    void badInputIsOneSentence() {
        assertThat(generate(STARTER).err()).contains("--prompt");
        for (FakeRuns.Output output : List.of(
                generate("nowhere/at/all", "--prompt", "a"), generate(STARTER, "--prompt", "a", "--chat"),
                generate(STARTER, "--prompt", "a", "--tokens", "-1"), generate(STARTER, "--prompt", "a", "--temperature", "-1"),
                generate(STARTER, "--prompt", "a", "--kv-cache", "f8"), generate("a=" + STARTER, "b=" + STARTER, "--serve"))) {
            assertThat(output.exitCode()).isEqualTo(Cli.BAD_INPUT);
            assertThat(output.err().lines()).hasSize(1);
            assertThat(output.out()).isEmpty();
        }
    }

    @Test
    void linesOfJsonAreAnsweredWithLinesOfJson() {
        String good = EventJson.compact(Requests.greedy("The film was", 4));
        StringWriter out = new StringWriter();
        try (GenerationModel model = GenerationModel.open(Path.of(STARTER), 1, CacheFormat.F32)) {
            String lines = good + "\n\n{\"prompt\": \"a\"}\n{\"tokens\n" + good.replace("\"tokens\":4", "\"tokens\":4,\"more\":1") + "\n" + good;
            serve(model, new StringReader(lines), out);
        }
        List<ModelEvent> events = events(out.toString());
        assertThat(events.getFirst()).isInstanceOf(Loaded.class);
        List<ModelEvent> ends = events.stream().filter(event -> event instanceof Answered || event instanceof Refused).toList();
        assertThat(ends).hasSize(5);
        assertThat(ends.get(0)).isInstanceOf(Answered.class);
        assertThat(ends.get(1)).isInstanceOf(Refused.class);
        assertThat(((Refused) ends.get(1)).reason()).startsWith("0 tokens were asked for.");
        assertThat(((Refused) ends.get(2)).reason()).startsWith("A line is no request in JSON.");
        assertThat(((Answered) ends.get(4)).text()).isEqualTo(((Answered) ends.get(0)).text());
    }

    @Test
    void aLineThatSaysStopEndsThePresentAnswer() throws Exception {
        PipedWriter requests = new PipedWriter();
        StringWriter out = new StringWriter();
        try (GenerationModel model = GenerationModel.open(Path.of(STARTER), 1, CacheFormat.F32); var in = new PipedReader(requests)) {
            Thread server = Thread.ofPlatform().start(() -> serve(model, in, out));
            Sampling wild = new Sampling(20, 0, 1, 0, 1, 3);
            GenerationRequest endless = new GenerationRequest("The film", false, List.of(), 1_000, wild, List.of());
            requests.write(EventJson.compact(endless) + "\n");
            requests.flush();
            await().atMost(Duration.ofSeconds(30)).until(() -> events(out.toString()).stream().anyMatch(Piece.class::isInstance));
            requests.write("stop\n" + EventJson.compact(Requests.greedy("The film", 2)) + "\n");
            requests.close();
            server.join(30_000);
        }
        List<Answered> answers = events(out.toString()).stream().filter(Answered.class::isInstance).map(Answered.class::cast).toList();
        assertThat(answers).hasSize(2);
        assertThat(answers.getFirst().ending()).isEqualTo(Ending.STOPPED);
        assertThat(answers.getLast().tokens()).isEqualTo(2);
    }
}
