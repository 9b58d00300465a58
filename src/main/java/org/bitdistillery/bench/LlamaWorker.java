package org.bitdistillery.bench;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.bitdistillery.bench.Measurement.Rate;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.Machine;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The inside of a measuring process for llama.cpp's library: the same workloads as [BenchWorker], one line of JSON.
public final class LlamaWorker {

    private static final long TIMED_NANOS = 500_000_000L;

    private final LlamaFunctions llama;
    private final MemorySegment context;
    private final MemorySegment tokens;

    private LlamaWorker(LlamaFunctions llama, MemorySegment context, MemorySegment tokens) {
        this.llama = llama;
        this.context = context;
        this.tokens = tokens;
    }

    static Measurement measure(Path library, Path gguf, int threads, List<Workload> workloads) throws Throwable {
        Path file = library.toString().endsWith(".jar") ? extracted(library) : library;
        try (Arena arena = Arena.ofShared()) {
            LlamaFunctions llama = new LlamaFunctions(file, arena);
            llama.start(file.toAbsolutePath().getParent());
            long begin = System.nanoTime();
            MemorySegment model = llama.load(gguf);
            int most = workloads.stream().mapToInt(Workload::positions).max().orElse(1);
            MemorySegment context = llama.context(model, most, threads);
            double loadSeconds = (System.nanoTime() - begin) * 1e-9;
            int[] ids = new SplittableRandom(1).ints(most, 0, llama.vocabulary(model)).toArray();
            var worker = new LlamaWorker(llama, context, arena.allocateFrom(JAVA_INT, ids));
            Workload first = workloads.getFirst();
            llama.append(context, worker.tokens, first.kind() == Workload.Kind.PREFILL ? first.tokens() : 1);
            double firstTokenSeconds = (System.nanoTime() - begin) * 1e-9;
            List<Rate> rates = new ArrayList<>();
            for (Workload workload : workloads) {
                rates.add(worker.rate(workload));
            }
            return new Measurement("llama.cpp (" + library.getFileName() + ")", threads, loadSeconds, firstTokenSeconds, rates,
                    List.of(), LlamaCpp.memory(gguf), Machine.peakResidentBytes(), List.of());
        }
    }

    private Rate rate(Workload workload) throws Throwable {
        pass(workload);
        long nanos = 0;
        long done = 0;
        while (nanos < TIMED_NANOS) {
            nanos += pass(workload);
            done += workload.tokens();
        }
        return new Rate(workload, done * 1e9 / nanos, null);
    }

    /// @return nanoseconds, the context not counted
    private long pass(Workload workload) throws Throwable {
        llama.clear(context);
        if (workload.context() > 0) {
            llama.append(context, tokens, workload.context());
        }
        long begin = System.nanoTime();
        if (workload.kind() == Workload.Kind.PREFILL) {
            llama.append(context, tokens, workload.tokens());
        } else {
            for (int i = 0; i < workload.tokens(); i++) {
                llama.append(context, tokens.asSlice((workload.context() + i) * JAVA_INT.byteSize()), 1);
            }
        }
        return System.nanoTime() - begin;
    }

    /// The library for this machine out of a jar that has `.../OS/ARCH/lib...`, as a temporary file.
    private static Path extracted(Path jar) throws IOException {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String folder = os.contains("win") ? "windows" : os.contains("mac") ? "mac" : "linux";
        String arch = System.getProperty("os.arch").matches("amd64|x86_64") ? "x86_64" : "aarch64";
        String pattern = "(?i).*/" + folder + "/" + arch + "/[^/]*\\.(so|dylib|dll)";
        try (JarFile content = new JarFile(jar.toFile())) {
            JarEntry entry = content.stream().filter(one -> one.getName().matches(pattern)).findFirst().orElseThrow(() -> new InvalidInput(
                    jar.getFileName() + " has no library for " + folder + " on " + arch + ". Name another one, or llama-bench."));
            Path target = Files.createTempDirectory("llama").resolve(Path.of(entry.getName()).getFileName().toString());
            target.getParent().toFile().deleteOnExit();
            target.toFile().deleteOnExit();
            try (InputStream bytes = content.getInputStream(entry)) {
                Files.copy(bytes, target);
            }
            return target;
        }
    }

    /// Entry of the measuring process; arguments are LIBRARY, MODEL, threads, and the workloads as JSON. Halts, because threads of
    /// the library may outlive their work.
    public static void main(String[] args) {
        int exit = 1;
        try {
            List<Workload> workloads = JsonMapper.shared().readValue(args[3], new TypeReference<>() {});
            Measurement measurement = measure(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), workloads);
            System.out.println(JsonMapper.shared().writeValueAsString(measurement));
            exit = 0;
        } catch (InvalidInput e) {
            System.err.println(e.getMessage());
        } catch (Throwable e) {
            System.err.println("llama.cpp failed: " + e);
        }
        System.exit(exit);
    }
}
