package org.bitdistillery;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.bitdistillery.cli.Cli;
import org.bitdistillery.cli.Services;
import org.bitdistillery.pipeline.ExportJob;
import org.bitdistillery.pipeline.Pipeline;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.ui.Workbench;
import org.bitdistillery.ui.pictures.RunPictures;

/// Opens the window, or runs a command where arguments are given.
public final class Main {

    static final String NO_DISPLAY = """
            There is no display to open the window on. Without one, run: \
            mvn -q compile exec:exec -Dargs="run sample-configs/quickstart.json" \
            (from the packaged folder: bin/bitdistillery run sample-configs/quickstart.json).""";

    private static final int BAD_USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        keepLibrariesOffline();
        if (args.length == 0) {
            openWindow();
        } else {
            System.exit(runCommand(List.of(args)));
        }
    }

    private static int runCommand(List<String> args) {
        if (args.getFirst().equals(RunExecutor.WORKER_COMMAND)) {
            logForDevelopers();
        }
        Services services =
                new Services(Pipeline::run, Pipeline::check, ExportJob::export, RunPictures::draw, new PipelineInspector());
        return Cli.execute(services, new PrintWriter(System.out, true), new PrintWriter(System.err, true), args);
    }

    private static void openWindow() {
        if (hasDisplay(System.getProperty("os.name"), System.getProperty("glass.platform", ""), System.getenv())) {
            try {
                Workbench.launch(new String[0]);
                return;
            } catch (UnsupportedOperationException | UnsatisfiedLinkError e) {
                // A display is named and cannot be opened, or the system has no graphics libraries.
            }
        }
        System.err.println(NO_DISPLAY);
        System.exit(BAD_USAGE);
    }

    /// Linux alone tells without JavaFX that there is no display; its native libraries need not even be there then.
    static boolean hasDisplay(String os, String glassPlatform, Map<String, String> environment) {
        return !os.equals("Linux") || glassPlatform.equalsIgnoreCase("Headless") || isSet(environment.get("DISPLAY"))
                || isSet(environment.get("WAYLAND_DISPLAY"));
    }

    private static boolean isSet(String value) {
        return value != null && !value.isBlank();
    }

    /// DJL reads these when its first class is loaded: no downloads, no usage reports.
    private static void keepLibrariesOffline() {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    /// The standard error of a worker is its log file.
    private static void logForDevelopers() {
        System.setProperty("bitdistillery.log.pattern", "%d %-5level %logger{24} %msg%n");
        System.setProperty("bitdistillery.log.level", "INFO");
        System.setProperty("bitdistillery.log.libraries", "INFO");
    }
}
