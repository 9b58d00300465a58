package org.bitdistillery.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bitdistillery.analysis.RunProgress;
import org.bitdistillery.analysis.StageStatus;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.Results;
import org.bitdistillery.run.EventTail;
import org.bitdistillery.run.RunFolder;

/// A run as `inspect` describes it.
///
/// @param failure one sentence, absent unless the run failed
/// @param results absent until the run finished
record RunSummary(
        String folder, String name, String state, double fraction, String failure, List<Stage> stages, Results results) {

    /// @param seconds 0 until the stage is done
    record Stage(String stage, String state, long step, long steps, double seconds) {

        static Stage of(StageStatus status) {
            String state = status.state().name().toLowerCase(Locale.ROOT);
            return new Stage(status.stage().title(), state, status.step(), status.steps(), status.seconds());
        }
    }

    static RunSummary of(RunFolder folder) {
        RunProgress progress = new RunProgress();
        EventTail tail = new EventTail(folder.events());
        for (var events = tail.poll(); !events.isEmpty(); events = tail.poll()) {
            events.forEach(progress::accept);
        }
        List<Stage> stages = new ArrayList<>();
        progress.stages().forEach(status -> stages.add(Stage.of(status)));
        return new RunSummary(folder.path().toString(), folder.experiment().name(), folder.state().text(), progress.fraction(),
                folder.failure().orElse(null), stages, folder.results().orElse(null));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "Run \"%s\" in %s: %s, %.0f %% done.\n", name, folder, state, 100 * fraction));
        if (failure != null) {
            text.append(failure).append("\n");
        }
        TextTable table = TextTable.ofTexts("stage", "state", "steps", "time");
        for (Stage stage : stages) {
            table.row(stage.stage(), stage.state(), stage.steps() == 0 ? "" : stage.step() + "/" + stage.steps(),
                    stage.seconds() == 0 ? "" : Units.duration(stage.seconds()));
        }
        text.append("\n").append(table.text());
        if (results != null) {
            text.append("\n").append(ResultsReport.text(results));
        }
        return text.toString();
    }
}
