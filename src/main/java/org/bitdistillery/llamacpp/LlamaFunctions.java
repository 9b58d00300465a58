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
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;

/// Handles on the functions of llama.cpp's C API that are needed here, checked to be there, by today's names or by those of 2024, which
/// bitnet.cpp's fork of it has.
///
/// The parameter structs are passed by value and differ between versions; both calling conventions hand them over in
/// memory, so an opaque struct that is larger than any of them fits all. Of the context's parameters the first fields
/// have stayed the same: `n_ctx`, `n_batch`, `n_ubatch`, `n_seq_max`.
final class LlamaFunctions {

    /// Larger than `llama_model_params` and `llama_context_params` of any version so far.
    static final StructLayout PARAMETERS = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(64, ValueLayout.JAVA_LONG));
    /// `llama_batch`: n_tokens, token, embd, pos, n_seq_id, seq_id, logits, and what versions of 2024 had behind them for batches without
    /// positions.
    static final StructLayout BATCH = MemoryLayout.structLayout(
            JAVA_INT.withName("n_tokens"), MemoryLayout.paddingLayout(4), ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_LONG));

    /// The numbers of levels differ between versions.
    private static final Pattern ERROR = Pattern.compile("error", Pattern.CASE_INSENSITIVE);

    private final SymbolLookup symbols;
    private final LlamaLibrary library;
    final MethodHandle modelDefaults;
    final MethodHandle contextDefaults;
    final MethodHandle loadModel;
    final MethodHandle freeModel;
    final MethodHandle newContext;
    final MethodHandle freeContext;
    final MethodHandle vocabularySize;
    final MethodHandle tokenize;
    final MethodHandle setThreads;
    final MethodHandle decode;
    final MethodHandle logits;
    final MethodHandle synchronize;
    private final Optional<MethodHandle> vocabulary;
    private final Optional<MethodHandle> memory;
    private final MethodHandle clear;
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
        modelDefaults = find(FunctionDescriptor.of(PARAMETERS), "llama_model_default_params");
        contextDefaults = find(FunctionDescriptor.of(PARAMETERS), "llama_context_default_params");
        loadModel = find(FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS), "llama_model_load_from_file", "llama_load_model_from_file");
        freeModel = find(FunctionDescriptor.ofVoid(ADDRESS), "llama_model_free", "llama_free_model");
        newContext = find(FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS), "llama_init_from_model", "llama_new_context_with_model");
        freeContext = find(FunctionDescriptor.ofVoid(ADDRESS), "llama_free");
        vocabulary = optional(FunctionDescriptor.of(ADDRESS, ADDRESS), "llama_model_get_vocab");
        vocabularySize = find(FunctionDescriptor.of(JAVA_INT, ADDRESS), "llama_vocab_n_tokens", "llama_n_vocab");
        tokenize = find(FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_BOOLEAN, JAVA_BOOLEAN), "llama_tokenize");
        setThreads = find(FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT), "llama_set_n_threads");
        decode = find(FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH), "llama_decode");
        logits = find(FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT), "llama_get_logits_ith");
        synchronize = find(FunctionDescriptor.ofVoid(ADDRESS), "llama_synchronize");
        memory = optional(FunctionDescriptor.of(ADDRESS, ADDRESS), "llama_get_memory");
        clear = memory.isPresent()
                ? find(FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN), "llama_memory_clear")
                : find(FunctionDescriptor.ofVoid(ADDRESS), "llama_kv_self_clear", "llama_kv_cache_clear");
        keepErrors(arena);
        loadBackends(arena);
        call(find(FunctionDescriptor.ofVoid(), "llama_backend_init"));
    }

    /// @param names today's first
    private MethodHandle find(FunctionDescriptor type, String... names) {
        return Stream.of(names).flatMap(name -> optional(type, name).stream()).findFirst().orElseThrow(() -> new InvalidInput(
                library.file() + " has no function " + names[0] + ": name a libllama shared library, of llama.cpp or of bitnet.cpp."));
    }

    @SuppressWarnings("restricted")
    private Optional<MethodHandle> optional(FunctionDescriptor type, String name) {
        return symbols.find(name).map(address -> Linker.nativeLinker().downcallHandle(address, type));
    }

    /// Newer packages have the CPU's kernels in libraries of their own, one for each kind of processor, beside the library itself.
    private void loadBackends(Arena arena) {
        optional(FunctionDescriptor.ofVoid(ADDRESS), "ggml_backend_load_all_from_path")
                .ifPresent(load -> call(load, arena.allocateFrom(library.file().getParent().toString())));
    }

    /// llama.cpp prints a page for every model; only the last error is worth keeping.
    @SuppressWarnings("restricted")
    private void keepErrors(Arena arena) {
        try {
            MethodHandle target = java.lang.invoke.MethodHandles.lookup().bind(
                    this, "log", java.lang.invoke.MethodType.methodType(void.class, int.class, MemorySegment.class, MemorySegment.class));
            MemorySegment callback = Linker.nativeLinker().upcallStub(
                    target, FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS), arena);
            call(find(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), "llama_log_set"), callback, MemorySegment.NULL);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings({"restricted", "unused"})
    private void log(int level, MemorySegment text, MemorySegment data) {
        String line = text.reinterpret(Long.MAX_VALUE).getString(0).strip();
        if (ERROR.matcher(line).find()) {
            lastError = line;
        }
    }

    /// The library's, as shown beside its results.
    String name() {
        return library.name();
    }

    /// What llama.cpp said last about something that failed; empty where it said nothing.
    String lastError() {
        return lastError;
    }

    /// Forgets all tokens of a context.
    void clear(MemorySegment context) {
        if (memory.isPresent()) {
            call(clear, call(memory.get(), context), true);
        } else {
            call(clear, context);
        }
    }

    /// What the functions of the vocabulary are given: in versions of 2024 the model itself.
    MemorySegment vocabulary(MemorySegment model) {
        return vocabulary.map(function -> (MemorySegment) call(function, model)).orElse(model);
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
