package org.bitdistillery.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The formulas of [StraightThrough] over float32 values in memory, each read and written once: what training spends on
/// rounding is the way through memory, which separate operators take six to eight times.
///
/// @param parallel whether all cores take part. Results do not hang on it.
record RoundingKernels(boolean parallel) {

    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> BITS = IntVector.SPECIES_PREFERRED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /// Added and taken away again, this leaves the nearest integer, half to even, of every `|x| < 2^22`.
    private static final float TO_INTEGER = 0x1.8p23f;
    private static final int WITHOUT_SIGN = 0x7FFF_FFFF;
    /// Values that a core takes at once.
    private static final int CHUNK = 1 << 15;
    /// Values that are summed up in single precision before their sum joins the others in double.
    private static final int RUN = 1 << 10;

    /// `max(mean|x|, 1e-5)` of all values.
    float absmean(MemorySegment x) {
        long count = x.byteSize() / Float.BYTES;
        double[] sums = new double[Math.toIntExact(Math.ceilDiv(count, CHUNK))];
        each(sums.length, chunk -> sums[chunk] = absoluteSum(part(x, chunk)));
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return Math.max((float) (sum / Math.max(1, count)), Ternary.LEAST_DELTA);
    }

    /// `target = delta · clip(round(x / delta), -1, 1)`.
    void ternary(MemorySegment x, float delta, MemorySegment target) {
        int chunks = Math.toIntExact(Math.ceilDiv(x.byteSize() / Float.BYTES, CHUNK));
        each(chunks, chunk -> ternaryPart(part(x, chunk), delta, part(target, chunk)));
    }

    /// Absmax INT8 of each row, in place: `step = max(max|x|, 1e-5) / 127`, `x = round(x / step) · step`.
    void int8(MemorySegment x, int columns) {
        long rowBytes = (long) columns * Float.BYTES;
        int rows = Math.toIntExact(x.byteSize() / rowBytes);
        int atOnce = Math.max(1, CHUNK / columns);
        each(Math.ceilDiv(rows, atOnce), chunk -> {
            int end = Math.min(rows, (chunk + 1) * atOnce);
            for (int row = chunk * atOnce; row < end; row++) {
                int8Row(x.asSlice(row * rowBytes, rowBytes), columns);
            }
        });
    }

    private void each(int chunks, IntConsumer work) {
        IntStream all = IntStream.range(0, chunks);
        (parallel && chunks > 1 ? all.parallel() : all).forEach(work);
    }

    private static MemorySegment part(MemorySegment x, int chunk) {
        long from = (long) chunk * CHUNK * Float.BYTES;
        return x.asSlice(from, Math.min(x.byteSize() - from, (long) CHUNK * Float.BYTES));
    }

    private static double absoluteSum(MemorySegment x) {
        int count = (int) (x.byteSize() / Float.BYTES);
        double sum = 0;
        for (int from = 0; from < count; from += RUN) {
            int end = Math.min(count, from + RUN);
            int whole = from + LANES.loopBound(end - from);
            FloatVector lanes = FloatVector.zero(LANES);
            for (int i = from; i < whole; i += LANES.length()) {
                lanes = lanes.add(FloatVector.fromMemorySegment(LANES, x, (long) i * Float.BYTES, ORDER).abs());
            }
            sum += sumInOrder(lanes);
            for (int i = whole; i < end; i++) {
                sum += Math.abs(x.get(FLOAT, (long) i * Float.BYTES));
            }
        }
        return sum;
    }

    /// `reduceLanes` may add in another order once it is compiled, which would give a resumed run other losses.
    private static double sumInOrder(FloatVector lanes) {
        double sum = 0;
        for (float lane : lanes.toArray()) {
            sum += lane;
        }
        return sum;
    }

    private static void ternaryPart(MemorySegment x, float delta, MemorySegment target) {
        int count = (int) (x.byteSize() / Float.BYTES);
        int whole = LANES.loopBound(count);
        for (int i = 0; i < whole; i += LANES.length()) {
            long at = (long) i * Float.BYTES;
            FloatVector codes = FloatVector.fromMemorySegment(LANES, x, at, ORDER).div(delta).max(-1).min(1).add(TO_INTEGER).sub(TO_INTEGER);
            codes.mul(delta).intoMemorySegment(target, at, ORDER);
        }
        for (int i = whole; i < count; i++) {
            long at = (long) i * Float.BYTES;
            target.set(FLOAT, at, delta * (float) Math.rint(Math.clamp(x.get(FLOAT, at) / delta, -1f, 1f)));
        }
    }

    /// The largest magnitude is found among the bits: without their sign, floats are in the order of integers, NaN above all.
    private static void int8Row(MemorySegment row, int columns) {
        int whole = LANES.loopBound(columns);
        IntVector most = IntVector.zero(BITS);
        for (int i = 0; i < whole; i += LANES.length()) {
            most = most.max(IntVector.fromMemorySegment(BITS, row, (long) i * Float.BYTES, ORDER).and(WITHOUT_SIGN));
        }
        int largest = most.reduceLanes(VectorOperators.MAX);
        for (int i = whole; i < columns; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(row.get(FLOAT, (long) i * Float.BYTES)) & WITHOUT_SIGN);
        }
        float step = Math.max(Float.intBitsToFloat(largest), StraightThrough.LEAST_GAMMA) / StraightThrough.INT8_MAX;
        for (int i = 0; i < whole; i += LANES.length()) {
            long at = (long) i * Float.BYTES;
            FloatVector codes = FloatVector.fromMemorySegment(LANES, row, at, ORDER).div(step).add(TO_INTEGER).sub(TO_INTEGER);
            codes.mul(step).intoMemorySegment(row, at, ORDER);
        }
        for (int i = whole; i < columns; i++) {
            long at = (long) i * Float.BYTES;
            row.set(FLOAT, at, (float) Math.rint(row.get(FLOAT, at) / step) * step);
        }
    }
}
