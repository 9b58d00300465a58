package org.bitdistillery.inference;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Each kernel by JMH, one thread: one token with weights from memory, and a prompt of 128 with weights in the cache. Not a test; run by
/// `mvn -q test-compile exec:exec -Dexec.classpathScope=test -Dmain=org.openjdk.jmh.Main -Dargs="KernelBenchmark -p format=TERNARY_2BIT"`.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {

    private static final int COLUMNS = 1024;
    private static final int CACHED_ROWS = 1024;
    private static final long BYTES = 256L << 20;

    @Param({"F32", "F16", "INT8", "INT4", "TERNARY_2BIT", "TERNARY_BASE3"})
    WeightFormat format;

    @Param({"1", "128"})
    int tokens;

    private KernelProbe probe;

    /// Billions of multiplications, which JMH divides by the time.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Products {
        public double billions;
    }

    @Setup(Level.Trial)
    public void make() {
        probe = new KernelProbe(format, tokens == 1 ? KernelProbe.rows(format, BYTES, COLUMNS) : CACHED_ROWS, COLUMNS, tokens);
    }

    @TearDown(Level.Trial)
    public void free() {
        probe.close();
    }

    @Benchmark
    public void multiply(Products products) {
        probe.run();
        products.billions += probe.products() * 1e-9;
    }
}
