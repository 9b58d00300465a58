package org.bitdistillery.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bitdistillery.bench.Measurement.Rate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// llama.cpp's own `llama-bench`, one repetition a process, on the CPU. It is run once for prompts and decoding from the start
/// and once for each longer context, because it would otherwise time every combination.
///
/// @param program path of the executable
record LlamaBench(Path program) implements Engine {

    @Override
    public List<ProcessBuilder> commands(Job job) {
        List<ProcessBuilder> commands = new ArrayList<>();
        String prompts = sizes(job, Workload.Kind.PREFILL);
        String decode = job.workloads().stream().filter(workload -> workload.kind() == Workload.Kind.DECODE && workload.context() == 0)
                .map(workload -> Integer.toString(workload.tokens())).collect(Collectors.joining(","));
        if (!prompts.isEmpty() || !decode.isEmpty()) {
            commands.add(command(job, "-p", orNone(prompts), "-n", orNone(decode)));
        }
        job.workloads().stream().filter(workload -> workload.context() > 0).forEach(workload -> commands.add(command(
                job, "-p", "0", "-n", Integer.toString(workload.tokens()), "-d", Integer.toString(workload.context()))));
        return commands;
    }

    private static String sizes(Job job, Workload.Kind kind) {
        return job.workloads().stream().filter(workload -> workload.kind() == kind)
                .map(workload -> Integer.toString(workload.tokens())).collect(Collectors.joining(","));
    }

    private static String orNone(String sizes) {
        return sizes.isEmpty() ? "0" : sizes;
    }

    private ProcessBuilder command(Job job, String... what) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "-m", job.model().path().toString(),
                "-t", Integer.toString(job.threads()), "-ngl", "0", "-r", "1", "-o", "json"));
        command.addAll(List.of(what));
        return new ProcessBuilder(command);
    }

    /// Each output is a list of results with `n_prompt`, `n_gen`, `n_depth` (absent in old builds) and `avg_ts`.
    @Override
    public Measurement parse(Job job, List<String> outputs) {
        List<Rate> rates = new ArrayList<>();
        String engine = "llama.cpp";
        for (String output : outputs) {
            for (JsonNode result : JsonMapper.shared().readTree(output)) {
                int prompt = result.path("n_prompt").asInt(0);
                int context = result.path("n_depth").asInt(0);
                Workload workload = prompt > 0 ? Workload.prefill(prompt) : Workload.decode(context, result.path("n_gen").asInt(0));
                rates.add(new Rate(workload, result.path("avg_ts").asDouble(0), null));
                engine = "llama.cpp b" + result.path("build_number").asString("?");
            }
        }
        if (!rates.stream().map(Rate::workload).toList().containsAll(job.workloads())) {
            throw new IllegalArgumentException("it does not hold every workload");
        }
        return new Measurement(engine, job.threads(), -1, -1, rates, List.of(), InstalledLlama.memory(job.model().path()), -1, List.of());
    }
}
