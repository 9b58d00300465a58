package org.bitdistillery.bench;

import java.util.List;
import org.bitdistillery.event.BenchmarkRun;

/// Medians of a benchmark, one run a model in the order given. As JSON it is what `bench --json` prints.
public record BenchmarkReport(List<BenchmarkRun> runs) {

    public BenchmarkReport {
        runs = List.copyOf(runs);
    }
}
