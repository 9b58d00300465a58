package org.bitdistillery.bench;

import java.util.List;

/// A program that runs models, as something that can be started in processes of its own and asked for one measurement.
interface Engine {

    /// What a process has to measure.
    record Job(NamedModel model, int threads, List<Workload> workloads) {}

    /// The processes, one after the other; they are not started and nothing is redirected yet.
    List<ProcessBuilder> commands(Job job);

    /// Reads what the processes printed on standard output.
    ///
    /// @throws RuntimeException where that is no measurement
    Measurement parse(Job job, List<String> outputs);
}
