package org.bitdistillery.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bitdistillery.platform.OwnSession;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.run.RunState;
import org.bitdistillery.run.Worker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The worker process of a window: works on a run that the window has prepared and shows.
@Command(name = "worker", hidden = true, mixinStandardHelpOptions = true, description = "Works on a prepared run.")
final class WorkerCommand implements Callable<Integer> {

    private final Services services;

    @Parameters(paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    WorkerCommand(Services services) {
        this.services = services;
    }

    @Override
    public Integer call() {
        OwnSession.detach();
        Worker.Outcome outcome = Worker.work(RunFolder.open(run), services.job(), _ -> { });
        return outcome.state() == RunState.FAILED ? Cli.FAILED : Cli.DONE;
    }
}
