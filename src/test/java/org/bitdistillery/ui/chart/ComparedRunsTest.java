package org.bitdistillery.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.RunEvent.StageStarted;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.StageId;
import org.junit.jupiter.api.Test;

class ComparedRunsTest {

    @Test
    void theSharedStageIsTheLastOfThoseThatTheMostRunsTrainedIn() {
        ComparedRuns.Run both = run(StageId.PRETRAIN, StageId.DISTILL, StageId.BASELINE);
        ComparedRuns.Run one = run(StageId.PRETRAIN, StageId.DISTILL);
        assertThat(new ComparedRuns(List.of(both, one)).shared()).isEqualTo(StageId.DISTILL);
        assertThat(new ComparedRuns(List.of(both)).shared()).isEqualTo(StageId.BASELINE);
        assertThat(new ComparedRuns(List.of()).shared()).isNull();
    }

    private static ComparedRuns.Run run(StageId... stages) {
        RunHistory history = new RunHistory();
        for (StageId stage : stages) {
            history.accept(new StageStarted(Instant.EPOCH, stage, 1, 0, ""));
            history.accept(new StepDone(Instant.EPOCH, stage, 1, 1, Losses.of(1), 1e-3, 1, 1));
        }
        return new ComparedRuns.Run(stages.length + " stages", history);
    }
}
