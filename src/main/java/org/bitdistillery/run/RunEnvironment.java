package org.bitdistillery.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.CorpusFiles;
import org.bitdistillery.data.DataHashes;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.platform.Machine;

/// `environment.json`: what a run was made with, for whoever wants to repeat it.
///
/// @param openMpWait wait policy of libtorch's threads that took effect
/// @param inputs     SHA-256 of every file that the configuration names, by path
record RunEnvironment(
        Instant startedAt, Machine machine, int threads, String openMpWait, long seed, String workingDirectory,
        Map<String, String> inputs) {

    /// Hashing more would delay the start of a run by more than seconds.
    private static final long MOST_HASHED_BYTES = 4L << 30;

    static RunEnvironment of(Experiment experiment, String openMpWait) {
        int threads = experiment.compute().threads();
        return new RunEnvironment(
                Instant.now(), Machine.current(), threads > 0 ? threads : Runtime.getRuntime().availableProcessors(), openMpWait,
                experiment.seed(), Path.of("").toAbsolutePath().toString(), hashes(inputs(experiment)));
    }

    private static List<Path> inputs(Experiment experiment) {
        List<String> files = new ArrayList<>();
        if (experiment.task().source() == DataSource.FILES) {
            files.addAll(List.of(experiment.task().train(), experiment.task().dev(), experiment.task().test()));
        }
        for (var corpus : List.of(experiment.teacher().corpus(), experiment.pretrain().corpus())) {
            if (corpus.source() == DataSource.FILES) {
                CorpusFiles.of(corpus.files()).forEach(file -> files.add(file.toString()));
            }
        }
        if (!experiment.teacher().path().isBlank()) {
            for (String name : List.of("config.json", "model.safetensors", "model.safetensors.index.json", "tokenizer.json")) {
                files.add(folder(experiment.teacher().path()).resolve(name).toString());
            }
        }
        return files.stream().filter(file -> !file.isBlank()).distinct().map(Path::of).filter(Files::isRegularFile).toList();
    }

    /// A model that is not there is for the pipeline to tell.
    private static Path folder(String model) {
        try {
            return HubCache.ofUser().folder(model);
        } catch (InvalidInput e) {
            return Path.of(model);
        }
    }

    private static Map<String, String> hashes(List<Path> files) {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (Path file : files) {
            hashes.put(file.toString(), isQuicklyHashed(file) ? DataHashes.ofFile(file) : "not hashed, too large");
        }
        return hashes;
    }

    private static boolean isQuicklyHashed(Path file) {
        try {
            return Files.size(file) <= MOST_HASHED_BYTES;
        } catch (IOException e) {
            return false;
        }
    }
}
