package org.bitdistillery.bench;

import java.io.PrintStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.bitdistillery.analysis.Median;
import org.bitdistillery.bench.Measurement.Rate;
import org.bitdistillery.bench.Measurement.TimeShare;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.Profile;
import org.bitdistillery.inference.Session;
import org.bitdistillery.platform.Machine;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The inside of a measuring process: loads one model, warms up, times each workload, prints one line of JSON.
///
/// A small model decodes 64 tokens in a millisecond, so a workload is repeated for a while ([Pace]) and the median of
/// its sections counts. Before the first workload of a kind the same code runs untimed until its speed no longer
/// grows: vector code is slow until the compiler has been over it, and how long that takes depends on the machine.
public final class BenchWorker {

    private static final double STILL_GROWING = 1.03;

    private final Session session;
    private final Pace pace;
    private final int[] tokens;
    private final EnergyMeter energy = new EnergyMeter(EnergyMeter.POWERCAP);
    private final Map<Workload.Kind, Workload> warm = new EnumMap<>(Workload.Kind.class);

    private BenchWorker(Session session, Pace pace, int vocabulary, int most) {
        this.session = session;
        this.pace = pace;
        tokens = new SplittableRandom(1).ints(most, 0, vocabulary).toArray();
    }

    /// Measures a model in this very process.
    ///
    /// @param folder  in Hugging Face layout, or a packed file
    /// @param threads 0 for every core
    /// @throws InvalidInput where the model cannot be read or has too few positions for every workload
    static Measurement measure(Path folder, int threads, List<Workload> workloads, Pace pace, CacheFormat cache) {
        long begin = System.nanoTime();
        try (var model = CausalModel.load(folder, threads)) {
            double loadSeconds = secondsSince(begin);
            int positions = model.architecture().maxPositions();
            List<Workload> possible = workloads.stream().filter(workload -> workload.positions() <= positions).toList();
            int most = possible.stream().mapToInt(Workload::positions).max().orElseThrow(() -> new InvalidInput(
                    folder + " has " + positions + " positions, too few for everything that was to be measured. Ask for fewer tokens."));
            List<Workload> skipped = workloads.stream().filter(workload -> workload.positions() > positions).toList();
            try (var session = model.newSession(most, cache)) {
                var worker = new BenchWorker(session, pace, model.architecture().vocabularySize(), most);
                session.prefill(worker.part(0, possible.getFirst().kind() == Workload.Kind.PREFILL ? possible.getFirst().tokens() : 1));
                double firstTokenSeconds = secondsSince(begin);
                List<Rate> rates = possible.stream().map(worker::rate).toList();
                List<TimeShare> shares = worker.shares(possible, model.architecture().layers());
                return new Measurement(OwnEngine.NAME, model.threads(), loadSeconds, firstTokenSeconds, rates, skipped,
                        memory(folder, model), Machine.peakResidentBytes(), shares);
            }
        }
    }

