package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.GateReading;
import org.bitdistillery.export.Compatibility;
import org.bitdistillery.export.ExportPlan;
import org.bitdistillery.export.ExportProgress;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.llamacpp.LlamaLibrary.Program;
import org.bitdistillery.model.Family;
import org.bitdistillery.platform.FreedMemory;

/// Loads an export again with every reader that there is for it, and compares each with the student on real prompts.
final class ExportGate {

    /// Students with more weights are not loaded into the training graph, which takes four bytes for each.
    private static final long MOST_GRAPH_PARAMETERS = 200_000_000L;

    private final ExportPlan plan;
    private final GateRows rows;
    private final int threads;
    private final Optional<LlamaLibrary> llama;
    private final List<String> notes = new ArrayList<>();

    /// @param threads 0 for every core
    ExportGate(ExportPlan plan, GateRows rows, int threads, Optional<LlamaLibrary> llama) {
        this.plan = plan;
        this.rows = rows;
        this.threads = threads;
        this.llama = llama;
    }

    /// What the user should know of readers that were not asked.
    List<String> notes() {
        return notes;
    }

    /// @param exported the folder, or the file of one with everything inside
    /// @param progress hears the fraction of the gate that is done, 0..1
    /// @return the reading of this program first
    /// @throws InvalidInput where a reader does not find the student in the export
    List<GateReading> read(Path exported, ExportProgress progress) {
        Path folder = exported.toAbsolutePath().getParent();
        try (GateRecord student = record(folder, done -> progress.at("Asking the student", done / 4))) {
            boolean usesGraph = plan.architecture().projectionParameters() + plan.architecture().embeddingParameters() <= MOST_GRAPH_PARAMETERS;
            boolean usesLlama = usesLlama();
            Steps steps = new Steps(progress, 2 + (usesLlama ? 1 : 0) + (usesGraph ? 1 : 0));
            List<GateReading> readings = new ArrayList<>();
            Path model = plan.format().isGguf() || plan.format() == Format.PACKED ? exported : folder;
            readings.add(read(student, () -> LogitReader.engine(model, threads, rows.longest(), folder), ownLimits(),
                    steps.next("BitDistillery engine")));
            if (usesLlama) {
                LlamaLibrary library = llama.orElseThrow();
                readings.add(read(student, () -> LogitReader.llama(library, exported, threads, rows.longest()), llamaLimits(),
                        steps.next(library.name())));
            }
            if (usesGraph) {
                readings.add(read(student, () -> LogitReader.graph(plan.student()), GateLimits.LAST_BIT, steps.next("training graph")));
            } else {
                notes.add("The training graph was not asked: the student is too large to load it beside everything else.");
            }
            return readings;
        }
    }

    /// The gate's progress, one step a reader; the student is the first.
    private static final class Steps {
        private final ExportProgress progress;
        private final int count;
        private int current;

        Steps(ExportProgress progress, int count) {
            this.progress = progress;
            this.count = count;
        }

        DoubleConsumer next(String reader) {
            int step = ++current;
            return done -> progress.at("Comparing: " + reader, 0.25 + 0.75 * (step - 1 + done) / (count - 1));
        }
    }

    private GateRecord record(Path folder, DoubleConsumer progress) {
        try (LogitReader student = LogitReader.engine(plan.student(), threads, rows.longest(), folder)) {
            return GateRecord.of(rows, student, folder, progress);
        } finally {
            FreedMemory.giveBack();
        }
    }

    private static GateReading read(GateRecord student, Supplier<LogitReader> opening, GateLimits limits, DoubleConsumer progress) {
        try (LogitReader reader = opening.get()) {
            GateReading reading = student.compare(reader, limits, progress);
            if (!reading.passed()) {
                throw new InvalidInput("The export was discarded, " + reading.reader() + " does not find the student in it: " + reading.failure()
                        + ". Export in another format, or report it with the run's folder.");
            }
            return reading;
        }
    }

    private boolean usesLlama() {
        Optional<Program> program = program(plan.format());
        if (program.isEmpty()) {
            return false;
        }
        String title = program.get().title();
        String remedy = "Name its library in the export's settings or in " + program.get().variable() + ".";
        if (llama.isEmpty()) {
            notes.add(title + " was not asked: none comes along" + (title.equals("llama.cpp") ? " for this machine. " : ". ") + remedy);
            return false;
        }
        if (llama.get().isBundled() && plan.architecture().family() == Family.QWEN3) {
            notes.add("llama.cpp was not asked: the one that comes along is older than qwen3. " + remedy);
            return false;
        }
        return true;
    }

    /// The program that a format is made for, where it has the C API of llama.cpp.
    static Optional<Program> program(Format format) {
        return switch (format) {
            case TQ1_0, TQ2_0 -> Optional.of(Program.LLAMA_CPP);
            case I2_S -> Optional.of(Program.BITNET_CPP);
            case PACKED, HUGGINGFACE, BF16 -> Optional.empty();
        };
    }

    private GateLimits ownLimits() {
        boolean ternaryBlocks = plan.format() == Format.TQ1_0 || plan.format() == Format.TQ2_0;
        boolean rounded = plan.format() == Format.BF16 || plan.format().isGguf() && plan.embeddings() != Embeddings.F16
                || ternaryBlocks && !Compatibility.hasExactScales(plan.architecture());
        if (rounded) {
            return GateLimits.REQUANTIZED;
        }
        return Compatibility.keepsEveryBit(plan.architecture(), plan.format()) ? GateLimits.IDENTICAL : GateLimits.LAST_BIT;
    }

    private GateLimits llamaLimits() {
        boolean rounded = plan.embeddings() != Embeddings.F16 || !Compatibility.hasExactScales(plan.architecture());
        return rounded ? GateLimits.REQUANTIZED : GateLimits.REGROUPED;
    }
}
