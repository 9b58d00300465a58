package org.bitdistillery.model;

import ai.djl.ndarray.types.DataType;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.quant.Float16;

/// Small models of every family whose weights anybody can make again.
///
/// Weight `i` of a tensor is `(h(i) / 2^31 - 1) · amplitude + offset` in double precision, rounded to float32, with
/// `h(i)`: x = i·2654435761 + crc32(name); x ^= x >> 15; x *= 2246822519; x ^= x >> 13; x *= 3266489917; x ^= x >> 16 (32 bits).
/// Amplitudes: matrices 1.5 / sqrt(columns), norms 0.25 around a gain of 1, biases 0.5.
public enum FamilyModels {
    LLAMA(Family.LLAMA, 2, 8, Attention.full(8, Rope.of(1e4)), true),
    LLAMA3(Family.LLAMA, 2, 8, Attention.full(8, new Rope(5e5, new Rope.Scaling.Llama3(8, 1, 4, 16))), false),
    LLAMA_LINEAR(Family.LLAMA, 4, 8, Attention.full(8, new Rope(1e4, new Rope.Scaling.Linear(4))), true),
    QWEN2(Family.QWEN2, 2, 8, Attention.full(8, Rope.of(1e6)), true),
    QWEN3(Family.QWEN3, 2, 12, Attention.full(12, Rope.of(1e6)), true),
    QWEN3_UNTIED(Family.QWEN3, 1, 12, Attention.full(12, Rope.of(1e6)), false),
    GEMMA3(Family.GEMMA3, 1, 12, new Attention(
            20, new Rope(1e6, new Rope.Scaling.Linear(2)), Attention.Sliding.every(3, 3, 4, Rope.of(1e4))), true),
    BITNET(Family.BITNET, 2, 8, Attention.full(8, Rope.of(5e5)), true);

    private final Architecture architecture;

    FamilyModels(Family family, int keyValueHeads, int headDim, Attention attention, boolean tied) {
        architecture = new Architecture(
                family, 40, 32, 3, 4, keyValueHeads, headDim, 48, 64, 1e-6, attention, tied, SubLnPlacement.OFF, 1, 2);
    }

    public Architecture architecture() {
        return architecture;
    }

    public Decoder decoder(SubLnPlacement placement, LinearMode mode) {
        return new Decoder(architecture.withSubLn(placement), mode, DataType.FLOAT32, FamilyModels::values);
    }

    /// The same with weights that half precision holds exactly, as far as the CPU engine keeps them in it.
    public Decoder halfDecoder(SubLnPlacement placement, LinearMode mode) {
        return new Decoder(architecture.withSubLn(placement), mode, DataType.FLOAT32, spec ->
                spec.shape().length == 2 ? Float16.toFloats(Float16.fromFloats(values(spec))) : values(spec));
    }

    static float[] values(ParameterSpec spec) {
        CRC32 crc = new CRC32();
        crc.update(spec.name().getBytes(StandardCharsets.UTF_8));
        double amplitude = switch (spec.kind()) {
            case NORM, OFFSET_NORM -> 0.25;
            case BIAS -> 0.5;
            default -> 1.5 / Math.sqrt(spec.shape()[1]);
        };
        float[] values = new float[Math.toIntExact(spec.elements())];
        for (int i = 0; i < values.length; i++) {
            int x = i * 0x9E3779B1 + (int) crc.getValue();
            x = (x ^ x >>> 15) * 0x85EBCA77;
            x = (x ^ x >>> 13) * 0xC2B2AE3D;
            x ^= x >>> 16;
            double unit = Integer.toUnsignedLong(x) / 2147483648.0 - 1;
            values[i] = (float) (unit * amplitude + (spec.isNorm() ? 1 - spec.gainOffset() : 0));
        }
        return values;
    }
}
