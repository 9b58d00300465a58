package org.bitdistillery.ui.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bitdistillery.bench.Benchmark;
import org.bitdistillery.bench.BenchmarkOptions;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.bench.SyntheticModels;
import org.bitdistillery.bench.SyntheticShape;
import org.bitdistillery.run.ModelTargets;

/// What a press on Measure does: the same as the command `bench`.
///
/// @param models what `bench` takes as its arguments
/// @param shape  random weights of this shape come first
/// @param llama  llama.cpp's `llama-bench`, library or a binding's jar, for GGUF files
public record BenchmarkJob(List<String> models, Optional<SyntheticShape> shape, Optional<Path> llama, BenchmarkOptions options) {

    BenchmarkReport run(Benchmark.Listener listener, BooleanSupplier cancelled) {
        List<NamedModel> named = ModelTargets.named(models);
        Benchmark benchmark = new Benchmark(llama);
        if (shape.isEmpty()) {
            return benchmark.run(named, options, listener, cancelled);
        }
        Path place = Path.of(System.getProperty("java.io.tmpdir"));
        try (var synthetic = SyntheticModels.write(shape.get(), place, line -> listener.measured(0, 1, line), cancelled)) {
            List<NamedModel> all = new ArrayList<>(synthetic.models());
            all.addAll(named);
            return benchmark.run(all, options, listener, cancelled);
        }
    }
}
