package org.bitdistillery.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.bench.HostLoad.Program;
import org.bitdistillery.bench.Measurement.Rate;

/// A report whose measurements are written out, as one of a 0.6 B shape on two cores looks.
public final class Reports {

    private Reports() {}

    /// fp16, a student and a llama.cpp file, 1 and 2 threads, 5 rounds.
    public static BenchmarkReport synthetic() {
        BenchmarkOptions options = new BenchmarkOptions(List.of(1, 2), List.of(128, 512), 64, List.of(0, 512), 5, 60);
        Findings findings = new Findings(options);
        NamedModel fp16 = new NamedModel("fp16", java.nio.file.Path.of("runs/demo/models/fp16-sft"));
        NamedModel student = new NamedModel("student", java.nio.file.Path.of("runs/demo/export/huggingface"));
        NamedModel llama = new NamedModel("student-tq2_0", java.nio.file.Path.of("runs/demo/export/student-tq2_0.gguf"));
        for (int round = 0; round < options.rounds(); round++) {
            for (int threads : options.threads()) {
                double drift = (1 - 0.02 * round) * (threads == 1 ? 0.53 : 1);
                findings.add(fp16, measurement("BitDistillery", threads, options, drift * wobble(round, 0), new double[] {138, 121, 18.8, 17.9},
                        memory(Map.of("embedding", 311L << 20, "gate", 168L << 20, "up", 168L << 20, "down", 168L << 20,
                                "query", 112L << 20, "attention output", 112L << 20, "key", 56L << 20, "value", 56L << 20, "norms", 300_000L)),
                        0.28), load(round));
                findings.add(student, measurement("BitDistillery", threads, options, drift * wobble(round, 1), new double[] {141, 119, 61.0, 52.5},
                        memory(Map.of("embedding", 311L << 20, "gate", 21L << 20, "up", 21L << 20, "down", 21L << 20,
                                "query", 14L << 20, "attention output", 14L << 20, "key", 7L << 20, "value", 7L << 20, "norms", 700_000L)),
                        0.58), load(round));
                findings.add(llama, new Measurement("llama.cpp b6750", threads, -1, -1,
                        rates(options, drift * wobble(round, 2), new double[] {135, 118, 33.6, 30.1}), List.of(),
                        new ModelMemory(440L << 20, -1, 440L << 20, -1, Map.of()), 479L << 20, List.of()), load(round));
            }
        }
        findings.note("Energy: this machine exposes no RAPL counters.");
        return findings.report();
    }

    private static double wobble(int round, int model) {
        return 1 + 0.015 * Math.sin(7 * round + 3 * model);
    }

    private static List<HostLoad> load(int round) {
        return List.of(new HostLoad(10, 0.06 + 0.01 * round, List.of(new Program("firefox", 0.05 + 0.01 * round), new Program("java", 0.01))));
    }

    private static List<Rate> rates(BenchmarkOptions options, double factor, double[] speeds) {
        List<Rate> rates = new ArrayList<>();
        for (int i = 0; i < speeds.length; i++) {
            rates.add(new Rate(options.workloads().get(i), factor * speeds[i], null));
        }
        return rates;
    }

    private static Measurement measurement(
            String engine, int threads, BenchmarkOptions options, double factor, double[] speeds, ModelMemory memory, double headShare) {
        double rest = 1 - headShare;
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("embedding", 0.001);
        parts.put("q, k, v", 0.22 * rest);
        parts.put("attention", 0.09 * rest - 0.001);
        parts.put("attention output", 0.13 * rest);
        parts.put("gate, up", 0.36 * rest);
        parts.put("down", 0.20 * rest);
        parts.put("output head", headShare);
        return new Measurement(engine, threads, 0.8, 2.1, rates(options, factor, speeds), List.of(), memory, memory.weightBytes() + (120L << 20),
                List.of(new Measurement.TimeShare(Workload.Kind.PREFILL, parts, List.of(0.5, 0.5)),
                        new Measurement.TimeShare(Workload.Kind.DECODE, parts, List.of(0.5, 0.5))));
    }

    private static ModelMemory memory(Map<String, Long> groups) {
        long all = groups.values().stream().mapToLong(Long::longValue).sum();
        Map<String, Long> ordered = new LinkedHashMap<>();
        for (String group : List.of("embedding", "norms", "query", "key", "value", "attention output", "gate", "up", "down")) {
            ordered.put(group, groups.get(group));
        }
        return new ModelMemory(all, all - groups.get("embedding"), all + 8_000, all + 8_000 - groups.get("embedding"), ordered);
    }
}
