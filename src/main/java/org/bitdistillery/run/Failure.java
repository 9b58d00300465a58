package org.bitdistillery.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bitdistillery.event.StageId;

/// Words for what the program itself did not expect.
final class Failure {

    /// Exit codes that a process killed by a signal has on POSIX: 128 and the signal's number.
    private static final int KILLED = 128 + 9;
    private static final List<Integer> CRASHES = List.of(128 + 4, 128 + 6, 128 + 7, 128 + 8, 128 + 11);
    private static final List<Integer> ASKED_TO_GO = List.of(128 + 1, 128 + 2, 128 + 15);
    private static final List<String> MEMORY_WORDS = List.of("out of memory", "can't allocate memory", "not enough memory");

    private Failure() {}

    /// @param stage null before the first stage
    static String sentence(Throwable error, StageId stage, RunFolder folder) {
        String where = stage == null ? "" : " in the stage \"" + stage.title() + "\"";
        if (isOutOfMemory(error)) {
            return "The memory did not suffice" + where + ". Lower the batch size or the sequence length, or choose a smaller "
                    + "model, then resume the run.";
        }
        String what = error.getMessage() == null ? error.getClass().getSimpleName() : firstLine(error.getMessage());
        return "Something went wrong" + where + " that should not (" + what + "). " + folder.log() + " has the details.";
    }

    /// Why a worker is gone that did not say so itself.
    static String ofWorker(int exitCode, RunFolder folder) {
        if (exitCode == KILLED) {
            return "The worker was killed from outside, most likely because the machine ran out of memory. Lower the batch "
                    + "size or close other programs, then resume the run.";
        }
        if (CRASHES.contains(exitCode) || exitCode < 0 || hasCrashReport(folder)) {
            return "The worker crashed in native code (exit code " + exitCode + "). Resume the run; if it crashes again, "
                    + folder.path() + " has the crash report and worker.log.";
        }
        if (ASKED_TO_GO.contains(exitCode)) {
            return "The worker was ended from outside (signal " + (exitCode - 128) + "). Resume the run to go on.";
        }
        String last = lastLine(folder.log());
        return last.isEmpty()
                ? "The worker ended with exit code " + exitCode + " and did not say why. Resume the run to go on."
                : last;
    }

    /// The same where the exit code is not known, because another process had started the worker.
    static String ofWorker(RunFolder folder) {
        return hasCrashReport(folder)
                ? "The worker crashed in native code; the crash report is in " + folder.path() + ". Resume the run to go on."
                : "The worker is gone and did not say why: it was killed, or the machine went down. Resume the run to go on.";
    }

    private static boolean isOutOfMemory(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            if (e instanceof OutOfMemoryError || MEMORY_WORDS.stream().anyMatch(message::contains)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasCrashReport(RunFolder folder) {
        return folder.workerProcess()
                .map(process -> Files.exists(folder.path().resolve(RunExecutor.CRASH_REPORT + process + ".log")))
                .orElse(false);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }

    private static String lastLine(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("\t") && !line.startsWith("WARNING:"))
                    .reduce("", (_, line) -> line);
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }
}
