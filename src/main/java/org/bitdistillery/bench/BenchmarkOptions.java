package org.bitdistillery.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bitdistillery.config.BenchmarkStage;
import org.bitdistillery.config.InvalidInput;

/// What is measured and how often.
///
/// @param threads        thread counts to measure with; 0 stands for every core
/// @param prompts        lengths of the prompts whose reading is timed, in tokens
/// @param decodeTokens   tokens that are made one by one behind each of `contexts`
/// @param contexts       tokens in the cache before decoding
/// @param rounds         measurements of each model, in turns
/// @param timeoutSeconds most that one process may take
public record BenchmarkOptions(
        List<Integer> threads, List<Integer> prompts, int decodeTokens, List<Integer> contexts, int rounds, int timeoutSeconds) {

    public static final int TIMEOUT_SECONDS = 1800;
    public static final BenchmarkOptions DEFAULTS = new BenchmarkOptions(
            List.of(0), List.of(128, 512), 64, List.of(0, 512), BenchmarkStage.DEFAULTS.rounds(), TIMEOUT_SECONDS);

    public BenchmarkOptions {
        threads = threads.stream().map(count -> count == 0 ? Runtime.getRuntime().availableProcessors() : count).distinct().toList();
        prompts = prompts.stream().distinct().toList();
        contexts = contexts.stream().distinct().toList();
        if (threads.isEmpty() || threads.stream().anyMatch(count -> count < 0 || count > 1024)) {
            throw wrong("threads", threads, "counts from 0 (every core) to 1024");
        }
        if (prompts.stream().anyMatch(tokens -> tokens < 1)) {
            throw wrong("prompt", prompts, "lengths from 1");
        }
        if (contexts.stream().anyMatch(tokens -> tokens < 0)) {
            throw wrong("context", contexts, "lengths from 0");
        }
        if (decodeTokens < 0 || decodeTokens == 0 && prompts.isEmpty() || contexts.isEmpty() && prompts.isEmpty()) {
            throw wrong("decode", decodeTokens, "from 1 tokens, or a prompt to read");
        }
        if (rounds < 1 || rounds > 1000) {
            throw wrong("rounds", rounds, "from 1 to 1000");
        }
        if (timeoutSeconds < 1) {
            throw wrong("timeout", timeoutSeconds, "seconds from 1");
        }
    }

    private static InvalidInput wrong(String field, Object value, String expected) {
        return new InvalidInput("A benchmark's " + field + " is " + value + ", possible are " + expected + ".");
    }

    /// What the benchmark stage of a run measures: one prompt, and decoding behind it.
    public static BenchmarkOptions of(BenchmarkStage stage) {
        return new BenchmarkOptions(List.of(stage.threads()), List.of(stage.promptTokens()), stage.decodeTokens(),
                List.of(stage.promptTokens()), stage.rounds(), TIMEOUT_SECONDS);
    }

    /// Thread counts that show how speed grows: 1, 2, 4 ... and every core.
    public static List<Integer> sweep(int cores) {
        List<Integer> counts = new ArrayList<>();
        for (int count = 1; count < cores; count *= 2) {
            counts.add(count);
        }
        counts.add(cores);
        return counts;
    }

    List<Workload> workloads() {
        Stream<Workload> prefill = prompts.stream().map(Workload::prefill);
        Stream<Workload> decode = decodeTokens == 0 ? Stream.of() : contexts.stream().map(context -> Workload.decode(context, decodeTokens));
        return Stream.concat(prefill, decode).toList();
    }
}
