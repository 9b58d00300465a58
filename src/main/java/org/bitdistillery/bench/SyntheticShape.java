package org.bitdistillery.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Attention;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.Rope;

/// Shapes of published models (their `config.json`), to learn what a distillation would bring before spending a week on one.
public enum SyntheticShape {
    QWEN3_0_6B("qwen3-0.6b", 1024, 28, 16, 3072),
    QWEN3_1_7B("qwen3-1.7b", 2048, 28, 16, 6144),
    QWEN3_4B("qwen3-4b", 2560, 36, 32, 9728);

    private static final int VOCABULARY = 151_936;
    private static final int KEY_VALUE_HEADS = 8;
    private static final int HEAD_DIM = 128;
    private static final int POSITIONS = 40_960;

    private final String title;
    private final Architecture architecture;

    SyntheticShape(String title, int hidden, int layers, int heads, int inner) {
        this.title = title;
        architecture = new Architecture(Family.QWEN3, VOCABULARY, hidden, layers, heads, KEY_VALUE_HEADS, HEAD_DIM, inner, POSITIONS,
                1e-6, Attention.full(HEAD_DIM, Rope.of(1e6)), true, SubLnPlacement.OFF, 151_643, 151_645);
    }

    public String title() {
        return title;
    }

    public Architecture architecture() {
        return architecture;
    }

    /// @throws InvalidInput where there is no such shape
    public static SyntheticShape named(String name) {
        return Arrays.stream(values()).filter(shape -> shape.title.equals(name.strip().toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new InvalidInput("There is no shape " + name + ". Possible are "
                        + Arrays.stream(values()).map(SyntheticShape::title).collect(Collectors.joining(", ")) + "."));
    }
}
