package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.event.ActivationRms;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.junit.jupiter.api.Test;

class ActivationProbeTest {

    @Test
    void normsBringActivationsToOneWhereTheyStandAndNowhereElse() {
        Batch batch = Batch.packed(new int[][] {{1, 5, 9, 3}, {1, 7}});
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Decoder without = Subln.student(base, SubLnPlacement.OFF);
                Decoder with = Subln.student(base, SubLnPlacement.PAPER)) {
            List<ActivationRms> sites = ActivationProbe.compare(without, with, batch);

            assertThat(sites).hasSize(2 * 4);
            assertThat(sites).filteredOn(site -> site.site().equals("attention output")).hasSize(2).allSatisfy(site -> {
                assertThat(site.before()).isLessThan(0.1);
                assertThat(site.after()).isCloseTo(1, within(0.05));
            });
            // A new model's FFN is so quiet that the norm's epsilon of 1e-5 counts: r / sqrt(r² + eps)
            assertThat(sites).filteredOn(site -> site.site().equals("FFN down")).hasSize(2).allSatisfy(site ->
                    assertThat(site.after()).isCloseTo(site.before() / Math.hypot(site.before(), Math.sqrt(1e-5)), within(0.1)));
            assertThat(sites.getFirst().site()).isEqualTo("query, key, value");
            assertThat(sites.getFirst().before()).isEqualTo(sites.getFirst().after());
        }
    }
}
