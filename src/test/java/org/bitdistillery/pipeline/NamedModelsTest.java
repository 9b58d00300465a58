package org.bitdistillery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.hub.HubCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedModelsTest {

    @TempDir Path cache;

    @Test
    void aNameBecomesTheFolderOfItsSnapshotAndEverythingElseStays() throws Exception {
        String commit = "c1899de289a04d12100db370d81485cdf75e47ca";
        Path snapshot = Files.createDirectories(cache.resolve("models--org--small/snapshots").resolve(commit));
        Files.createDirectories(cache.resolve("models--org--small/refs"));
        Files.writeString(cache.resolve("models--org--small/refs/main"), commit);
        Experiment named = experiment("org/small");

        Experiment resolved = NamedModels.resolve(named, new HubCache(cache));

        assertThat(resolved.teacher().path()).isEqualTo(snapshot.toString());
        assertThat(ExperimentFile.withOverrides(resolved, List.of("teacher.path=org/small"))).isEqualTo(named);
        Experiment folder = experiment("models/mine");
        assertThatThrownBy(() -> NamedModels.resolve(folder, new HubCache(cache))).isInstanceOf(ConfigException.class)
                .hasMessage("teacher.path: There is no model models/mine on this machine: run bitdistillery models download models/mine"
                        + " to get it, or name a folder.");
        Experiment starter = ExperimentFile.quickstart();
        assertThat(NamedModels.resolve(starter, new HubCache(cache))).isSameAs(starter);
    }

    private static Experiment experiment(String path) {
        return ExperimentFile.withOverrides(ExperimentFile.quickstart(), List.of("teacher.source=folder", "teacher.path=" + path));
    }
}
