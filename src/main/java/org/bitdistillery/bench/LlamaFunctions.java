package org.bitdistillery.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;

/// The few functions of llama.cpp's C interface that a measurement needs, in builds from early 2025 on.
///
/// The parameter structs grow with every release. They are passed by value, which for structs of their size means by a copy in
/// memory, so a buffer larger than any of them serves: the library fills and reads its own part.
final class LlamaFunctions {

    private static final MemoryLayout PARAMETERS = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(64, ValueLayout.JAVA_LONG));
    /// `n_tokens`, and pointers to token, embd, pos, n_seq_id, seq_id and logits.
    private static final MemoryLayout BATCH = MemoryLayout.structLayout(
            JAVA_INT, MemoryLayout.paddingLayout(4), MemoryLayout.sequenceLayout(6, ADDRESS));
    /// The first two fields of the context parameters.
    private static final long CONTEXT_SIZE = 0;
    private static final long BATCH_SIZE = 4;

    private final SymbolLookup library;
    private final Arena arena;
    private final MethodHandle decode;
    private final MethodHandle batch;
    private final MethodHandle synchronize;

    @SuppressWarnings("restricted")
    LlamaFunctions(Path file, Arena arena) {
        this.arena = arena;
        try {
            library = SymbolLookup.libraryLookup(file, arena);
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(file + " cannot be loaded as a library on this machine. Name llama.cpp's library or its llama-bench.", e);
        }
        decode = function("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH));
        batch = function("llama_batch_get_one", FunctionDescriptor.of(BATCH, ADDRESS, JAVA_INT));
        synchronize = function("llama_synchronize", FunctionDescriptor.ofVoid(ADDRESS));
    }

    @SuppressWarnings("restricted")
    private MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(() -> new InvalidInput(
                "The library has no function " + name + ": it is no llama.cpp, or one from before 2025. Use a newer one.")), type);
    }

    private Optional<MethodHandle> optional(String name, FunctionDescriptor type) {
        return library.find(name).map(_ -> function(name, type));
    }

    /// Loads the processor's kernels, where they are files of their own beside the library.
    void start(Path folder) throws Throwable {
        Optional<MethodHandle> backends = optional("ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(ADDRESS));
        if (backends.isPresent()) {
            backends.get().invoke(arena.allocateFrom(folder.toString()));
        }
        function("llama_backend_init", FunctionDescriptor.ofVoid()).invoke();
    }

    /// @throws InvalidInput where the library refuses the file
    MemorySegment load(Path gguf) throws Throwable {
        var defaults = (MemorySegment) function("llama_model_default_params", FunctionDescriptor.of(PARAMETERS)).invoke(arena);
        var model = (MemorySegment) function("llama_model_load_from_file", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS))
                .invoke(arena.allocateFrom(gguf.toString()), defaults);
        return require(model, "This llama.cpp cannot load " + gguf.getFileName()
                + ": its architecture or a tensor type is unknown to it. Use a build that knows it.");
    }

    /// @param positions room for tokens, prompt and answer together
    MemorySegment context(MemorySegment model, int positions, int threads) throws Throwable {
        var parameters = (MemorySegment) function("llama_context_default_params", FunctionDescriptor.of(PARAMETERS)).invoke(arena);
        parameters.set(JAVA_INT, CONTEXT_SIZE, positions);
        parameters.set(JAVA_INT, BATCH_SIZE, positions);
        var context = (MemorySegment) function("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS))
                .invoke(model, parameters);
        require(context, "This llama.cpp has no memory for a context of " + positions + " tokens. Ask for fewer.");
        function("llama_set_n_threads", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT)).invoke(context, threads, threads);
        return context;
    }

    int vocabulary(MemorySegment model) throws Throwable {
        var words = (MemorySegment) function("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS)).invoke(model);
        return (int) function("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS)).invoke(words);
    }

    /// Forgets every token. The function's name has changed twice.
    void clear(MemorySegment context) throws Throwable {
        Optional<MethodHandle> memory = optional("llama_get_memory", FunctionDescriptor.of(ADDRESS, ADDRESS));
        if (memory.isPresent()) {
            function("llama_memory_clear", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN))
                    .invoke((MemorySegment) memory.get().invoke(context), true);
        } else {
            function("llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS)).invoke(context);
        }
    }

    /// Appends tokens and waits for the logits of the last one.
    ///
    /// @param tokens int32
    void append(MemorySegment context, MemorySegment tokens, int count) throws Throwable {
        int failure;
        try (Arena call = Arena.ofConfined()) {
            var one = (MemorySegment) batch.invoke(call, tokens, count);
            failure = (int) decode.invoke(context, one);
        }
        if (failure != 0) {
            throw new InvalidInput("llama.cpp could not compute " + count + " tokens (code " + failure + "). Ask for fewer.");
        }
        synchronize.invoke(context);
    }

    private static MemorySegment require(MemorySegment pointer, String otherwise) {
        if (pointer.equals(MemorySegment.NULL)) {
            throw new InvalidInput(otherwise);
        }
        return pointer;
    }
}
