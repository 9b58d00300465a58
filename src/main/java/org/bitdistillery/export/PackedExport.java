package org.bitdistillery.export;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.bitdistillery.config.Task;
import org.bitdistillery.event.ExportedTensor;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.inference.PackedMetadata;
import org.bitdistillery.inference.PackedOptions;
import org.bitdistillery.inference.PackedWriter;
import org.bitdistillery.model.ParameterSpec;

/// A student as one file for the engine of this program, with configuration, tokenizer, prompt, labels and provenance inside.
final class PackedExport implements ExportFiles.WeightFile {

    private final ExportPlan plan;
    private final Path target;

    PackedExport(ExportPlan plan, Path target) {
        this.plan = plan;
        this.target = target;
    }

    /// Before the file is there, what its tensors will take at least.
    @Override
    public List<ExportedTensor> tensors() {
        if (Files.exists(target)) {
            try (PackedFile file = PackedFile.open(target)) {
                return file.tensors();
            }
        }
        return ParameterSpec.of(plan.architecture()).stream().map(spec -> new ExportedTensor(spec.name(), List.of(), "",
                spec.kind() == ParameterSpec.Kind.PROJECTION ? spec.elements() / 4 : 2 * spec.elements())).toList();
    }

    @Override
    public void write(Path file, LongConsumer progress) {
        Task task = plan.experiment().task();
        boolean labels = task.kind() == Task.Kind.CLASSIFICATION;
        Map<String, String> provenance = new TreeMap<>(plan.provenance().dataHashes());
        provenance.put("experiment", plan.experiment().name());
        provenance.put("base", plan.provenance().base());
        provenance.put("license", plan.provenance().license());
        PackedWriter.write(plan.student(), PackedOptions.DEFAULTS,
                new PackedMetadata(plan.prompt(), labels ? List.copyOf(task.labels().values()) : List.of(), provenance), file, progress);
    }
}
