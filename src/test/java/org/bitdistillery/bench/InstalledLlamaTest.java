package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledLlamaTest {

    private static final BenchmarkOptions OPTIONS = new BenchmarkOptions(List.of(1), List.of(16, 32), 4, List.of(0, 8), 1, 60);

    @TempDir
    Path folder;

    /// What `llama-bench -o json` of build 6750 printed, cut down to the fields that matter and some that do not.
    private static final String PROMPTS = """
            [
              {"build_commit": "abc", "build_number": 6750, "model_type": "qwen3 0.6B F16", "n_threads": 1,
               "n_prompt": 16, "n_gen": 0, "n_depth": 0, "avg_ns": 1000, "avg_ts": 71.5, "stddev_ts": 0.0, "samples_ts": [71.5]},
              {"build_number": 6750, "n_prompt": 32, "n_gen": 0, "n_depth": 0, "avg_ts": 75.25},
              {"build_number": 6750, "n_prompt": 0, "n_gen": 4, "n_depth": 0, "avg_ts": 10.5}
            ]""";
    private static final String DEEP = """
            [{"build_number": 6750, "n_prompt": 0, "n_gen": 4, "n_depth": 8, "avg_ts": 9.5}]""";

    @Test
    void llamaBenchIsAskedForEveryWorkloadAndNoMore() {
        var job = new Engine.Job(new NamedModel("student", folder.resolve("x.gguf")), 2, OPTIONS.workloads());
        List<ProcessBuilder> commands = new LlamaBench(Path.of("llama-bench")).commands(job);
        assertThat(commands).hasSize(2);
        assertThat(String.join(" ", commands.get(0).command()))
                .startsWith("llama-bench -m ").endsWith("x.gguf -t 2 -ngl 0 -r 1 -o json -p 16,32 -n 4");
        assertThat(String.join(" ", commands.get(1).command())).endsWith("-p 0 -n 4 -d 8");
    }

    @Test
    void llamaBenchIsRunAndRead() throws IOException {
        Path program = script("case \"$*\" in *-d*) cat <<'X'\n" + DEEP + "\nX\n;; *) cat <<'X'\n" + PROMPTS + "\nX\n;; esac");
        Path gguf = Files.write(folder.resolve("student.gguf"), new byte[1234]);
        BenchmarkReport report = new Benchmark(Optional.of(program))
                .run(List.of(new NamedModel("llama", gguf)), OPTIONS, (_, _, _) -> { }, () -> false);
        assertThat(report.models().getFirst().engine()).isEqualTo("llama.cpp b6750");
        assertThat(report.models().getFirst().memory().fileBytes()).isEqualTo(1234);
        assertThat(report.speeds()).extracting(BenchmarkReport.Speed::median).containsExactly(71.5, 75.25, 10.5, 9.5);
        assertThat(report.workloads()).isEqualTo(OPTIONS.workloads());
    }

    @Test
    void anIncompleteAnswerOfLlamaBenchIsRefused() throws IOException {
        Path program = script("echo '" + DEEP + "'");
        Path gguf = Files.write(folder.resolve("student.gguf"), new byte[1]);
        assertThatThrownBy(() -> new Benchmark(Optional.of(program))
                .run(List.of(new NamedModel("llama", gguf)), OPTIONS, (_, _, _) -> { }, () -> false))
                .isInstanceOf(BenchmarkException.class).hasMessageContaining("is no measurement");
    }

    @Test
    void aPathThatIsNoLlamaIsRefused() throws IOException {
        assertThatThrownBy(() -> InstalledLlama.engine(Optional.of(folder.resolve("nowhere")))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("nowhere does not exist");
        Path text = Files.writeString(folder.resolve("readme.txt"), "no program");
        assertThatThrownBy(() -> InstalledLlama.engine(Optional.of(text)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("neither run nor loaded");
        Path library = Files.writeString(folder.resolve("libllama.so"), "no library");
        Path gguf = Files.write(folder.resolve("student.gguf"), new byte[1]);
        assertThatThrownBy(() -> new Benchmark(Optional.of(library))
                .run(List.of(new NamedModel("llama", gguf)), OPTIONS, (_, _, _) -> { }, () -> false))
                .hasMessageContaining("cannot be loaded as a shared library");
    }

    /// llama.cpp out of the binding that comes along measures a file that the real llama.cpp has written logits for.
    @Test
    void theRealLibraryMeasuresARealFile() {
        Path gguf = Path.of("..", "shared", "data", "golden-gguf", "tiny-bitnet-tq2_0.gguf");
        Assumptions.assumeTrue(Files.exists(gguf), "there is no golden GGUF file beside the project");
        Optional<Engine> llama = InstalledLlama.engine(Optional.empty());
        Assumptions.assumeTrue(llama.isPresent(), "no llama.cpp comes along on this class path");
        BenchmarkReport report = new Benchmark(_ -> llama)
                .run(List.of(new NamedModel("llama", gguf)), OPTIONS, (_, _, _) -> { }, () -> false);
        assertThat(report.speeds()).hasSize(4).allSatisfy(speed -> assertThat(speed.median()).isPositive());
        assertThat(report.models().getFirst().engine()).startsWith("llama.cpp");
    }

    private Path script(String body) throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        Path program = Files.writeString(folder.resolve("llama-bench"), "#!/bin/sh\n" + body + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }
}
