package org.bitdistillery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.event.MetricScore;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Architecture ARCHITECTURE =
            Architecture.llama(32, 8, 1, 2, 1, 4, 16, 64, 1e-5, 10000, true, SubLnPlacement.OFF, 1, 2);
    private static final String ESCAPE = "\033[";

    @TempDir Path folder;
    private final StringWriter text = new StringWriter();

    @Test
    void theResultsAreTablesAndAGainAboveOneSpeaksForTheStudent() {
        assertThat(ResultsReport.text(FakeRuns.RESULTS)).isEqualTo("""
                model       accuracy   95 % interval  macro-F1  Matthews    loss     dev    test
                FP16-SFT      93.4 %  92.4 to 94.4 %         –         –  0.2113  93.2 %  93.6 %
                BitNet-SFT    81.2 %  80.2 to 82.2 %         –         –  0.2113  81.0 %  81.4 %
                BitDistill    92.5 %  91.5 to 93.5 %         –         –  0.2113  92.3 %  92.7 %

                CPU, 2 threads            FP16      student  gain
                prefill            1,000 tok/s  2,000 tok/s  2.0×
                decode              50.0 tok/s    125 tok/s  2.5×
                weights in memory      4.0 MiB      1.0 MiB  4.0×
                weight file            4.0 MiB      2.0 MiB  2.0×
                peak RSS               100 MiB            –     –

                Exported to export/huggingface (huggingface, 2.0 MiB).
                Loaded again, its logits differ by 1.2e-07 at most; the CPU engine answers 99.9 % alike, on 2,000 rows.

                The whole run took 1 min 02 s.
                """);
    }

    @Test
    void generatedTextsAreReportedByTheirMetrics() {
        Results texts = new Results(1, "texts", textScore(0.3), null, textScore(0.25), null, null, null, null, null, Map.of(), 5);

        assertThat(ResultsReport.text(texts)).startsWith("""
                model       BLEU  ROUGE-1  ROUGE-2  ROUGE-L  ROUGE-Lsum  95 % interval    loss
                FP16-SFT    15.0     30.0     10.0     25.0        28.0   27.0 to 29.0  2.5000
                BitDistill  12.5     25.0      8.3     20.8        23.3   22.3 to 24.3  2.5000
                """);
    }

    private static ModelScore textScore(double rouge1) {
        Map<String, MetricScore> text = Map.of("bleu", metric(rouge1 / 2), "rouge1", metric(rouge1), "rouge2", metric(rouge1 / 3),
                "rougeL", metric(rouge1 / 1.2), "rougeLsum", metric(rouge1 / 15 * 14));
        return new ModelScore(null, null, null, null, text, 2.5, List.of());
    }

    private static MetricScore metric(double value) {
        return new MetricScore(value, List.of(value - 0.01, value + 0.01));
    }

    @Test
    void whatWasSwitchedOffIsNotReported() {
        Results bare = new Results(1, "bare", null, null, null, null, null, List.of(), null, null, Map.of(), 5);

        assertThat(ResultsReport.text(bare)).isEqualTo("The whole run took 5.0 s.\n");
    }

    @Test
    void withoutATerminalThereIsOneLossLineEveryFewSecondsAndNoEscape() {
        try (RunPrinter printer = RunPrinter.plain(writer(), Duration.ofSeconds(5))) {
            start(printer);
            for (int i = 1; i <= 120; i++) {
                printer.accept(FakeRuns.step(i, START.plusMillis(100L * i)));
            }
        }

        assertThat(text.toString().lines().filter(line -> line.contains("loss")))
                .hasSize(3)
                .first().asString().isEqualTo("[--------------------]   1 %  Distillation 1/120  "
                        + "loss 2.5000 (CE 0.5000, logits 0.1250, relation 0.0300)  1,234 tok/s  ETA 12 s");
        assertThat(text.toString()).doesNotContain(ESCAPE);
    }

    @Test
    void inATerminalProgressIsOneLineThatIsDrawnAgain() {
        try (RunPrinter printer = RunPrinter.inPlace(writer())) {
            start(printer);
            for (int i = 1; i <= 10; i++) {
                printer.accept(FakeRuns.step(i, START.plusSeconds(i)));
            }
            printer.accept(new RunEvent.Noted(START.plusSeconds(11), StageId.DISTILL, "rows were cut"));
        }

        assertThat(text.toString().lines().filter(line -> line.contains("Distillation 10/120"))).hasSize(1);
        assertThat(text.toString().split("\033\\[\\?7l", -1)).hasSize(11);
        assertThat(text.toString()).endsWith("\r\033[2K\033[?7h  note: rows were cut" + System.lineSeparator());
    }

    @Test
    void pausesAreShownAtOnce() {
        try (RunPrinter printer = RunPrinter.plain(writer(), Duration.ofMinutes(1))) {
            start(printer);
            printer.accept(FakeRuns.step(1, START.plusMillis(1)));
            printer.accept(new RunEvent.RunPaused(START.plusMillis(2)));
        }

        assertThat(text.toString()).endsWith("paused" + System.lineSeparator());
    }

    @Test
    void aModelIsDescribedByItsFilesAlone() {
        ConfigJson.write(folder, ARCHITECTURE, LinearMode.FULL, DType.F16);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("model.embed_tokens.weight",
                new Tensor.Floats(DType.F16, new float[32 * 8], new long[] {32, 8})), Map.of());

        ModelSummary model = ModelSummary.of(folder, true);

        assertThat(model.parameters()).isEqualTo(256);
        assertThat(model.weightBytes()).isEqualTo(512);
        assertThat(model.text()).contains("llama", "256", "512 B as F16", "quantization", "none")
                .containsPattern("model.embed_tokens.weight +F16 +\\[32, 8] +512 B");
    }

    private PrintWriter writer() {
        return new PrintWriter(text, true);
    }

    private static void start(RunPrinter printer) {
        printer.accept(new RunEvent.RunStarted(START, "fake", 1, List.of(new StagePlan(StageId.DISTILL, 120, 1))));
        printer.accept(new RunEvent.StageStarted(START, StageId.DISTILL, 120, 0, "on 5 rows"));
    }
}
