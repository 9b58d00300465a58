package org.bitdistillery.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;

/// Shapes of published models (their `config.json`), to learn what a distillation costs and brings before spending a week on one.
public enum PublishedShape {
    QWEN3_0_6B("qwen3-0.6b", qwen3(1024, 28, 16, 3072)),
    QWEN3_1_7B("qwen3-1.7b", qwen3(2048, 28, 16, 6144)),
    QWEN3_4B("qwen3-4b", qwen3(2560, 36, 32, 9728)),
    QWEN25_0_5B("qwen2.5-0.5b", new Architecture(
            Family.QWEN2, 151_936, 896, 24, 14, 2, 64, 4864, 32_768, 1e-6, Attention.full(64, Rope.of(1e6)), true, SubLnPlacement.OFF,
            151_643, 151_645)),
    LLAMA32_1B("llama3.2-1b", new Architecture(
            Family.LLAMA, 128_256, 2048, 16, 32, 8, 64, 8192, 131_072, 1e-5,
            Attention.full(64, new Rope(500_000, new Rope.Scaling.Llama3(32, 1, 4, 8192))), true, SubLnPlacement.OFF, 128_000, 128_001)),
    GEMMA3_1B("gemma3-1b", new Architecture(
            Family.GEMMA3, 262_144, 1152, 26, 4, 1, 256, 6912, 32_768, 1e-6,
            new Attention(256, Rope.of(1e6), Attention.Sliding.every(6, 26, 512, Rope.of(10_000))), true, SubLnPlacement.OFF, 2, 1));

    private final String title;
    private final Architecture architecture;

    PublishedShape(String title, Architecture architecture) {
        this.title = title;
        this.architecture = architecture;
    }

    private static Architecture qwen3(int hidden, int layers, int heads, int inner) {
        return new Architecture(
                Family.QWEN3, 151_936, hidden, layers, heads, 8, 128, inner, 40_960, 1e-6, Attention.full(128, Rope.of(1e6)), true,
                SubLnPlacement.OFF, 151_643, 151_645);
    }

    public String title() {
        return title;
    }

    public Architecture architecture() {
        return architecture;
    }

    /// @throws InvalidInput where there is no such shape
    public static PublishedShape named(String name) {
        return Arrays.stream(values()).filter(shape -> shape.title.equals(name.strip().toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new InvalidInput("There is no shape " + name + ". Possible are " + titles() + "."));
    }

    /// All names in one line.
    public static String titles() {
        return Arrays.stream(values()).map(PublishedShape::title).collect(Collectors.joining(", "));
    }
}
