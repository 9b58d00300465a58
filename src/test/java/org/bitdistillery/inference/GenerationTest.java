package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whole generations on random models whose embedding and projections have every format.
class GenerationTest {

    private static final int POSITIONS = 12_000;

    @ParameterizedTest
    @EnumSource
    void theSameTokensComeWithAndWithoutCacheAloneOrInPieces(WeightFormat format) {
        try (var model = model(format, 2, 64); var session = model.newSession(64)) {
            int[] tokens = Arrays.copyOf(new int[] {7, 3, 11, 30, 2}, 40);
            float[] logits = session.prefill(Arrays.copyOf(tokens, 5));
            for (int i = 5; i < tokens.length; i++) {
                tokens[i] = Sampler.greedy().next(logits);
                logits = session.decode(tokens[i]);
            }
            for (int i = 5; i < tokens.length; i++) {
                session.reset();
                assertThat(Sampler.greedy().next(session.prefill(Arrays.copyOf(tokens, i)))).isEqualTo(tokens[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRowsOfSomeLabelsGiveTheLogitsOfTheWholeHead(WeightFormat format) {
        int[] labels = {52, 0, 33, 17, 16, 33};
        try (var model = model(format, 2, 64); var session = model.newSession(64)) {
            int[] prompt = {4, 40, 9, 9, 21};
            float[] all = session.prefill(prompt).clone();
            session.reset();
            float[] some = session.prefill(prompt, new LabelHead(model, labels));
            for (int i = 0; i < labels.length; i++) {
                assertThat(some[i]).isEqualTo(all[labels[i]]);
            }
            assertThatThrownBy(() -> new LabelHead(model, 53)).isInstanceOf(InvalidInput.class).hasMessageContaining("53");
            assertThatThrownBy(() -> new LabelHead(model)).isInstanceOf(InvalidInput.class);
        }
    }

    @Test
    void promptsWithACommonBeginningGiveTheLogitsOfAFreshSession() {
        List<int[]> prompts = List.of(new int[] {1, 2, 3, 4, 5}, new int[] {1, 2, 3, 9}, new int[] {1, 2, 3, 9}, new int[] {1, 2}, new int[] {8, 2});
        try (var model = model(WeightFormat.TERNARY_2BIT, 1, 64); var session = model.newSession(64); var fresh = model.newSession(64)) {
            PromptReader reader = new PromptReader(session);
            for (int[] prompt : prompts) {
                fresh.reset();
                assertThat(reader.logits(prompt)).containsExactly(fresh.prefill(prompt));
            }
        }
    }

    /// Property: prompts of 1 to 40 tokens that go on with some tokens of the one before, and up to 130 labels, more than a unit of work holds.
    @ParameterizedTest
    @EnumSource
    void labelsBehindSharedBeginningsGiveTheLogitsOfTheWholeHeadOfAFreshSession(WeightFormat format) {
        Random random = new Random(format.ordinal());
        try (var model = model(format, 2, 64); var session = model.newSession(64); var fresh = model.newSession(64)) {
            PromptReader reader = new PromptReader(session);
            int[] before = {};
            for (int i = 0; i < 30; i++) {
                int[] prompt = random.ints(1 + random.nextInt(40), 0, 53).toArray();
                System.arraycopy(before, 0, prompt, 0, random.nextInt(Math.min(before.length, prompt.length) + 1));
                int[] labels = random.ints(1 + random.nextInt(130), 0, 53).toArray();

                float[] some = reader.logits(prompt, new LabelHead(model, labels));

                fresh.reset();
                float[] all = fresh.prefill(prompt);
                float[] expected = new float[labels.length];
                for (int label = 0; label < labels.length; label++) {
                    expected[label] = all[labels[label]];
                }
                assertThat(some).containsExactly(expected);
                before = prompt;
            }
        }
    }

    /// Neither the heap of this thread nor anything that lives longer grows.
    @Test
    void tenThousandTokensTakeNoMemory() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().threadId();
        try (var model = model(WeightFormat.TERNARY_2BIT, 1, POSITIONS); var session = model.newSession(POSITIONS)) {
            Sampler greedy = Sampler.greedy();
            int token = greedy.next(session.prefill(new int[] {5}));
            long least = Long.MAX_VALUE;
            for (int thousand = 0; thousand < 10; thousand++) {
                long before = threads.getThreadAllocatedBytes(id);
                for (int i = 0; i < 1_000; i++) {
                    token = greedy.next(session.decode(token));
                }
                least = Math.min(least, (threads.getThreadAllocatedBytes(id) - before) / 1_000);
            }
            // Kernels that the compiler is still at work on box their vectors, so the calmest thousand counts; a token's share of
            // a cache or buffer that grows would be in every one.
            assertThat(least).isLessThan(64);
            assertThat(session.position()).isEqualTo(10_001);
        }
    }

    @Test
    void aFullSessionSaysSo() {
        try (var model = model(WeightFormat.TERNARY_BASE3, 1, 64); var session = model.newSession(8)) {
            List<Integer> tokens = new ArrayList<>();
            assertThat(new Generator(model, Sampler.greedy()).generate(new int[] {3, 4}, 100, tokens::add)).isEqualTo(Generator.End.CONTEXT);
            assertThat(tokens).hasSize(63);
            session.prefill(new int[8]);
            assertThatThrownBy(() -> session.decode(1)).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("holds 8 tokens, 9 are asked for");
        }
    }

    private static CausalModel model(WeightFormat format, int threads, int positions) {
        Architecture shape = Architecture.llama(
                53, 44, 2, 6, 2, 10, 68, positions, 1e-5, 10000, true, SubLnPlacement.PAPER, 1, -1);
        Arena arena = Arena.ofShared();
        PackedOptions options = format.isTernary()
                ? PackedOptions.student(format, format)
                : new PackedOptions(WeightFormat.TERNARY_2BIT, format, format);
        var source = new RandomWeights(options, format.isTernary(), new Random(3).nextLong(), bytes -> arena.allocate(bytes, 64));
        return new CausalModel(shape, new ModelLoader(shape, source).load(), arena::close, threads);
    }
}
