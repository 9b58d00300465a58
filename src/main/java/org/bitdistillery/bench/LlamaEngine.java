package org.bitdistillery.bench;

import java.util.List;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.platform.SelfProcess;
import tools.jackson.databind.json.JsonMapper;

/// The shared library of llama.cpp or a fork of it, driven by [LlamaWorker] in a process of its own.
record LlamaEngine(LlamaLibrary library) implements Engine {

    @Override
    public List<ProcessBuilder> commands(Job job) {
        return List.of(SelfProcess.command(LlamaWorker.class.getName(), List.of(), library.file().toString(), library.name(),
                job.model().path().toAbsolutePath().toString(), Integer.toString(job.threads()),
                JsonMapper.shared().writeValueAsString(job.workloads())));
    }

    @Override
    public Measurement parse(Job job, List<String> outputs) {
        return OwnEngine.lastLine(outputs.getFirst());
    }
}
