package org.bitdistillery.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bitdistillery.bench.Measurement.Rate;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.llamacpp.LlamaCpp;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.platform.Machine;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The inside of a measuring process for llama.cpp's library: the same workloads as [BenchWorker], one line of JSON.
public final class LlamaWorker {

    private static final long TIMED_NANOS = 500_000_000L;

    private final LlamaCpp llama;
    private final int[] tokens;

    private LlamaWorker(LlamaCpp llama, int[] tokens) {
        this.llama = llama;
        this.tokens = tokens;
    }

    static Measurement measure(LlamaLibrary library, Path gguf, int threads, List<Workload> workloads) {
        long begin = System.nanoTime();
        int most = workloads.stream().mapToInt(Workload::positions).max().orElse(1);
        try (LlamaCpp llama = new LlamaCpp(library, gguf, most, threads)) {
            double loadSeconds = (System.nanoTime() - begin) * 1e-9;
            var worker = new LlamaWorker(llama, new SplittableRandom(1).ints(most, 0, llama.vocabularySize()).toArray());
            Workload first = workloads.getFirst();
            worker.append(0, first.kind() == Workload.Kind.PREFILL ? first.tokens() : 1);
            double firstTokenSeconds = (System.nanoTime() - begin) * 1e-9;
            List<Rate> rates = workloads.stream().map(worker::rate).toList();
            return new Measurement(library.name(), threads, loadSeconds, firstTokenSeconds, rates,
                    List.of(), InstalledLlama.memory(gguf), Machine.peakResidentBytes(), List.of());
        }
    }

    private Rate rate(Workload workload) {
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
    private long pass(Workload workload) {
        llama.reset();
        if (workload.context() > 0) {
            append(0, workload.context());
        }
        long begin = System.nanoTime();
        if (workload.kind() == Workload.Kind.PREFILL) {
            append(0, workload.tokens());
        } else {
            for (int i = 0; i < workload.tokens(); i++) {
                append(workload.context() + i, 1);
            }
        }
        return System.nanoTime() - begin;
    }

    private void append(int from, int count) {
        llama.append(Arrays.copyOfRange(tokens, from, from + count));
    }

    /// Entry of the measuring process; arguments are the library, its name, the model, threads, and the workloads as JSON. Exits, because
    /// threads of the library may outlive their work.
    public static void main(String[] args) {
        int exit = 1;
        try {
            List<Workload> workloads = JsonMapper.shared().readValue(args[4], new TypeReference<>() {});
            Measurement measurement = measure(
                    new LlamaLibrary(Path.of(args[0]), args[1]), Path.of(args[2]), Integer.parseInt(args[3]), workloads);
            System.out.println(JsonMapper.shared().writeValueAsString(measurement));
            exit = 0;
        } catch (InvalidInput e) {
            System.err.println(e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            System.err.println("llama.cpp failed: " + e);
        }
        System.exit(exit);
    }
}
