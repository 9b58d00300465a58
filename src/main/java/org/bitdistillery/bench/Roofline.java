package org.bitdistillery.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.bitdistillery.inference.KernelProbe;
import org.bitdistillery.inference.PeakProbe;
import org.bitdistillery.inference.WeightFormat;

/// What this machine can do at best, and how much of it each kernel reaches (Williams et al. 2009, "Roofline").
///
/// @param vectorBits    width of the vectors
/// @param readBandwidth largest bytes a second that 1, 2 ... threads together read from memory
/// @param floatPeak     products a second of one core, float32 multiply-add
/// @param integerPeak   the same, 16-bit multiply and add
public record Roofline(int vectorBits, List<Double> readBandwidth, double floatPeak, double integerPeak, List<Kernel> kernels) {

    /// One kernel on one core.
    ///
    /// @param tokens         multiplied at once; 1 is decoding, with weights from memory
    /// @param products       a second
    /// @param bytesPerWeight everything counted
    /// @param roof           products a second that the limiting resource would allow
    /// @param memoryBound    whether that is memory
    public record Kernel(WeightFormat format, int tokens, double products, double bytesPerWeight, double roof, boolean memoryBound) {

        public double share() {
            return products / roof;
        }
    }

    private static final int CACHED_ROWS = 1024;
    private static final int COLUMNS = 1024;
    private static final int PROMPT = 128;
    /// Read at a time, of whatever format: more than caches hold.
    private static final long BYTES = 256L << 20;
    private static final int ROUNDS = 7;
    private static final double NANOS = 1e-9;

    /// @param progress hears what is being measured
    public static Roofline measure(List<WeightFormat> formats, Consumer<String> progress) {
        List<Double> bandwidth = new ArrayList<>();
        for (int threads = 1; threads <= Runtime.getRuntime().availableProcessors(); threads++) {
            progress.accept("memory, threads: " + threads);
            bandwidth.add(bandwidth(threads));
        }
        progress.accept("arithmetic");
        double floats = best(PeakProbe::floats, PeakProbe.floatProducts());
        double integers = best(PeakProbe::integers, PeakProbe.integerProducts());
        List<Kernel> kernels = new ArrayList<>();
        for (WeightFormat format : formats) {
            for (int tokens : new int[] {1, PROMPT}) {
                progress.accept(format + ", tokens: " + tokens);
                kernels.add(kernel(format, tokens, bandwidth.getFirst(), arithmetic(format, tokens, floats, integers)));
            }
        }
        return new Roofline(PeakProbe.vectorBits(), bandwidth, floats, integers, kernels);
    }

    /// Ternary weights meet many tokens as floats that hold two rows each, hence two products a multiply-add; one token and four-bit weights in
    /// 16-bit integers; all others are floats.
    private static double arithmetic(WeightFormat format, int tokens, double floats, double integers) {
        if (format.isTernary() && tokens > 1) {
            return 2 * floats;
        }
        return format.isTernary() || format == WeightFormat.INT4 ? integers : floats;
    }

    private static Kernel kernel(WeightFormat format, int tokens, double bandwidth, double arithmetic) {
        try (var probe = new KernelProbe(format, tokens == 1 ? KernelProbe.rows(format, BYTES, COLUMNS) : CACHED_ROWS, COLUMNS, tokens)) {
            double bytesPerWeight = probe.bytes() * tokens / probe.products();
            double memory = bandwidth / bytesPerWeight * tokens;
            return new Kernel(format, tokens, best(probe::run, probe.products()), bytesPerWeight, Math.min(memory, arithmetic), memory < arithmetic);
        }
    }

    /// Best of several rounds of a tenth of a second, behind one that warms up. Time is that of this thread on its core, so that a busy
    /// machine does no more harm than it must.
    private static double best(Runnable run, double work) {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = cpuNanos();
            long nanos;
            double done = 0;
            do {
                run.run();
                done += work;
                nanos = cpuNanos() - begin;
            } while (nanos < 100_000_000L);
            best = Math.max(best, done / (nanos * NANOS));
        }
        return best;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static double bandwidth(int threads) {
        try (Arena arena = Arena.ofShared(); ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            MemorySegment data = arena.allocate(BYTES, 4096).fill((byte) 1);
            long share = BYTES / threads / 4096 * 4096;
            double best = 0;
            for (int round = 0; round < 3 * ROUNDS; round++) {
                long begin = System.nanoTime();
                List<Future<Integer>> parts = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    long from = thread * share;
                    parts.add(pool.submit(() -> PeakProbe.read(data, from, from + share)));
                }
                for (Future<Integer> part : parts) {
                    part.get();
                }
                best = Math.max(best, share * threads / ((System.nanoTime() - begin) * NANOS));
            }
            return best;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring memory", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
