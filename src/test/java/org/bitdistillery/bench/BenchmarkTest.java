package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.bitdistillery.analysis.SpeedVerdict.Outcome;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.inference.TinyModels;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkTest {

    private static final Benchmark.Listener NOBODY = (_, _, _) -> { };

    @TempDir
    Path folder;

    @Test
    void realModelsAreMeasuredInFreshProcesses() throws IOException {
        NamedModel half = model("fp16", LinearMode.FULL);
        NamedModel student = model("student", LinearMode.TERNARY_FROZEN);
        BenchmarkOptions options = new BenchmarkOptions(List.of(1), List.of(8), 4, List.of(0, 512), 1, 60);
        Engine own = new OwnEngine(Pace.HASTY, CacheFormat.INT8);
        BenchmarkReport report = new Benchmark(_ -> Optional.of(own)).run(List.of(half, student), options, NOBODY, () -> false);

        assertThat(report.models()).extracting(BenchmarkReport.Model::name).containsExactly("fp16", "student");
        assertThat(report.speeds()).hasSize(4).allSatisfy(speed -> assertThat(speed.median()).isPositive());
        assertThat(report.workloads()).extracting(Workload::title).containsExactly("prefill 8", "decode 4");
        assertThat(report.notes()).contains("fp16: decode 4 after 512 is left out, the model has fewer than 516 positions.");
        BenchmarkReport.Model first = report.models().get(0);
        assertThat(first.loadSeconds()).isPositive().isLessThan(first.firstTokenSeconds());
        assertThat(first.peakRssBytes() == -1 || first.peakRssBytes() > 10 << 20).isTrue();
        ModelMemory bytes = first.memory();
        assertThat(bytes.fileBytes()).isEqualTo(Files.size(half.path().resolve("model.safetensors")));
        // Vocabulary 53, hidden 44, tied, two bytes a weight.
        assertThat(bytes.fileBytes() - bytes.fileBytesWithoutEmbeddings()).isEqualTo(53 * 44 * 2).isEqualTo(bytes.tensors().get("embedding"));
        assertThat(bytes.tensors().get("down")).isEqualTo(3 * 44 * 68 * 2);
        assertThat(report.models().get(1).memory().weightBytes()).isLessThan(bytes.weightBytes());
        assertThat(first.shares()).hasSize(2).allSatisfy(share -> {
            assertThat(share.parts().values().stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(1, within(1e-9));
            assertThat(share.layers()).hasSize(4);
        });
        assertThat(report.comparisons()).allSatisfy(one -> assertThat(one.verdict().outcome()).isEqualTo(Outcome.INCONCLUSIVE));
        assertThat(report.summaries()).extracting("name").containsExactly("fp16", "student");
    }

    /// A GGUF file that llama.cpp's own tools wrote.
    @Test
    void ourEngineMeasuresGgufFilesThatOthersMade() throws IOException {
        Path file = Path.of("../shared/data/golden-gguf/tiny-bitnet-tq2_0.gguf");
        assumeTrue(Files.exists(file), "needs " + file + ", which is not there");
        NamedModel model = new NamedModel("theirs", file).inOwnEngine();
        BenchmarkOptions options = new BenchmarkOptions(List.of(1), List.of(8), 4, List.of(0), 1, 60);
        Engine own = new OwnEngine(Pace.HASTY, CacheFormat.F32);
        Benchmark benchmark = new Benchmark(named -> Optional.of(own).filter(_ -> !named.deployed()));

        BenchmarkReport report = benchmark.run(List.of(model), options, NOBODY, () -> false);

        assertThat(report.speeds()).hasSize(2).allSatisfy(speed -> assertThat(speed.median()).isPositive());
        ModelMemory memory = report.models().getFirst().memory();
        assertThat(memory.fileBytes()).isEqualTo(Files.size(file));
        assertThat(memory.tensors()).containsKeys("embedding", "norms", "query", "attention output", "down").doesNotContainKey("other");
    }

    @Test
    void modelsTakeTurnsAndPairsGiveTheVerdict() {
        BenchmarkOptions options = new BenchmarkOptions(List.of(1, 2), List.of(128), 64, List.of(0), 5, 60);
        List<Double> slow = List.of(10.0, 20.0, 40.0, 10.0, 20.0);
        List<Double> fast = List.of(20.0, 60.0, 60.0, 25.0, 40.0);
        List<String> lines = new ArrayList<>();
        FakeWorker worker = new FakeWorker(Map.of("fp16", slow, "student", fast));
        BenchmarkReport report = worker.benchmark().run(List.of(named("fp16"), named("student")), options,
                (done, total, line) -> lines.add(done + "/" + total + " " + line), () -> false);

        assertThat(worker.journal).hasSize(20).startsWith("fp16 1", "student 1", "fp16 2", "student 2", "fp16 1", "student 1");
        assertThat(lines).hasSize(20).startsWith("1/20 round 1/5 fp16, 1 thread: prefill 128 10.0, decode 64 10.0 tokens/s");
        Workload decode = Workload.decode(0, 64);
        assertThat(report.speed("student", 2, decode).orElseThrow()).satisfies(speed -> {
            assertThat(speed.rounds()).isEqualTo(fast);
            assertThat(speed.median()).isEqualTo(40);
            assertThat(speed.joulesPerToken()).isEqualTo(0.5);
        });
        // The pairs give 2, 3, 1.5, 2.5, 2.
        assertThat(report.comparison("student", 1, decode).orElseThrow()).satisfies(comparison -> {
            assertThat(comparison.ratio().ratio()).isCloseTo(2, within(1e-12));
            assertThat(comparison.verdict().outcome()).isEqualTo(Outcome.FASTER);
            assertThat(comparison.baseline()).isEqualTo("fp16");
        });
        assertThat(report.comparisons()).hasSize(4);
        assertThat(report.summaries().get(1)).satisfies(run -> {
            assertThat(run.threads()).isEqualTo(2);
            assertThat(run.decodeTokensPerSecond()).isEqualTo(40);
            assertThat(run.weightBytes()).isEqualTo(400);
        });
        assertThat(ReportTables.verdicts(report)).singleElement().asString()
                .startsWith("student against fp16 with 2 threads: prefill 128 FASTER, 2.0× (").contains("decode 64 FASTER");
        assertThat(report.load().othersShare()).isBetween(-1.0, 1.0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            crash   | its process ended with exit code 7 without a word
            killed  | its process was killed by signal 9 without a word
            excuse  | failed: The file is damaged. Fetch it again.
            garbage | what its process printed is no measurement: "Segmentation fault (core dumped)"
            cutoff  | what its process printed is no measurement
            zero    | what its process printed is no measurement
            sleep   | it was not done after 1 seconds""")
    void aFailingProcessIsReportedInOneSentenceWithItsModel(String failure, String sentence) {
        Benchmark benchmark = new FakeWorker(Map.of()).benchmark();
        BenchmarkOptions options = new BenchmarkOptions(List.of(1), List.of(8), 4, List.of(0), 1, failure.equals("sleep") ? 1 : 60);
        assertThatThrownBy(() -> benchmark.run(List.of(named(failure)), options, NOBODY, () -> false))
                .isInstanceOf(BenchmarkException.class).hasMessageStartingWith("The benchmark of " + failure).hasMessageContaining(sentence);
        assertNoProcessIsLeft();
    }

    @Test
    void aDeployEngineThatFailsIsLeftOutWithAReason() {
        NamedModel gguf = new NamedModel("excuse", folder.resolve("student.gguf"));
        BenchmarkOptions options = new BenchmarkOptions(List.of(1), List.of(8), 4, List.of(0), 2, 60);
        BenchmarkReport report = new FakeWorker(Map.of("fp16", List.of(5.0, 5.0))).benchmark()
                .run(List.of(named("fp16"), gguf), options, NOBODY, () -> false);
        assertThat(report.models()).extracting(BenchmarkReport.Model::name).containsExactly("fp16");
        assertThat(report.speeds().getFirst().rounds()).hasSize(2);
        assertThat(report.notes()).contains("excuse is left out: The file is damaged. Fetch it again.");

        Engine fake = new FakeWorker(Map.of("fp16", List.of(5.0, 5.0)));
        BenchmarkReport without = new Benchmark(model -> model.deployed() ? Optional.empty()
                : Optional.of(fake)).run(List.of(named("fp16"), gguf), options, NOBODY, () -> false);
        assertThat(without.notes()).anyMatch(note -> note.startsWith("excuse is left out. GGUF files are run by llama.cpp"));
    }

    @Test
    void cancellingEndsTheProcess() {
        Benchmark benchmark = new FakeWorker(Map.of()).benchmark();
        BenchmarkOptions options = new BenchmarkOptions(List.of(1), List.of(8), 4, List.of(0), 1, 60);
        assertThatThrownBy(() -> benchmark.run(List.of(named("sleep")), options, NOBODY, () -> true)).isInstanceOf(CancellationException.class);
        assertNoProcessIsLeft();
    }

    @Test
    void impossibleOptionsAreRefused() {
        assertThatThrownBy(() -> new BenchmarkOptions(List.of(1), List.of(0), 4, List.of(0), 1, 60)).hasMessageContaining("prompt is [0]");
        assertThatThrownBy(() -> new BenchmarkOptions(List.of(-1), List.of(8), 4, List.of(0), 1, 60)).hasMessageContaining("threads is [-1]");
        assertThatThrownBy(() -> new BenchmarkOptions(List.of(1), List.of(), 0, List.of(0), 1, 60)).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> new Benchmark().run(List.of(), BenchmarkOptions.DEFAULTS, NOBODY, () -> false)).isInstanceOf(InvalidInput.class);
        assertThat(BenchmarkOptions.sweep(1)).containsExactly(1);
        assertThat(BenchmarkOptions.sweep(12)).containsExactly(1, 2, 4, 8, 12);
    }

    private static void assertNoProcessIsLeft() {
        assertThat(ProcessHandle.current().children()).noneMatch(
                child -> child.isAlive() && child.info().commandLine().orElse("").contains(FakeWorker.Child.class.getName()));
    }

    private NamedModel named(String name) {
        return new NamedModel(name, folder);
    }

    private NamedModel model(String name, LinearMode mode) throws IOException {
        Path target = Files.createDirectories(folder.resolve(name));
        Architecture shape = TinyModels.architecture(SubLnPlacement.PAPER, true);
        TinyModels.write(target, shape, TinyModels.weights(shape, 21), mode == LinearMode.TERNARY_FROZEN);
        Files.writeString(target.resolve("config.json"), ConfigJson.tree(shape, mode, DType.F16).toString());
        return new NamedModel(name, target);
    }
}
