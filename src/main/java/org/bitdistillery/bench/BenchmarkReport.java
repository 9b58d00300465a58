package org.bitdistillery.bench;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.analysis.Median;
import org.bitdistillery.analysis.SpeedRatio;
import org.bitdistillery.analysis.SpeedVerdict;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.platform.Machine;

/// What a benchmark found out; as JSON it is what `bench --json` prints and `benchmark.json` holds. Names of the fields are the
/// names of the records' components, sizes are bytes, -1 is unknown, and what is absent is null or left out.
///
/// @param schemaVersion [#SCHEMA_VERSION]
/// @param machine       what it was measured on
/// @param startedAt     when it began
/// @param seconds       how long it took
/// @param options       what was asked for
/// @param models        the models in the order given; the first one is what the others are compared with
/// @param speeds        tokens per second by model, thread count and workload
/// @param comparisons   every other model against the first one
/// @param load          what else used the processor, over all measurements
/// @param notes         what was left out, and why, a sentence each
public record BenchmarkReport(
        int schemaVersion, Machine machine, Instant startedAt, double seconds, BenchmarkOptions options, List<Model> models,
        List<Speed> speeds, List<Comparison> comparisons, HostLoad load, List<String> notes) {

    public static final int SCHEMA_VERSION = 2;

    /// @param engine            what ran it
    /// @param loadSeconds       median over the processes, or -1 where the engine does not tell
    /// @param firstTokenSeconds from opening the model until the first prompt was read, in a cold process; median, or -1
    /// @param peakRssBytes      median of the processes' peaks
    public record Model(
            String name, String path, String engine, double loadSeconds, double firstTokenSeconds, ModelMemory memory,
            long peakRssBytes, List<TimeShare> shares) {}

    /// Where the time of a kind of work goes.
    ///
    /// @param parts  share by part of the forward pass, 0..1 altogether
    /// @param layers share by block; the last one is embedding and output head
    public record TimeShare(int threads, Workload.Kind kind, Map<String, Double> parts, List<Double> layers) {}

    /// @param rounds         tokens per second, one a round
    /// @param median         of `rounds`
    /// @param joulesPerToken median of the processor package's energy, or null where the machine does not tell
    public record Speed(String model, int threads, Workload workload, List<Double> rounds, double median, Double joulesPerToken) {

        /// Least and largest round.
        public List<Double> range() {
            return List.of(rounds.stream().min(Double::compare).orElseThrow(), rounds.stream().max(Double::compare).orElseThrow());
        }
    }

    /// @param ratio   of `model` over `baseline`, with its interval
    /// @param verdict what that allows one to say
    public record Comparison(String model, String baseline, int threads, Workload workload, SpeedRatio ratio, SpeedVerdict verdict) {}

    public BenchmarkReport {
        models = List.copyOf(models);
        speeds = List.copyOf(speeds);
        comparisons = List.copyOf(comparisons);
        notes = List.copyOf(notes);
    }

    public Optional<Speed> speed(String model, int threads, Workload workload) {
        return speeds.stream().filter(speed -> speed.model().equals(model) && speed.threads() == threads
                && speed.workload().equals(workload)).findFirst();
    }

    public Optional<Comparison> comparison(String model, int threads, Workload workload) {
        return comparisons.stream().filter(comparison -> comparison.model().equals(model) && comparison.threads() == threads
                && comparison.workload().equals(workload)).findFirst();
    }

    /// Workloads in the order in which they were measured.
    public List<Workload> workloads() {
        return speeds.stream().map(Speed::workload).distinct().toList();
    }

    /// Thread counts, ascending.
    public List<Integer> threads() {
        return speeds.stream().map(Speed::threads).distinct().sorted().toList();
    }

    /// The first prefill and the first decoding with the most threads, which is what a run's results keep.
    public List<BenchmarkRun> summaries() {
        int threads = threads().getLast();
        return models.stream().map(model -> new BenchmarkRun(
                model.name(), threads, first(model, threads, Workload.Kind.PREFILL), first(model, threads, Workload.Kind.DECODE),
                model.memory().weightBytes(), model.memory().fileBytes(), model.peakRssBytes())).toList();
    }

    private double first(Model model, int threads, Workload.Kind kind) {
        return speeds.stream().filter(speed -> speed.model().equals(model.name()) && speed.threads() == threads
                && speed.workload().kind() == kind).mapToDouble(Speed::median).findFirst().orElse(Double.NaN);
    }

    static double median(List<Double> values) {
        return values.isEmpty() ? -1 : Median.of(values);
    }
}
