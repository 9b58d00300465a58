package org.bitdistillery.llamacpp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bitdistillery.config.InvalidInput;

/// A model in the real llama.cpp, on the CPU, with one sequence: what an export is checked and measured against.
///
/// llama.cpp ends the whole process on some files, so this belongs into a process of its own: see [LlamaProcess].
/// Not for use by several threads.
public final class LlamaCpp implements AutoCloseable {

    private static final int N_CTX = 0;
    private static final int N_BATCH = 4;

    private final Arena arena = Arena.ofConfined();
    private final LlamaFunctions llama;
    private final int contextTokens;
    private final int vocabularySize;
    private MemorySegment model = MemorySegment.NULL;
    private MemorySegment context = MemorySegment.NULL;
    private MemorySegment vocabulary;
    private Batch batch;
    private int position;

    /// @param gguf          a file that llama.cpp knows
    /// @param contextTokens tokens that a sequence may have
    /// @param threads       at least 1
    /// @throws InvalidInput where the library or the model cannot be loaded; the message has llama.cpp's own words
    public LlamaCpp(LlamaLibrary library, Path gguf, int contextTokens, int threads) {
        this.contextTokens = contextTokens;
        try {
            llama = new LlamaFunctions(library, arena);
            load(gguf);
            open(threads, gguf);
            vocabulary = llama.vocabulary(model);
            vocabularySize = (int) LlamaFunctions.call(llama.vocabularySize, vocabulary);
            batch = new Batch(arena, contextTokens);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void load(Path gguf) {
        MemorySegment parameters = LlamaFunctions.defaults(llama.modelDefaults, arena);
        MemorySegment path = arena.allocateFrom(gguf.toAbsolutePath().toString());
        model = (MemorySegment) LlamaFunctions.call(llama.loadModel, path, parameters);
        if (model.equals(MemorySegment.NULL)) {
            throw new InvalidInput(llama.name() + " does not load " + gguf.getFileName() + " (" + llama.lastError()
                    + "): use a version that knows this model, or export in another format.");
        }
    }

    private void open(int threads, Path gguf) {
        MemorySegment parameters = LlamaFunctions.defaults(llama.contextDefaults, arena);
        parameters.set(JAVA_INT, N_CTX, contextTokens);
        parameters.set(JAVA_INT, N_BATCH, contextTokens);
        context = (MemorySegment) LlamaFunctions.call(llama.newContext, model, parameters);
        if (context.equals(MemorySegment.NULL)) {
            throw new InvalidInput(llama.name() + " has no memory for " + contextTokens + " tokens of " + gguf.getFileName() + " ("
                    + llama.lastError() + "): ask for fewer tokens.");
        }
        LlamaFunctions.call(llama.setThreads, context, threads, threads);
    }

    public int vocabularySize() {
        return vocabularySize;
    }

    /// Tokens of the sequence so far.
    public int position() {
        return position;
    }

    /// Token ids by the tokenizer inside the file; nothing is added in front, special tokens are read as such.
    public int[] tokenize(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Arena work = Arena.ofConfined()) {
            MemorySegment characters = work.allocate(bytes.length + 1L);
            MemorySegment.copy(bytes, 0, characters, JAVA_BYTE, 0, bytes.length);
            MemorySegment tokens = work.allocate(JAVA_INT, bytes.length + 16L);
            int count = (int) LlamaFunctions.call(
                    llama.tokenize, vocabulary, characters, bytes.length, tokens, bytes.length + 16, false, true);
            return tokens.asSlice(0, 4L * Math.max(0, count)).toArray(JAVA_INT);
        }
    }

    /// Begins a new sequence.
    public void reset() {
        llama.clear(context);
        position = 0;
    }

    /// Goes on with the sequence.
    ///
    /// @return logits after the last token
    public float[] evaluate(int... tokens) {
        decode(tokens, tokens.length - 1);
        return logits(tokens.length - 1);
    }

    /// Goes on with the sequence.
    ///
    /// @param from index of the first token whose logits are wanted
    /// @return logits after each token from there on, [tokens - from, vocabulary]
    public float[][] evaluateFrom(int from, int... tokens) {
        decode(tokens, from);
        float[][] all = new float[tokens.length - from][];
        for (int i = 0; i < all.length; i++) {
            all[i] = logits(from + i);
        }
        return all;
    }

    /// Goes on with the sequence and waits until the logits after the last token are there, but does not fetch them.
    public void append(int... tokens) {
        decode(tokens, tokens.length - 1);
        LlamaFunctions.call(llama.synchronize, context);
    }

    private void decode(int[] tokens, int from) {
        if (tokens.length == 0 || tokens.length > contextTokens - position) {
            throw new InvalidInput(llama.name() + " was given " + tokens.length + " tokens where " + (contextTokens - position)
                    + " have room: shorten the text.");
        }
        int code = (int) LlamaFunctions.call(llama.decode, context, batch.fill(tokens, position, from));
        if (code != 0) {
            throw new InvalidInput(llama.name() + " failed with code " + code + " (" + llama.lastError() + "): try a newer version.");
        }
        position += tokens.length;
    }

    @SuppressWarnings("restricted")
    private float[] logits(int index) {
        MemorySegment row = (MemorySegment) LlamaFunctions.call(llama.logits, context, index);
        return row.reinterpret(4L * vocabularySize).toArray(JAVA_FLOAT);
    }

    @Override
    public void close() {
        if (!context.equals(MemorySegment.NULL)) {
            LlamaFunctions.call(llama.freeContext, context);
            context = MemorySegment.NULL;
        }
        if (!model.equals(MemorySegment.NULL)) {
            LlamaFunctions.call(llama.freeModel, model);
            model = MemorySegment.NULL;
        }
        arena.close();
    }

    /// A `llama_batch` whose arrays are allocated once.
    private static final class Batch {
        private final MemorySegment struct;
        private final MemorySegment tokens;
        private final MemorySegment positions;
        private final MemorySegment wanted;

        Batch(Arena arena, int most) {
            struct = arena.allocate(LlamaFunctions.BATCH);
            tokens = arena.allocate(JAVA_INT, most);
            positions = arena.allocate(JAVA_INT, most);
            wanted = arena.allocate(most);
            MemorySegment counts = arena.allocate(JAVA_INT, most);
            MemorySegment sequence = arena.allocate(JAVA_INT);
            MemorySegment sequences = arena.allocate(ADDRESS, most);
            for (int i = 0; i < most; i++) {
                counts.setAtIndex(JAVA_INT, i, 1);
                sequences.setAtIndex(ADDRESS, i, sequence);
            }
            MemorySegment[] fields = {tokens, MemorySegment.NULL, positions, counts, sequences, wanted};
            for (int i = 0; i < fields.length; i++) {
                struct.setAtIndex(ADDRESS, i + 1L, fields[i]);
            }
        }

        MemorySegment fill(int[] ids, int position, int wantedFrom) {
            struct.set(JAVA_INT, 0, ids.length);
            for (int i = 0; i < ids.length; i++) {
                tokens.setAtIndex(JAVA_INT, i, ids[i]);
                positions.setAtIndex(JAVA_INT, i, position + i);
                wanted.set(ValueLayout.JAVA_BYTE, i, (byte) (i >= wantedFrom ? 1 : 0));
            }
            return struct;
        }
    }
}
