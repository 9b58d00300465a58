package org.bitdistillery.bench;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.bitdistillery.inference.KernelProbe;
import org.bitdistillery.inference.WeightFormat;

/// Prints what the matrix kernels reach on one core, in billions of products a second: weights in the cache. Run by hand while tuning.
public final class KernelBenchmark {

    private static final int[][] SHAPES = {{1024, 1024}, {1024, 3072}};
    private static final int[] TOKENS = {1, 128};
    private static final long NANOS = 300_000_000L;
    private static final int ROUNDS = 5;
    /// Between two looks at the clock, which is a slow one.
    private static final int RUNS = 16;

    private KernelBenchmark() {
    }

    public static void main(String[] args) {
        System.out.printf("%-14s  rows x columns  tokens  products [G/s]  weights [GB/s]%n", "format");
        for (WeightFormat format : WeightFormat.values()) {
            for (int[] shape : SHAPES) {
                for (int tokens : TOKENS) {
                    print(format, shape, tokens);
                }
            }
        }
    }

    private static void print(WeightFormat format, int[] shape, int tokens) {
        try (var probe = new KernelProbe(format, shape[0], shape[1], tokens)) {
            double rate = best(probe);
            System.out.printf(Locale.ROOT, "%-14s  %5d x %-7d  %6d  %14.1f  %14.1f%n", format, shape[0], shape[1], tokens, rate,
                    rate / probe.products() * probe.bytes());
        }
    }

    /// Best of several rounds. Time is that of this thread on its core, so that a busy machine does no more harm than it must.
    private static double best(KernelProbe probe) {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = cpuNanos();
            long nanos;
            double products = 0;
            do {
                for (int i = 0; i < RUNS; i++) {
                    probe.run();
                    products += probe.products();
                }
                nanos = cpuNanos() - begin;
            } while (nanos < NANOS);
            best = Math.max(best, products / nanos);
        }
        return best;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
