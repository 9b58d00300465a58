package org.bitdistillery.ui.benchmark;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import javafx.concurrent.Task;
import org.bitdistillery.bench.Benchmark;
import org.bitdistillery.bench.BenchmarkReport;

/// A benchmark in the list of background tasks. Canceling it ends the process that measures.
public final class BenchmarkTask extends Task<BenchmarkReport> {

    /// What the task does: [BenchmarkJob#run], unless a test has something else in mind.
    @FunctionalInterface
    public interface Work {

        /// @throws CancellationException where `cancelled` says so
        BenchmarkReport run(Benchmark.Listener listener, BooleanSupplier cancelled);
    }

    private final Work work;

    BenchmarkTask(Work work) {
        this.work = work;
        updateTitle("Benchmark");
        updateMessage("Starting");
        updateProgress(-1, 1);
    }

    @Override
    protected BenchmarkReport call() {
        try {
            return work.run((done, total, line) -> {
                updateProgress(done, total);
                updateMessage(line);
            }, this::isCancelled);
        } catch (CancellationException e) {
            cancel();
            return null;
        }
    }
}
