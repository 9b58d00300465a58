package org.bitdistillery.bench;

import java.io.PrintStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.Session;
import org.bitdistillery.platform.Machine;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import tools.jackson.databind.json.JsonMapper;

/// The inside of a measuring process: loads one model, warms up, times prefill and decode, prints one line of JSON.
///
/// A small model decodes 64 tokens in a millisecond, so each timed section is repeated until it has taken [#TIMED_NANOS]
/// altogether. Before it, the same section runs untimed until its speed no longer grows: vector code is slow until the
/// compiler has been over it, and how long that takes depends on the machine.
public final class BenchWorker {

    private static final long TIMED_NANOS = 500_000_000L;
    private static final long WARM_UP_NANOS = 150_000_000L;
    private static final int STEADY_WARM_UPS = 3;
    private static final int MOST_WARM_UPS = 40;

    private final Session session;
    private final int[] prompt;
    private final int[] continuation;

    private BenchWorker(Session session, int vocabulary, int promptTokens, int decodeTokens) {
        this.session = session;
        SplittableRandom random = new SplittableRandom(1);
        prompt = random.ints(promptTokens, 0, vocabulary).toArray();
        continuation = random.ints(decodeTokens, 0, vocabulary).toArray();
    }

    /// Measures a model in this very process.
    ///
    /// @param threads 0 for every core
    /// @throws InvalidInput where the model cannot be read or has too few positions
    public static Measurement measure(Path folder, int threads, int promptTokens, int decodeTokens) {
        try (var model = CausalModel.load(folder, threads);
                var session = model.newSession(Math.addExact(promptTokens, decodeTokens))) {
            var worker = new BenchWorker(session, model.architecture().vocabularySize(), promptTokens, decodeTokens);
            warmUp(worker::prefillRate);
            double prefill = worker.prefillRate(TIMED_NANOS);
            warmUp(worker::decodeRate);
            double decode = worker.decodeRate(TIMED_NANOS);
            long fileBytes = SafetensorsFolder.fileBytes(folder);
            return new Measurement(
                    model.threads(), prefill, decode, model.weightBytes(), fileBytes, Machine.peakResidentBytes());
        }
    }

    /// Ends after some windows in a row in which nothing was compiled and nothing grew faster.
    private static void warmUp(LongToDoubleFunction rate) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        double best = 0;
        int steady = 0;
        for (int round = 0; round < MOST_WARM_UPS && steady < STEADY_WARM_UPS; round++) {
            long compiled = compiler.getTotalCompilationTime();
            double now = rate.applyAsDouble(WARM_UP_NANOS);
            boolean unchanged = compiler.getTotalCompilationTime() == compiled && now < 1.03 * best;
            steady = unchanged ? steady + 1 : 0;
            best = Math.max(best, now);
        }
    }

    /// Tokens a second over whole prompts.
    private double prefillRate(long atLeast) {
        long begin = System.nanoTime();
        long nanos;
        long tokens = 0;
        do {
            session.reset();
            session.prefill(prompt);
            tokens += prompt.length;
            nanos = System.nanoTime() - begin;
        } while (nanos < atLeast);
        return tokens * 1e9 / nanos;
    }

    /// Tokens a second behind the prompt, which is prefilled once and not timed.
    private double decodeRate(long atLeast) {
        session.reset();
        session.prefill(prompt);
        long begin = System.nanoTime();
        long nanos;
        long tokens = 0;
        do {
            session.rewind(prompt.length);
            for (int token : continuation) {
                session.decode(token);
            }
            tokens += continuation.length;
            nanos = System.nanoTime() - begin;
        } while (nanos < atLeast);
        return tokens * 1e9 / nanos;
    }

    /// The hidden command `bench-worker MODEL --threads N --prompt P --decode D`: one line of JSON, or one sentence on `err`.
    ///
    /// @return exit code: 0 done, 1 the model could not be measured
    public static int run(Path folder, int threads, int promptTokens, int decodeTokens, PrintStream out, PrintStream err) {
        try {
            out.println(JsonMapper.shared().writeValueAsString(measure(folder, threads, promptTokens, decodeTokens)));
            return 0;
        } catch (InvalidInput e) {
            err.println(e.getMessage());
        } catch (OutOfMemoryError e) {
            err.println("The Java heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB is too small for the model. Give Java more memory with -Xmx.");
        }
        return 1;
    }

    /// Entry of the measuring process; arguments are MODEL, threads, prompt and decode in this order.
    public static void main(String[] args) {
        System.exit(run(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]),
                System.out, System.err));
    }
}
