package org.bitdistillery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.platform.SelfProcess;
import org.bitdistillery.run.EventTail;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.run.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real program, killed without warning.
class KillAndResumeTest {

    @TempDir
    private Path folder;

    @Test
    void runKilledInStageTwoEndsWithTheLossesOfAnUninterruptedOne() throws Exception {
        Path config = folder.resolve("tiny.json");
        Files.writeString(config, ExperimentFile.toJson(TinyExperiment.withFewStories(folder,
                "baseline.enabled=false", "evaluate.enabled=false", "export.enabled=false", "pretrain.tokens=16384")));
        Path whole = folder.resolve("whole");
        assertThat(start("run", config.toString(), "--out", whole.toString()).waitFor()).isZero();

        Path killed = folder.resolve("killed");
        Process worker = start("run", config.toString(), "--out", killed.toString());
        await().atMost(Duration.ofMinutes(2)).until(() -> losses(killed, StageId.PRETRAIN).size() >= 8 || !worker.isAlive());
        worker.destroyForcibly().waitFor();
        assertThat(RunFolder.open(killed).state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(losses(killed, StageId.DISTILL)).isEmpty();

        assertThat(start("run", "--resume", killed.toString()).waitFor()).isZero();
        assertThat(RunFolder.open(killed).state()).isEqualTo(RunState.FINISHED);
        assertThat(losses(killed, StageId.PRETRAIN)).isEqualTo(losses(whole, StageId.PRETRAIN));
        assertThat(losses(killed, StageId.DISTILL)).isNotEmpty().isEqualTo(losses(whole, StageId.DISTILL));
    }

    private Process start(String... args) throws IOException {
        return SelfProcess.command(args)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output.txt").toFile()))
                .start();
    }

    /// By step; a step that was done again after the kill counts as it was last done.
    private static Map<Long, Losses> losses(Path run, StageId stage) {
        Map<Long, Losses> losses = new TreeMap<>();
        Path events = run.resolve("events.jsonl");
        if (Files.exists(events)) {
            for (RunEvent event : EventTail.readAll(events)) {
                if (event instanceof RunEvent.StepDone step && step.stage() == stage) {
                    losses.put(step.step(), step.losses());
                }
            }
        }
        return losses;
    }
}
