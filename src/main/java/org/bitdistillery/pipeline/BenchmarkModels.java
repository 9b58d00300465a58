package org.bitdistillery.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.bitdistillery.bench.Benchmark;
import org.bitdistillery.bench.BenchmarkOptions;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.config.BenchmarkStage;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.StageId;
import org.bitdistillery.export.ExportFiles;
import org.bitdistillery.export.ExportPlan;
import org.bitdistillery.export.Provenance;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.platform.AtomicFiles;

/// CPU speed and memory of the packed student against FP16-SFT, on our own engine, interleaved.
final class BenchmarkModels implements Stage {

    /// What a benchmark process takes at least, in the time of this many training operations on a small machine.
    private static final double FLOPS_PER_PROCESS = 1e11;

    @Override
    public StageId id() {
        return StageId.BENCHMARK;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return context.experiment().benchmark().enabled();
    }

    @Override
    public Work work(RunContext context) {
        BenchmarkStage config = context.experiment().benchmark();
        return new Work(0, 2 * config.rounds() * FLOPS_PER_PROCESS, "Tokens per second and memory, student against FP16");
    }

    @Override
    public StageResult run(RunContext context) {
        context.begin(id(), 0, 0, work(context).detail());
        BenchmarkStage config = context.experiment().benchmark();
        packStudent(context);
        List<NamedModel> models = List.of(
                new NamedModel("fp16", context.fp16Sft()), new NamedModel("student", context.paths().packedStudent()));
        try {
            var report = new Benchmark().run(
                    models, BenchmarkOptions.of(config), (done, total, line) -> context.progress(done / (total + 1.0), line),
                    () -> !context.mayContinue());
            Map<String, BenchmarkRun> runs = new LinkedHashMap<>();
            report.summaries().forEach(run -> runs.put(run.name(), run));
            return StageResult.benchmarked(runs);
        } catch (CancellationException e) {
            throw new RunStoppedException();
        }
    }

    /// The student as it will run elsewhere: from packed weights.
    private static void packStudent(RunContext context) {
        var target = context.paths().packedStudent();
        var temporary = HandOver.unfinished(target);
        var plan = new ExportPlan(
                context.student(), ConfigJson.read(context.student()), context.experiment(),
                TaskInputs.prompt(context.experiment().task(), context.student()), Format.HUGGINGFACE, Embeddings.F16, Provenance.unknown(), null);
        ExportFiles.write(plan, temporary, (_, _) -> context.stopIfAsked());
        AtomicFiles.replaceFolder(temporary, target);
    }
}
