package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.inference.Profile.Part;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {

    @TempDir
    Path folder;

    @Test
    void everyPartOfEveryBlockIsTimedAndTheLogitsStayTheSame() throws IOException {
        Architecture shape = TinyModels.architecture(SubLnPlacement.PAPER, true);
        TinyModels.write(folder, shape, TinyModels.weights(shape, 5), false);
        Files.writeString(folder.resolve("config.json"), ConfigJson.tree(shape, LinearMode.FULL, DType.F16).toString());
        int[] tokens = {3, 1, 4, 1, 5};
        try (var model = CausalModel.load(folder, 1); var session = model.newSession(16)) {
            float[] plain = session.prefill(tokens).clone();
            session.reset();
            Profile profile = new Profile(shape.layers());
            session.observe(profile);
            long begin = System.nanoTime();
            assertThat(session.prefill(tokens)).containsExactly(plain);
            long elapsed = System.nanoTime() - begin;
            assertThat(Part.values()).allSatisfy(part -> assertThat(profile.nanos(part)).as(part.title()).isPositive());
            assertThat(profile.layerNanos()).hasSize(shape.layers() + 1).doesNotContain(0);
            long parts = Arrays.stream(Part.values()).mapToLong(profile::nanos).sum();
            assertThat(LongStream.of(profile.layerNanos()).sum()).isEqualTo(parts).isLessThanOrEqualTo(elapsed);
            session.observe(null);
            session.decode(9);
            assertThat(Arrays.stream(Part.values()).mapToLong(profile::nanos).sum()).isEqualTo(parts);
        }
    }
}
