package org.bitdistillery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.export.Students;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.Session;
import org.bitdistillery.model.Family;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineReaderTest {

    private static final int VOCABULARY = 1024;
    private static final int LONGEST = 48;

    @TempDir
    private Path folder;

    /// Property: prompts that go on with some tokens of the one before, in between whole sequences as an export's gate reads them. The expected
    /// scores come from sessions that begin anew and compute every logit.
    @ParameterizedTest
    @CsvSource({"LLAMA,PAPER", "QWEN3,ALL", "GEMMA3,OFF"})
    void answersAreThoseOfWholeLogitsInAFreshSession(Family family, SubLnPlacement subLn) throws IOException {
        Path student = Students.write(folder.resolve("student"), Students.shape(family, subLn, 300), 3);
        Random random = new Random(4);
        List<List<int[]>> labels = List.of(
                List.of(new int[] {7}, new int[] {1023}, new int[] {64}), List.of(new int[] {3}, new int[] {4, 5}, new int[] {4, 6, 7}));
        try (EngineReader reader = new EngineReader(CausalModel.load(student, 2), LONGEST);
                CausalModel model = CausalModel.load(student, 1); Session fresh = model.newSession(LONGEST)) {
            int[] before = {};
            for (int i = 0; i < 16; i++) {
                int[] prompt = random.ints(2 + random.nextInt(LONGEST - 8), 0, VOCABULARY).toArray();
                System.arraycopy(before, 0, prompt, 0, random.nextInt(Math.min(before.length, prompt.length) + 1));
                List<int[]> answers = labels.get(random.nextInt(2));

                double[] scores = reader.scores(prompt, answers);

                assertThat(scores).containsExactly(answers.stream().mapToDouble(answer -> score(fresh, prompt, answer, answers)).toArray());
                before = prompt;
                if (random.nextInt(3) == 0) {
                    int[] sequence = random.ints(10, 0, VOCABULARY).toArray();
                    reader.logits(sequence, 0, (token, logits) -> assertThat(logits).containsExactly(all(fresh, sequence, token)));
                }
            }
        }
    }

    private static double score(Session fresh, int[] prompt, int[] answer, List<int[]> answers) {
        if (answers.stream().allMatch(other -> other.length == 1)) {
            return all(fresh, prompt, prompt.length - 1)[answer[0]];
        }
        int[] tokens = IntStream.concat(IntStream.of(prompt), IntStream.of(answer)).toArray();
        double sum = 0;
        for (int i = 0; i < answer.length; i++) {
            sum -= GateRows.nats(all(fresh, tokens, prompt.length - 1 + i), answer[i]);
        }
        return sum;
    }

    /// Logits behind the token with this index.
    private static float[] all(Session fresh, int[] tokens, int last) {
        fresh.reset();
        return fresh.prefill(IntStream.of(tokens).limit(last + 1L).toArray());
    }
}
