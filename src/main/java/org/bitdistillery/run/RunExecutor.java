package org.bitdistillery.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.SelfProcess;

/// The background executor of the window: gives each run a worker process of its own and watches over it.
///
/// Workers outlive this process; whoever opens their run later is attached to them again.
public final class RunExecutor {

    /// Hidden command of the program that works on a run folder.
    public static final String WORKER_COMMAND = "worker";

    static final String CRASH_REPORT = "hs_err_pid";

    private static final String MAIN_CLASS = "org.bitdistillery.Main";

    private final Function<RunFolder, ProcessBuilder> workers;

    public RunExecutor() {
        this(RunExecutor::workerCommand);
    }

    /// @param workers the process that works on a run; it calls [Worker#work] sooner or later
    public RunExecutor(Function<RunFolder, ProcessBuilder> workers) {
        this.workers = workers;
    }

    /// Makes a run folder and starts a worker on it.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where the folder cannot be used
    public RunHandle start(Experiment experiment, Path path) {
        return startWorker(RunFolder.create(path, experiment));
    }

    /// Starts a worker on a run that has none.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where there is no run, it is finished, or a worker is at it
    public RunHandle resume(Path path) {
        return startWorker(RunFolder.openToResume(path));
    }

    /// A run that another window or command line may have started, whether it is still going or over.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where there is no run
    public RunHandle attach(Path path) {
        return RunHandle.attach(RunFolder.open(path));
    }

    private RunHandle startWorker(RunFolder folder) {
        try {
            Process process = workers.apply(folder)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.log().toFile()))
                    .start();
            process.getOutputStream().close();
            return RunHandle.supervise(folder, process);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder.path(), e);
        }
    }

    /// Java's garbage is little in training, but it holds on to libtorch's memory until it is collected: seldom, in a large nursery.
    private static final String NURSERY = "-Xmn32m";

    private static ProcessBuilder workerCommand(RunFolder folder) {
        Path absolute = folder.path().toAbsolutePath();
        List<String> flags = List.of(NURSERY, "-XX:ErrorFile=" + absolute.resolve(CRASH_REPORT + "%p.log"));
        return SelfProcess.command(MAIN_CLASS, flags, WORKER_COMMAND, absolute.toString());
    }
}
