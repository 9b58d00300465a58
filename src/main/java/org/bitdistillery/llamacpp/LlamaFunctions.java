package org.bitdistillery.llamacpp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.bitdistillery.config.InvalidInput;

/// Handles on the functions of llama.cpp's C API that are needed here, checked to be there.
///
/// The parameter structs are passed by value and differ between versions; both calling conventions hand them over in
/// memory, so an opaque struct that is larger than any of them fits all. Of the context's parameters the first six fields
/// have stayed the same: `n_ctx`, `n_batch`, `n_ubatch`, `n_seq_max`, `n_threads`, `n_threads_batch`.
final class LlamaFunctions {

    /// Larger than `llama_model_params` and `llama_context_params` of any version so far.
    static final StructLayout PARAMETERS = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(64, ValueLayout.JAVA_LONG));
    /// `llama_batch`: n_tokens, token, embd, pos, n_seq_id, seq_id, logits.
    static final StructLayout BATCH = MemoryLayout.structLayout(
            JAVA_INT.withName("n_tokens"), MemoryLayout.paddingLayout(4), ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);

    private static final int ERROR_LEVEL = 4;
    private static final String LOAD_BACKENDS = "ggml_backend_load_all_from_path";

    private final SymbolLookup symbols;
    private final LlamaLibrary library;
    final MethodHandle modelDefaults;
    final MethodHandle contextDefaults;
    final MethodHandle loadModel;
    final MethodHandle freeModel;
    final MethodHandle newContext;
    final MethodHandle freeContext;
    final MethodHandle vocabulary;
    final MethodHandle vocabularySize;
    final MethodHandle tokenize;
    final MethodHandle decode;
    final MethodHandle logits;
    private final MethodHandle clear;
    private final MethodHandle memory;
    private String lastError = "";

    /// @param arena keeps the library loaded
    /// @throws InvalidInput where it is no shared library for this machine, or not llama.cpp
    @SuppressWarnings("restricted")
    LlamaFunctions(LlamaLibrary library, Arena arena) {
        this.library = library;
        try {
            symbols = SymbolLookup.libraryLookup(library.file(), arena);
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(library.file() + " cannot be loaded as a shared library (" + e.getMessage()
                    + "): name a libllama built for this machine, with the libraries that it needs beside it.", e);
        }
        modelDefaults = find("llama_model_default_params", FunctionDescriptor.of(PARAMETERS));
        contextDefaults = find("llama_context_default_params", FunctionDescriptor.of(PARAMETERS));
        loadModel = find("llama_model_load_from_file", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS));
        freeModel = find("llama_model_free", FunctionDescriptor.ofVoid(ADDRESS));
        newContext = find("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS));
        freeContext = find("llama_free", FunctionDescriptor.ofVoid(ADDRESS));
        vocabulary = find("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS));
        vocabularySize = find("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        tokenize = find("llama_tokenize", FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_BOOLEAN, JAVA_BOOLEAN));
        decode = find("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH));
        logits = find("llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        if (symbols.find("llama_kv_self_clear").isPresent()) {
            clear = find("llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS));
            memory = null;
        } else {
            clear = find("llama_memory_clear", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
            memory = find("llama_get_memory", FunctionDescriptor.of(ADDRESS, ADDRESS));
        }
        keepErrors(arena);
        loadBackends(arena);
        call(find("llama_backend_init", FunctionDescriptor.ofVoid()));
    }

    @SuppressWarnings("restricted")
    private MethodHandle find(String name, FunctionDescriptor type) {
        MemorySegment address = symbols.find(name).orElseThrow(() -> new InvalidInput(library.file() + " has no function " + name
                + ": name a libllama shared library of 2025 or later."));
        return Linker.nativeLinker().downcallHandle(address, type);
    }

    /// Newer packages have the CPU's kernels in libraries of their own, one for each kind of processor, beside the library itself.
    private void loadBackends(Arena arena) {
        if (symbols.find(LOAD_BACKENDS).isPresent()) {
            call(find(LOAD_BACKENDS, FunctionDescriptor.ofVoid(ADDRESS)), arena.allocateFrom(library.file().getParent().toString()));
        }
    }

    /// llama.cpp prints a page for every model; only the last error is worth keeping.
    @SuppressWarnings("restricted")
    private void keepErrors(Arena arena) {
        try {
            MethodHandle target = java.lang.invoke.MethodHandles.lookup().bind(
                    this, "log", java.lang.invoke.MethodType.methodType(void.class, int.class, MemorySegment.class, MemorySegment.class));
            MemorySegment callback = Linker.nativeLinker().upcallStub(
                    target, FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS), arena);
            call(find("llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS)), callback, MemorySegment.NULL);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings({"restricted", "unused"})
    private void log(int level, MemorySegment text, MemorySegment data) {
        if (level == ERROR_LEVEL) {
            lastError = text.reinterpret(Long.MAX_VALUE).getString(0).strip();
        }
    }

    /// What llama.cpp said last about something that failed; empty where it said nothing.
    String lastError() {
        return lastError;
    }

    /// Forgets all tokens of a context.
    void clear(MemorySegment context) {
        if (memory == null) {
            call(clear, context);
        } else {
            call(clear, call(memory, context), true);
        }
    }

    /// A struct filled with its defaults.
    static MemorySegment defaults(MethodHandle function, SegmentAllocator allocator) {
        return (MemorySegment) call(function, allocator);
    }

    static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
