package org.bitdistillery.pipeline;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.llamacpp.LlamaProcess;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.Torch;

/// A program that has loaded a student and tells its logits.
interface LogitReader extends AutoCloseable {

    /// As shown beside its results.
    String name();

    /// Logits after the tokens of a new sequence, one after the other; arrays may be used again.
    ///
    /// @param from index of the first token whose logits are wanted
    void logits(int[] tokens, int from, LlamaProcess.LogitConsumer consumer);

    /// Logits of some tokens of the vocabulary behind a prompt, in the order of `tokens`; the array may be used again.
    default float[] logits(int[] prompt, int[] tokens) {
        float[] some = new float[tokens.length];
        logits(prompt, prompt.length - 1, (_, logits) -> {
            for (int i = 0; i < tokens.length; i++) {
                some[i] = logits[tokens[i]];
            }
        });
        return some;
    }

    /// How well each answer goes on with a prompt: its log-probability in nats, up to a number that all of them have in common.
    ///
    /// @param answers tokens; of one each, their logits are the scores
    default double[] scores(int[] prompt, List<int[]> answers) {
        double[] scores = new double[answers.size()];
        if (answers.stream().allMatch(answer -> answer.length == 1)) {
            float[] logits = logits(prompt, answers.stream().mapToInt(answer -> answer[0]).toArray());
            Arrays.setAll(scores, label -> logits[label]);
        } else {
            Arrays.setAll(scores, label -> logProbability(prompt, answers.get(label)));
        }
        return scores;
    }

    private double logProbability(int[] prompt, int[] answer) {
        int[] tokens = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer).limit(answer.length - 1L)).toArray();
        double[] sum = {0};
        logits(tokens, prompt.length - 1, (i, logits) -> sum[0] -= GateRows.nats(logits, answer[i - prompt.length + 1]));
        return sum[0];
    }

    @Override
    void close();

    /// The CPU engine of this program.
    ///
    /// @param model   a Hugging Face folder or an exported file
    /// @param scratch folder for a temporary file with the model's weights
    static LogitReader engine(Path model, int threads, int longest, Path scratch) {
        return new EngineReader(CausalModel.load(model, threads, scratch), longest);
    }

    /// The graph that the student was trained in, its embeddings rounded as they are shipped.
    static LogitReader graph(Path student) {
        Decoder decoder = ModelFolder.load(student, LinearMode.TERNARY);
        HandOver.roundEmbeddings(decoder);
        DecoderGraph graph = decoder.graph(false);
        return new LogitReader() {
            @Override
            public String name() {
                return "training graph";
            }

            @Override
            public void logits(int[] tokens, int from, LlamaProcess.LogitConsumer consumer) {
                try (NDManager work = graph.manager().newSubManager()) {
                    long[] rows = LongStream.range(from, tokens.length).toArray();
                    float[] all = Torch.floats(graph.forward(work, new int[][] {tokens}, work.create(rows), Set.of()).logits());
                    int vocabulary = all.length / rows.length;
                    for (int i = 0; i < rows.length; i++) {
                        consumer.accept(from + i, Arrays.copyOfRange(all, i * vocabulary, (i + 1) * vocabulary));
                    }
                }
            }

            @Override
            public void close() {
                graph.close();
                decoder.close();
            }
        };
    }

    /// llama.cpp, in a process of its own.
    static LogitReader llama(LlamaLibrary library, Path gguf, int threads, int longest) {
        LlamaProcess llama = new LlamaProcess(library, gguf, longest, threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
        return new LogitReader() {
            @Override
            public String name() {
                return library.name();
            }

            @Override
            public void logits(int[] tokens, int from, LlamaProcess.LogitConsumer consumer) {
                llama.logits(tokens, from, consumer);
            }

            @Override
            public void close() {
                llama.close();
            }
        };
    }
}
