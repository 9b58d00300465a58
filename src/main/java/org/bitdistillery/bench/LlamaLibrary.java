package org.bitdistillery.bench;

import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.platform.SelfProcess;
import tools.jackson.databind.json.JsonMapper;

/// llama.cpp's shared library, driven by [LlamaWorker] in a process of its own.
///
/// @param library the shared library, or a jar that holds one for this machine
/// @param name    as shown beside its results
record LlamaLibrary(Path library, String name) implements Engine {

    @Override
    public List<ProcessBuilder> commands(Job job) {
        return List.of(SelfProcess.command(LlamaWorker.class.getName(), List.of(), library.toAbsolutePath().toString(),
                job.model().path().toAbsolutePath().toString(), Integer.toString(job.threads()),
                JsonMapper.shared().writeValueAsString(job.workloads())));
    }

    @Override
    public Measurement parse(Job job, List<String> outputs) {
        return OwnEngine.lastLine(outputs.getFirst()).withEngine(name);
    }
}
