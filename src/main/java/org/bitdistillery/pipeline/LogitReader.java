package org.bitdistillery.pipeline;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.LongStream;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.Session;
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

    @Override
    void close();

    /// The CPU engine of this program.
    ///
    /// @param model   a Hugging Face folder or an exported file
    /// @param scratch folder for a temporary file with the model's weights
    static LogitReader engine(Path model, int threads, int longest, Path scratch) {
        CausalModel engine = CausalModel.load(model, threads, scratch);
        Session session = engine.newSession(Math.min(longest, engine.architecture().maxPositions()));
        return new LogitReader() {
            @Override
            public String name() {
                return "BitDistillery engine";
            }

            @Override
            public void logits(int[] tokens, int from, LlamaProcess.LogitConsumer consumer) {
                session.reset();
                if (from == 0) {
                    session.prefillAll(tokens, consumer::accept);
                    return;
                }
                consumer.accept(from, session.prefill(Arrays.copyOf(tokens, from + 1)));
                for (int i = from + 1; i < tokens.length; i++) {
                    consumer.accept(i, session.decode(tokens[i]));
                }
            }

            @Override
            public void close() {
                session.close();
                engine.close();
            }
        };
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
