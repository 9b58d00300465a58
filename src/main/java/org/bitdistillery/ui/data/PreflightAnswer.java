package org.bitdistillery.ui.data;

import java.util.List;
import java.util.Optional;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.event.PreflightCheck;

/// What `validate --json` says.
public record PreflightAnswer(boolean valid, List<ConfigProblem> problems, List<PreflightCheck> checks) {

    /// The list to show: that of the checks, or of the problems where it did not come to checks.
    public List<PreflightCheck> list() {
        return checks.isEmpty()
                ? problems.stream().map(problem -> PreflightCheck.red("Configuration", problem.message(), "Mend it.", problem.path())).toList()
                : checks;
    }

    /// The first thing that stops a run.
    public Optional<PreflightCheck> red() {
        return list().stream().filter(check -> check.level() == PreflightCheck.Level.RED).findFirst();
    }
}
