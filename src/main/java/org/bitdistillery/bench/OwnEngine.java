package org.bitdistillery.bench;

import java.util.List;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.platform.SelfProcess;
import tools.jackson.databind.json.JsonMapper;

/// This project's engine: [BenchWorker] in a fresh Java process.
///
/// @param cache how keys and values are kept
record OwnEngine(Pace pace, CacheFormat cache) implements Engine {

    static final String NAME = "BitDistillery";
    /// The peak of memory shall be the model's, not that of garbage which nobody has had a reason to collect.
    private static final String SMALL_NURSERY = "-Xmn8m";

    @Override
    public List<ProcessBuilder> commands(Job job) {
        return List.of(SelfProcess.command(BenchWorker.class.getName(), List.of(SMALL_NURSERY), job.model().path().toString(),
                Integer.toString(job.threads()), JsonMapper.shared().writeValueAsString(job.workloads()),
                JsonMapper.shared().writeValueAsString(pace), cache.name()));
    }

    @Override
    public Measurement parse(Job job, List<String> outputs) {
        return lastLine(outputs.getFirst());
    }

    /// Our workers print their measurement last.
    static Measurement lastLine(String output) {
        return JsonMapper.shared().readValue(output.lines().reduce("", (_, line) -> line), Measurement.class);
    }
}
