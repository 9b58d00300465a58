package org.bitdistillery.bench;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.bitdistillery.inference.KernelProbe;

/// Prints what the matrix kernels reach on one core, in billions of products a second. Run by hand while tuning them.
public final class KernelBenchmark {

    private static final int[][] SHAPES = {{256, 256}, {768, 256}, {1024, 1024}, {3072, 1024}, {1024, 3072}};
    private static final int[] TOKENS = {1, 24, 128};
    private static final long NANOS = 300_000_000L;
    private static final int ROUNDS = 5;

    private KernelBenchmark() {
    }

    public static void main(String[] args) {
        System.out.println("rows x columns  tokens  f16 [G/s]  ternary [G/s]");
        for (int[] shape : SHAPES) {
            for (int tokens : TOKENS) {
                System.out.printf(Locale.ROOT, "%5d x %-6d  %6d  %9.1f  %13.1f%n", shape[0], shape[1], tokens,
                        best(KernelProbe.half(shape[0], shape[1], tokens)),
                        best(KernelProbe.ternary(shape[0], shape[1], tokens)));
            }
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
                probe.run();
                products += probe.products();
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
