package org.bitdistillery.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.inference.CacheFormat;

/// Compares models in turns (A B A B ...), so that a machine that slows down slows all of them; each measurement has a fresh
/// process, so that neither compiled code nor memory of one model helps or burdens another.
public final class Benchmark {

    /// Hears of every measurement.
    @FunctionalInterface
    public interface Listener {

        /// @param done  measurements made so far
        /// @param total measurements that there will be
        /// @param line  what the last one found
        void measured(int done, int total, String line);
    }

    private final Function<NamedModel, Optional<Engine>> engines;

    /// Model folders run in this program's own engine, GGUF files in the `llama-bench` on the path.
    public Benchmark() {
        this(Optional.<Path>empty());
    }

    /// @param llama llama.cpp's `llama-bench`, its library, or a Java binding's jar; without it a `llama-bench` on the path or the
    ///              library that comes along serves, and without those GGUF files are left out, with a note in the report
    /// @throws InvalidInput where that is not what is there
    public Benchmark(Optional<Path> llama) {
        this(llama, CacheFormat.F32);
    }

    /// @param cache how this program's own engine keeps keys and values
    public Benchmark(Optional<Path> llama, CacheFormat cache) {
        this(InstalledLlama.engine(llama), new OwnEngine(Pace.FULL, cache));
    }

    private Benchmark(Optional<Engine> llama, Engine own) {
        this(model -> model.deployed() ? llama : Optional.of(own));
    }

    Benchmark(Function<NamedModel, Optional<Engine>> engines) {
        this.engines = engines;
    }

    /// @param cancelled asked often; true ends the running process
    /// @throws BenchmarkException where a process fails, with the model and the reason
    /// @throws java.util.concurrent.CancellationException where `cancelled` says so
    public BenchmarkReport run(List<NamedModel> models, BenchmarkOptions options, Listener listener, BooleanSupplier cancelled) {
        if (models.isEmpty()) {
            throw new InvalidInput("There is no model to measure. Name at least one model folder.");
        }
        Findings findings = new Findings(options);
        findings.note(EnergyMeter.absence(EnergyMeter.POWERCAP));
        List<NamedModel> measured = new ArrayList<>(models);
        measured.removeIf(model -> isLeftOut(model, findings));
        if (measured.isEmpty()) {
            throw new InvalidInput("None of the models can be measured. " + InstalledLlama.MISSING);
        }
        int done = 0;
        for (int round = 1; round <= options.rounds(); round++) {
            for (int threads : options.threads()) {
                for (NamedModel model : List.copyOf(measured)) {
                    String line = measure(model, threads, options, findings, measured, cancelled);
                    done++;
                    int total = Math.max(done, options.rounds() * options.threads().size() * measured.size());
                    listener.measured(done, total, "round " + round + "/" + options.rounds() + " " + model.name() + ", "
                            + threads + (threads == 1 ? " thread: " : " threads: ") + line);
                }
            }
        }
        return findings.report();
    }

    private boolean isLeftOut(NamedModel model, Findings findings) {
        boolean missing = engines.apply(model).isEmpty();
        if (missing) {
            findings.note(model.name() + " is left out. " + InstalledLlama.MISSING);
        }
        return missing;
    }

    /// An engine that cannot run a file of another program is no reason to lose the rest: it is left out, with a note.
    private String measure(NamedModel model, int threads, BenchmarkOptions options, Findings findings, List<NamedModel> measured,
            BooleanSupplier cancelled) {
        try {
            Engine engine = engines.apply(model).orElseThrow();
            Engine.Job job = new Engine.Job(model, threads, options.workloads());
            List<MeasuringProcess.Ended> ended = new ArrayList<>();
            for (ProcessBuilder command : engine.commands(job)) {
                ended.add(MeasuringProcess.run(command, options.timeoutSeconds(), cancelled));
            }
            Measurement measurement = parsed(engine, job, ended.stream().map(MeasuringProcess.Ended::output).toList());
            long peak = ended.stream().mapToLong(MeasuringProcess.Ended::peakRssBytes).max().orElse(-1);
            findings.add(model, measurement.withPeakRss(peak), ended.stream().map(MeasuringProcess.Ended::load).toList());
            return measurement.rates().stream()
                    .map(rate -> rate.workload().title() + " " + Units.rate(rate.tokensPerSecond()))
                    .collect(Collectors.joining(", ", "", " tokens/s"));
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            if (!model.isGguf() || measured.size() == 1) {
                throw new BenchmarkException("The benchmark of " + model.name() + " (" + model.path() + ") failed: " + reason, e);
            }
            measured.remove(model);
            findings.drop(model);
            findings.note(model.name() + " is left out: " + reason);
            return "left out: " + reason;
        }
    }

    private static Measurement parsed(Engine engine, Engine.Job job, List<String> outputs) throws IOException {
        try {
            Measurement measurement = engine.parse(job, outputs);
            if (measurement == null || measurement.rates() == null || measurement.rates().stream()
                    .anyMatch(rate -> !(rate.tokensPerSecond() > 0) || !Double.isFinite(rate.tokensPerSecond()))) {
                throw new IllegalArgumentException("it has no speeds");
            }
            return measurement;
        } catch (RuntimeException e) {
            String start = String.join("\n", outputs).strip().lines().reduce("", (_, line) -> line);
            throw new IOException(String.format(Locale.ROOT, "what its process printed is no measurement: \"%s\".",
                    start.length() <= 80 ? start : start.substring(0, 80) + "…"), e);
        }
    }
}
