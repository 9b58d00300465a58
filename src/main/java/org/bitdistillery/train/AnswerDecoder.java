package org.bitdistillery.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.bitdistillery.inference.Sampler;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Continuation;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;

/// Answers to many prompts, generated several at a time by the graph that training uses, with its keys and values kept.
///
/// The weights are quantized once, when a decoder is made; they must not change while it lives. A row's answer does not
/// depend on the rows that it is generated with, but for the last bits of the logits.
public final class AnswerDecoder implements AutoCloseable {

    private static final int MOST_ROWS = 64;
    private static final long MOST_BYTES = 512L << 20;

    private final DecoderGraph graph;
    private final Architecture shape;
    private final int longest;
    private final LongFunction<Sampler> samplers;

    /// @param longest  most tokens of an answer, its end-of-sequence token included
    /// @param samplers what chooses a row's tokens, made of a seed that is the row's own
    public AnswerDecoder(Decoder decoder, int longest, LongFunction<Sampler> samplers) {
        this.graph = decoder.graph(false);
        this.shape = decoder.architecture();
        this.longest = longest;
        this.samplers = samplers;
    }

    /// @param prompts  token ids, none of them empty
    /// @param seed     of all rows together
    /// @param progress hears the fraction done, 0..1, after every batch; what it throws ends the decoding
    /// @return answers in the order of the prompts, without the end-of-sequence token
    public List<int[]> answers(List<int[]> prompts, long seed, DoubleConsumer progress) {
        int[][] answers = new int[prompts.size()][];
        List<Integer> order = new ArrayList<>(IntStream.range(0, prompts.size()).boxed().toList());
        order.sort(Comparator.comparingInt(row -> prompts.get(row).length));
        int done = 0;
        while (done < order.size()) {
            int rows = Math.min(order.size() - done, rowsAtOnce(prompts.get(order.get(done)).length));
            rows = Math.min(rows, rowsAtOnce(prompts.get(order.get(done + rows - 1)).length));
            answer(order.subList(done, done + rows), prompts, seed, answers);
            done += rows;
            progress.accept((double) done / order.size());
        }
        return Arrays.asList(answers);
    }

    /// So many that keys and values, twice while they are extended, and the attention scores of the prompts stay within
    /// bounds.
    private int rowsAtOnce(int promptLength) {
        long perToken = 2L * shape.layers() * shape.keyValueHeads() * shape.headDim();
        long scores = 3L * shape.heads() * promptLength * promptLength;
        return (int) Math.clamp(MOST_BYTES / (Float.BYTES * (2 * perToken * (promptLength + longest) + scores)), 1, MOST_ROWS);
    }

    private void answer(List<Integer> rows, List<int[]> prompts, long seed, int[][] answers) {
        List<Answer> open = new ArrayList<>();
        for (int row : rows) {
            open.add(new Answer(row, samplers.apply(new SplittableRandom(seed).nextLong() + row)));
        }
        try (Continuation continuation = graph.begin(rows.stream().map(prompts::get).toArray(int[][]::new))) {
            float[][] logits = continuation.logits();
            while (true) {
                for (int i = 0; i < open.size(); i++) {
                    open.get(i).choose(logits[i]);
                }
                open.stream().filter(Answer::isOver).forEach(answer -> answers[answer.row] = answer.tokens());
                int[] going = IntStream.range(0, open.size()).filter(i -> !open.get(i).isOver()).toArray();
                if (going.length == 0) {
                    return;
                }
                if (going.length < open.size()) {
                    continuation.keep(going);
                    open.removeIf(Answer::isOver);
                }
                logits = continuation.next(open.stream().mapToInt(Answer::last).toArray());
            }
        }
    }

    /// One row's answer as far as it has come.
    private final class Answer {
        private final int row;
        private final Sampler sampler;
        private final int[] tokens = new int[longest];
        private int length;
        private boolean ended;

        Answer(int row, Sampler sampler) {
            this.row = row;
            this.sampler = sampler;
        }

        void choose(float[] logits) {
            int token = sampler.next(logits);
            if (shape.ends(token)) {
                ended = true;
            } else {
                tokens[length++] = token;
            }
        }

        boolean isOver() {
            return ended || length == longest;
        }

        int last() {
            return tokens[length - 1];
        }

        int[] tokens() {
            return Arrays.copyOf(tokens, length);
        }
    }

    @Override
    public void close() {
        graph.close();
    }
}
