package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.inference.TinyModels;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.platform.SelfProcess;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchmarkTest {

    private static final BenchmarkOptions ONE_ROUND = new BenchmarkOptions(1, 8, 4, 1);

    @TempDir
    Path folder;

    @Test
    void everyModelIsMeasuredInAFreshProcessInTurns() throws IOException {
        NamedModel half = model("fp16", LinearMode.FULL);
        NamedModel student = model("student", LinearMode.TERNARY_FROZEN);
        List<String> lines = new ArrayList<>();
        BenchmarkReport report = new Benchmark().run(List.of(half, student), ONE_ROUND, lines::add, () -> false);
        assertThat(report.runs()).extracting("name").containsExactly("fp16", "student");
        assertThat(report.runs()).allSatisfy(run -> {
            assertThat(run.threads()).isEqualTo(1);
            assertThat(run.prefillTokensPerSecond()).isPositive();
            assertThat(run.decodeTokensPerSecond()).isPositive();
            assertThat(run.peakRssBytes() == -1 || run.peakRssBytes() > 10 << 20).isTrue();
        });
        assertThat(report.runs().get(0).fileBytes()).isEqualTo(Files.size(half.folder().resolve("model.safetensors")));
        assertThat(report.runs().get(1).weightBytes()).isLessThan(report.runs().get(0).weightBytes());
        assertThat(lines).hasSize(2).first().asString().startsWith("round 1/1 fp16");
        JsonNode json = JsonMapper.shared().valueToTree(report);
        assertThat(json.propertyNames()).containsExactly("runs");
        assertThat(json.get("runs").get(0).propertyNames()).containsExactlyInAnyOrder("name", "threads", "prefillTokensPerSecond",
                "decodeTokensPerSecond", "weightBytes", "fileBytes", "peakRssBytes");
    }

    @Test
    void aFailingProcessIsReportedInOneSentenceWithItsModel() {
        NamedModel missing = new NamedModel("student", folder.resolve("nowhere"));
        assertThatThrownBy(() -> new Benchmark().run(List.of(missing), ONE_ROUND, _ -> { }, () -> false))
                .isInstanceOf(BenchmarkException.class).hasMessageContaining("student").hasMessageContaining("config.json");
        Benchmark crashing = new Benchmark(_ -> SelfProcess.command(Crash.class.getName(), List.of()));
        assertThatThrownBy(() -> crashing.run(List.of(missing), ONE_ROUND, _ -> { }, () -> false))
                .isInstanceOf(BenchmarkException.class).hasMessageContaining("student").hasMessageContaining("exit code 7");
    }

    @Test
    void cancellingEndsTheProcess() {
        Benchmark sleeping = new Benchmark(_ -> SelfProcess.command(Sleep.class.getName(), List.of()));
        NamedModel any = new NamedModel("fp16", folder);
        assertThatThrownBy(() -> sleeping.run(List.of(any), ONE_ROUND, _ -> { }, () -> true))
                .isInstanceOf(CancellationException.class);
        assertThat(ProcessHandle.current().children()).noneMatch(
                child -> child.isAlive() && child.info().commandLine().orElse("").contains(Sleep.class.getName()));
    }

    @Test
    void theMedianIsReported() {
        List<Measurement> rounds = List.of(
                new Measurement(2, 10, 1, 5, 6, 300), new Measurement(2, 90, 2, 5, 6, 100), new Measurement(2, 20, 9, 5, 6, 200));
        assertThat(Benchmark.summary("m", rounds)).satisfies(
                run -> assertThat(run.prefillTokensPerSecond()).isEqualTo(20),
                run -> assertThat(run.decodeTokensPerSecond()).isEqualTo(2),
                run -> assertThat(run.peakRssBytes()).isEqualTo(200));
    }

    @Test
    void impossibleOptionsAreRefused() {
        assertThatThrownBy(() -> new BenchmarkOptions(1, 0, 4, 1)).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> new Benchmark().run(List.of(), ONE_ROUND, _ -> { }, () -> false))
                .isInstanceOf(InvalidInput.class);
    }

    private NamedModel model(String name, LinearMode mode) throws IOException {
        Path target = Files.createDirectories(folder.resolve(name));
        Architecture shape = TinyModels.architecture(SubLnPlacement.PAPER, true);
        TinyModels.write(target, shape, TinyModels.weights(shape, 21), mode == LinearMode.TERNARY_FROZEN);
        Files.writeString(target.resolve("config.json"), ConfigJson.tree(shape, mode, DType.F16).toString());
        return new NamedModel(name, target);
    }

    static final class Crash {
        public static void main(String[] args) {
            System.exit(7);
        }
    }

    static final class Sleep {
        public static void main(String[] args) throws InterruptedException {
            Thread.sleep(60_000);
        }
    }
}
