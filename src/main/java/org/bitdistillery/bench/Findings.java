package org.bitdistillery.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.bitdistillery.analysis.SpeedRatio;
import org.bitdistillery.analysis.SpeedVerdict;
import org.bitdistillery.bench.BenchmarkReport.Comparison;
import org.bitdistillery.bench.BenchmarkReport.Model;
import org.bitdistillery.bench.BenchmarkReport.Speed;
import org.bitdistillery.bench.HostLoad.Program;
import org.bitdistillery.platform.Machine;

/// Collects measurements round by round and adds them up to a report.
final class Findings {

    /// Of the resampling: the same measurements give the same report.
    private static final long SEED = 20_251_013;
    private static final int MOST_PROGRAMS = 5;

    private record Taken(NamedModel model, Measurement measurement, List<HostLoad> loads) {}

    private final BenchmarkOptions options;
    private final Instant startedAt = Instant.now();
    private final List<Taken> taken = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();

    Findings(BenchmarkOptions options) {
        this.options = options;
    }

    void add(NamedModel model, Measurement measurement, List<HostLoad> loads) {
        taken.add(new Taken(model, measurement, loads));
        for (Workload skipped : measurement.skipped()) {
            note(model.name() + ": " + skipped.title() + " is left out, the model has fewer than " + skipped.positions() + " positions.");
        }
    }

    void note(String sentence) {
        if (!sentence.isEmpty()) {
            notes.add(sentence);
        }
    }

    /// Forgets a model that failed half-way: rounds would not be complete.
    void drop(NamedModel model) {
        taken.removeIf(one -> one.model.equals(model));
    }

    BenchmarkReport report() {
        List<NamedModel> models = taken.stream().map(Taken::model).distinct().toList();
        List<Speed> speeds = models.stream().flatMap(model -> speeds(model).stream()).toList();
        return new BenchmarkReport(BenchmarkReport.SCHEMA_VERSION, Machine.current(), startedAt,
                Duration.between(startedAt, Instant.now()).toMillis() / 1000.0, options, models.stream().map(this::model).toList(),
                speeds, comparisons(models, speeds), load(taken), List.copyOf(notes));
    }

    private List<Taken> of(NamedModel model) {
        return taken.stream().filter(one -> one.model.equals(model)).toList();
    }

    private Model model(NamedModel model) {
        List<Taken> all = of(model);
        Measurement any = all.getFirst().measurement;
        List<BenchmarkReport.TimeShare> shares = new ArrayList<>();
        for (int threads : options.threads()) {
            all.stream().map(Taken::measurement).filter(measurement -> measurement.threads() == threads).findFirst().ifPresent(
                    measurement -> measurement.shares().forEach(share -> shares.add(
                            new BenchmarkReport.TimeShare(threads, share.kind(), share.parts(), share.layers()))));
        }
        return new Model(model.name(), model.path().toString(), any.engine(), known(all, Measurement::loadSeconds),
                known(all, Measurement::firstTokenSeconds), any.memory(), (long) known(all, Measurement::peakRssBytes), shares);
    }

    private static double known(List<Taken> all, ToDoubleFunction<Measurement> value) {
        return BenchmarkReport.median(all.stream().map(one -> value.applyAsDouble(one.measurement)).filter(one -> one >= 0).toList());
    }

    private List<Speed> speeds(NamedModel model) {
        record Key(int threads, Workload workload) {}
        Map<Key, List<Measurement.Rate>> rates = new LinkedHashMap<>();
        for (Taken one : of(model)) {
            one.measurement.rates().forEach(rate -> rates.computeIfAbsent(
                    new Key(one.measurement.threads(), rate.workload()), _ -> new ArrayList<>()).add(rate));
        }
        List<Speed> speeds = new ArrayList<>();
        rates.forEach((key, all) -> {
            List<Double> rounds = all.stream().map(Measurement.Rate::tokensPerSecond).toList();
            List<Double> joules = all.stream().map(Measurement.Rate::joulesPerToken).filter(Objects::nonNull).toList();
            speeds.add(new Speed(model.name(), key.threads, key.workload, rounds, BenchmarkReport.median(rounds),
                    joules.isEmpty() ? null : BenchmarkReport.median(joules)));
        });
        return speeds;
    }

    private List<Comparison> comparisons(List<NamedModel> models, List<Speed> speeds) {
        List<Comparison> comparisons = new ArrayList<>();
        NamedModel baseline = models.isEmpty() ? null : models.getFirst();
        for (Speed speed : speeds) {
            if (speed.model().equals(baseline.name())) {
                continue;
            }
            speeds.stream().filter(other -> other.model().equals(baseline.name()) && other.threads() == speed.threads()
                            && other.workload().equals(speed.workload()) && other.rounds().size() == speed.rounds().size())
                    .findFirst().ifPresent(other -> comparisons.add(compare(speed, other)));
        }
        return comparisons;
    }

    private Comparison compare(Speed speed, Speed baseline) {
        SpeedRatio ratio = SpeedRatio.of(numbers(speed.rounds()), numbers(baseline.rounds()), SEED);
        double others = load(taken.stream().filter(one -> one.measurement.threads() == speed.threads()
                && (one.model.name().equals(speed.model()) || one.model.name().equals(baseline.model()))).toList()).othersShare();
        return new Comparison(speed.model(), baseline.model(), speed.threads(), speed.workload(), ratio, SpeedVerdict.of(ratio, others));
    }

    private static double[] numbers(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// Shares over the time of all measurements.
    private static HostLoad load(List<Taken> all) {
        List<HostLoad> known = all.stream().flatMap(one -> one.loads.stream()).filter(load -> load.othersShare() >= 0).toList();
        double seconds = known.stream().mapToDouble(HostLoad::seconds).sum();
        if (seconds == 0) {
            return new HostLoad(0, -1, List.of());
        }
        Map<String, Double> byName = new LinkedHashMap<>();
        known.forEach(load -> load.programs().forEach(
                program -> byName.merge(program.name(), program.share() * load.seconds() / seconds, Double::sum)));
        double others = known.stream().mapToDouble(load -> load.othersShare() * load.seconds()).sum() / seconds;
        return new HostLoad(seconds, others, byName.entrySet().stream().map(entry -> new Program(entry.getKey(), entry.getValue()))
                .sorted((one, other) -> Double.compare(other.share(), one.share())).limit(MOST_PROGRAMS).toList());
    }
}
