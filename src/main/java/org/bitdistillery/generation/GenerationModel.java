package org.bitdistillery.generation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.ChatTemplate;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.generation.ModelEvent.Answered;
import org.bitdistillery.generation.ModelEvent.Loaded;
import org.bitdistillery.generation.ModelEvent.Piece;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.Generator;

/// A language model on the CPU engine with its tokenizer and its chat template: text in, text out.
///
/// Not for use by several threads at once.
public final class GenerationModel implements AutoCloseable {

    private static final int WARM_PROMPT = 16;
    private static final int WARM_TOKENS = 16;

    private final Path path;
    private final CausalModel model;
    private final TextTokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final CacheFormat cache;
    private final Loaded loaded;

    private GenerationModel(Path path, CausalModel model, Companions companions, CacheFormat cache, long begin) {
        this.path = path;
        this.model = model;
        tokenizer = companions.tokenizer();
        template = companions.template();
        this.cache = cache;
        loaded = Loaded.of(model, template.isPresent(), begin);
    }

    /// @param path    folder in Hugging Face layout, packed file or GGUF file
    /// @param threads 0 for every core
    /// @throws InvalidInput where weights, tokenizer or template are missing or damaged
    public static GenerationModel open(Path path, int threads, CacheFormat cache) {
        long begin = System.nanoTime();
        CausalModel model = CausalModel.load(path, threads);
        try {
            Companions companions = Companions.of(path);
            return new GenerationModel(path, model, companions, cache, begin);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    public Loaded loaded() {
        return loaded;
    }

    /// Answers a request.
    ///
    /// @param pieces  gets the text as it comes
    /// @param stopped asked before each token and each part of a long prompt
    /// @throws InvalidInput where the prompt is empty, too long for the model, or a question to a model without a chat template
    public Answered answer(GenerationRequest request, Consumer<Piece> pieces, BooleanSupplier stopped) {
        int[] prompt = tokens(request);
        Answering answering = new Answering(tokenizer, request.stops(), pieces, stopped);
        try {
            Generator.End end = new Generator(model, request.sampling().sampler(), cache).generate(prompt, request.tokens(), answering);
            return answering.finish(end, prompt.length);
        } catch (OutOfMemoryError e) {
            throw new InvalidInput("Keys and values of " + prompt.length + " + " + request.tokens()
                    + " tokens do not fit into memory. Ask for fewer tokens, or keep them as int8.", e);
        }
    }

    /// Works without an answer, so that the next one is fast: a short prompt and some tokens.
    ///
    /// @param stopped asked before each token
    public void warmUp(BooleanSupplier stopped) {
        int[] prompt = new int[Math.min(WARM_PROMPT, model.architecture().maxPositions() / 2)];
        new Generator(model, Sampling.GREEDY.sampler(), cache).generate(prompt, WARM_TOKENS, _ -> !stopped.getAsBoolean());
    }

    private int[] tokens(GenerationRequest request) {
        int bos = model.architecture().bosTokenId();
        int[] ids = tokenizer.encode(request.chat() ? question(request, bos >= 0) : request.prompt());
        if (bos >= 0) {
            int[] begun = new int[ids.length + 1];
            begun[0] = bos;
            System.arraycopy(ids, 0, begun, 1, ids.length);
            ids = begun;
        }
        if (ids.length == 0) {
            throw new InvalidInput("The prompt is empty, and this model knows no beginning of a text. Write a prompt.");
        }
        return ids;
    }

    private String question(GenerationRequest request, boolean begins) {
        ChatTemplate chat = template.orElseThrow(
                () -> new InvalidInput(path + " comes without a chat template: ask it to go on with a text instead."));
        List<ChatTemplate.Message> messages = new ArrayList<>();
        for (Exchange exchange : request.history()) {
            messages.add(ChatTemplate.Message.user(exchange.question()));
            messages.add(ChatTemplate.Message.assistant(exchange.answer()));
        }
        messages.add(ChatTemplate.Message.user(request.prompt()));
        String rendered = chat.conversation(messages);
        return begins ? chat.withoutBeginning(rendered) : rendered;
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