    private static ModelMemory memory(Path folder, CausalModel model) {
        Map<String, Long> groups = TensorGroups.of(folder);
        long file = TensorGroups.fileBytes(folder);
        return new ModelMemory(model.weightBytes(), model.projectionBytes(), file, file - TensorGroups.embeddings(groups), groups);
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) * 1e-9;
    }

    private int[] part(int from, int count) {
        int[] part = new int[count];
        System.arraycopy(tokens, from, part, 0, count);
        return part;
    }

    private Rate rate(Workload workload) {
        int[] context = part(0, workload.context());
        int[] timed = part(workload.context(), workload.tokens());
        session.reset();
        if (context.length > 0) {
            session.prefill(context);
        }
        if (warm.putIfAbsent(workload.kind(), workload) == null) {
            warmUp(workload, timed);
        }
        var before = energy.read();
        List<Double> sections = new ArrayList<>();
        long passed = 0;
        long done = 0;
        while (passed < pace.timedNanos()) {
            long begin = System.nanoTime();
            long nanos;
            int count = 0;
            do {
                pass(workload, timed);
                count += timed.length;
                nanos = System.nanoTime() - begin;
            } while (nanos < pace.sectionNanos());
            sections.add(count * 1e9 / nanos);
            passed += nanos;
            done += count;
        }
        var joules = energy.joulesSince(before);
        return new Rate(workload, Median.of(sections), joules.isPresent() ? joules.getAsDouble() / done : null);
    }

    /// Ends when for a while nothing was compiled and nothing grew faster, or when patience does. Decoding warms up in small
    /// pieces, because a large model takes seconds for all its tokens.
    private void warmUp(Workload workload, int[] timed) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        int[] piece = workload.kind() == Workload.Kind.PREFILL ? timed : part(workload.context(), Math.min(8, timed.length));
        long end = System.nanoTime() + pace.mostWarmUpNanos();
        double best = 0;
        long steady = 0;
        while (steady < pace.steadyNanos() && System.nanoTime() < end) {
            long compiled = compiler.getTotalCompilationTime();
            long begin = System.nanoTime();
            long nanos;
            int count = 0;
            do {
                pass(workload, piece);
                count += piece.length;
                nanos = System.nanoTime() - begin;
            } while (nanos < pace.sectionNanos());
            double now = (double) count / nanos;
            steady = compiler.getTotalCompilationTime() == compiled && now < STILL_GROWING * best ? steady + nanos : 0;
            best = Math.max(best, now);
        }
    }

    private void pass(Workload workload, int[] timed) {
        session.rewind(workload.context());
        if (workload.kind() == Workload.Kind.PREFILL) {
            session.prefill(timed);
            return;
        }
        for (int token : timed) {
            session.decode(token);
        }
    }

    /// Where the time goes, from one more pass of the largest workload of each kind.
    private List<TimeShare> shares(List<Workload> workloads, int layers) {
        Map<Workload.Kind, Workload> largest = new EnumMap<>(Workload.Kind.class);
        workloads.forEach(workload -> largest.merge(
                workload.kind(), workload, (one, other) -> other.positions() > one.positions() ? other : one));
        return largest.values().stream().map(workload -> share(workload, layers)).toList();
    }

    private TimeShare share(Workload workload, int layers) {
        session.reset();
        if (workload.context() > 0) {
            session.prefill(part(0, workload.context()));
        }
        Profile profile = new Profile(layers);
        session.observe(profile);
        pass(workload, part(workload.context(), workload.tokens()));
        session.observe(null);
        double total = LongStream.of(profile.layerNanos()).sum();
        Map<String, Double> parts = new LinkedHashMap<>();
        for (Profile.Part part : Profile.Part.values()) {
            parts.put(part.title(), profile.nanos(part) / total);
        }
        return new TimeShare(workload.kind(), parts, LongStream.of(profile.layerNanos()).mapToObj(nanos -> nanos / total).toList());
    }

    /// One line of JSON on `out`, or one sentence on `err`.
    ///
    /// @return exit code: 0 done, 1 the model could not be measured
    static int run(Path folder, int threads, List<Workload> workloads, Pace pace, CacheFormat cache, PrintStream out, PrintStream err) {
        try {
            out.println(JsonMapper.shared().writeValueAsString(measure(folder, threads, workloads, pace, cache)));
            return 0;
        } catch (InvalidInput e) {
            err.println(e.getMessage());
        } catch (OutOfMemoryError e) {
            err.println("The Java heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB is too small for the model. Give Java more memory with -Xmx.");
        }
        return 1;
    }

    /// Entry of the measuring process; arguments are MODEL, threads, the workloads and the pace as JSON, and the format of keys and values.
    public static void main(String[] args) {
        List<Workload> workloads = JsonMapper.shared().readValue(args[2], new TypeReference<>() {});
        Pace pace = JsonMapper.shared().readValue(args[3], Pace.class);
        System.exit(run(Path.of(args[0]), Integer.parseInt(args[1]), workloads, pace, CacheFormat.named(args[4]), System.out, System.err));
    }
}
