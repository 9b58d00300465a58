package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.inference.TinyModels;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelBenchmarkTest {

    @TempDir
    Path folder;

    @Test
    void everyWayToClassifyIsTimedOnceARound() {
        Architecture shape = TinyModels.architecture(SubLnPlacement.OFF, true);
        TinyModels.write(folder, shape, TinyModels.weights(shape, 1), false);
        ConfigJson.write(folder, shape, LinearMode.FULL, DType.F16);
        LabelBenchmark.Speeds speeds = new LabelBenchmark(32, 8, 2, 3).measure(folder, 1);
        assertThat(speeds.wholeHead()).hasSize(3).doesNotContain(0);
        assertThat(speeds.labelHeadRatio().rounds()).isEqualTo(3);
        assertThat(speeds.taskHeadRatio().ratio()).isPositive();
        assertThatThrownBy(() -> new LabelBenchmark(65, 8, 2, 1).measure(folder, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining("64");
    }

    @Test
    void promptsThatShareEverythingAreRefused() {
        assertThatThrownBy(() -> new LabelBenchmark(8, 8, 2, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining("share fewer than all");
    }
}
