package org.bitdistillery.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.DType;
import tools.jackson.databind.json.JsonMapper;

/// A model folder of random weights, written as a stream: a model of any size costs a buffer of memory. Speed does not depend on
/// what the weights are, so normal numbers of a trained model's spread do.
final class SyntheticModel {

    private static final int CHUNK = 1 << 20;
    private static final int DRAWS = 1 << 16;
    private static final long SPARE_BYTES = 256L << 20;
    /// The standard deviation that Qwen3 is initialized with.
    private static final double DEVIATION = 0.02;
    private static final String WEIGHTS = "model.safetensors";

    /// A tensor on its way into the file.
    ///
    /// @param bytes of its data
    private record Planned(String name, DType type, long[] shape, long bytes) {}

    private final Architecture shape;
    private final LinearMode mode;
    private final SplittableRandom random = new SplittableRandom(42);

    private SyntheticModel(Architecture shape, LinearMode mode) {
        this.shape = shape;
        this.mode = mode;
    }

    /// The full-precision model, as F16.
    static SyntheticModel fp16(Architecture shape) {
        return new SyntheticModel(shape, LinearMode.FULL);
    }

    /// The student with packed ternary projections and SubLN where the paper has it.
    static SyntheticModel student(Architecture shape) {
        return new SyntheticModel(shape.withSubLn(SubLnPlacement.PAPER), LinearMode.TERNARY_FROZEN);
    }

    long bytes() {
        return plan().stream().mapToLong(Planned::bytes).sum();
    }

    /// @throws InvalidInput where the disk has no room for it
    static void requireRoom(Path folder, long bytes) {
        try {
            long room = Files.getFileStore(folder).getUsableSpace();
            if (room < bytes + SPARE_BYTES) {
                throw new InvalidInput("The models take " + Units.bytes(bytes) + " and " + folder + " has room for " + Units.bytes(room)
                        + ". Free some space, or name a folder on another disk with --temp.");
            }
        } catch (IOException e) {
            throw new InvalidInput(folder + " cannot be written to (" + e.getMessage() + "). Name another folder with --temp.", e);
        }
    }

    /// Makes the folder.
    ///
    /// @param cancelled asked often; true ends the writing
    /// @throws java.util.concurrent.CancellationException where `cancelled` says so
    void write(Path folder, BooleanSupplier cancelled) {
        try {
            Files.createDirectories(folder);
            ConfigJson.write(folder, shape, mode, DType.F16);
            List<Planned> plan = plan();
            try (var channel = FileChannel.open(folder.resolve(WEIGHTS), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeFully(channel, header(plan));
                for (Planned tensor : plan) {
                    data(channel, tensor, cancelled);
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder, e);
        }
    }

    /// Scales come first and codes last, so that every tensor is aligned to its element size.
    private List<Planned> plan() {
        List<Planned> scales = new ArrayList<>();
        List<Planned> halves = new ArrayList<>();
        List<Planned> codes = new ArrayList<>();
        for (ParameterSpec spec : ParameterSpec.of(shape)) {
            long elements = LongStream.of(spec.shape()).reduce(1, Math::multiplyExact);
            if (mode == LinearMode.TERNARY_FROZEN && spec.kind() == ParameterSpec.Kind.PROJECTION) {
                long[] packed = {spec.shape()[0] / TernaryPacking.ROWS_A_BYTE, spec.shape()[1]};
                codes.add(new Planned(spec.name(), DType.U8, packed, elements / TernaryPacking.ROWS_A_BYTE));
                scales.add(new Planned(spec.name() + "_scale", DType.F32, new long[] {1}, Float.BYTES));
            } else {
                halves.add(new Planned(spec.name(), DType.F16, spec.shape(), elements * Short.BYTES));
            }
        }
        scales.addAll(halves);
        scales.addAll(codes);
        return scales;
    }

    private static ByteBuffer header(List<Planned> plan) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("__metadata__", Map.of("format", "pt"));
        long offset = 0;
        for (Planned tensor : plan) {
            header.put(tensor.name, Map.of("dtype", tensor.type.name(), "shape", tensor.shape,
                    "data_offsets", new long[] {offset, offset + tensor.bytes}));
            offset += tensor.bytes;
        }
        byte[] json = JsonMapper.shared().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, Long.BYTES) * Long.BYTES;
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private void data(FileChannel channel, Planned tensor, BooleanSupplier cancelled) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        short[] draws = tensor.type == DType.U8 ? codes() : tensor.shape.length == 1 ? gains() : halves();
        for (long written = 0; written < tensor.bytes; written += chunk.limit()) {
            if (cancelled.getAsBoolean()) {
                throw new java.util.concurrent.CancellationException("the benchmark was stopped");
            }
            chunk.clear();
            if (tensor.type == DType.F32) {
                chunk.putFloat((float) DEVIATION);
            } else {
                while (chunk.hasRemaining()) {
                    long bits = random.nextLong();
                    for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
                        chunk.putShort(draws[(int) (bits >>> shift) & DRAWS - 1]);
                    }
                }
            }
            chunk.flip().limit((int) Math.min(chunk.limit(), tensor.bytes - written));
            writeFully(channel, chunk);
        }
    }

    /// Normal numbers to draw from: 65,536 of them are enough to look random and draw four times as fast.
    private short[] halves() {
        short[] draws = new short[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            draws[i] = Float.floatToFloat16((float) (DEVIATION * random.nextGaussian()));
        }
        return draws;
    }

    private static short[] gains() {
        short[] draws = new short[DRAWS];
        java.util.Arrays.fill(draws, Float.floatToFloat16(1));
        return draws;
    }

    /// Two bytes with four codes each; -1, 0 and 1 are stored as 0, 1 and 2.
    private short[] codes() {
        short[] draws = new short[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            for (int code = 0; code < 8; code++) {
                draws[i] |= (short) (random.nextInt(3) << 2 * code);
            }
        }
        return draws;
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
