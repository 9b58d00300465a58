package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;

/// Shows a run in a terminal while it goes on: what is worth keeping as lines, and progress either as one line that is
/// drawn again and again, or, where the output is no terminal, as a plain line every few seconds.
final class RunPrinter implements Consumer<RunEvent>, AutoCloseable {

    /// Without wrapping, a line that is longer than the terminal is wide is cut instead of scrolling.
    private static final String START_IN_PLACE = "\033[?7l\r\033[2K";
    private static final String END_IN_PLACE = "\033[?7h";
    private static final String CLEAR_LINE = "\r\033[2K";
    private static final Duration REDRAW_EVERY = Duration.ofMillis(100);

    private final PrintWriter out;
    private final boolean inPlace;
    private final Duration every;
    private final ProgressText progress = new ProgressText();
    private Instant shown = Instant.MIN;
    private boolean lineIsOpen;

    private RunPrinter(PrintWriter out, boolean inPlace, Duration every) {
        this.out = out;
        this.inPlace = inPlace;
        this.every = every;
    }

    /// For a terminal that understands ANSI escapes.
    static RunPrinter inPlace(PrintWriter out) {
        return new RunPrinter(out, true, REDRAW_EVERY);
    }

    /// For files, pipes and logs.
    static RunPrinter plain(PrintWriter out, Duration every) {
        return new RunPrinter(out, false, every);
    }

    @Override
    public synchronized void accept(RunEvent event) {
        progress.accept(event);
        keptLine(event).ifPresent(this::keep);
        if (event instanceof RunEvent.StageStarted) {
            shown = Instant.MIN;
        }
        boolean isPause = event instanceof RunEvent.RunPaused || event instanceof RunEvent.RunResumed;
        boolean isProgress = event instanceof RunEvent.StepDone || event instanceof RunEvent.Progressed
                || inPlace && event instanceof RunEvent.ResourcesSampled;
        if (isPause || isProgress && !event.at().isBefore(shown.plus(shown == Instant.MIN ? Duration.ZERO : every))) {
            show(event.at());
        }
    }

    private Optional<String> keptLine(RunEvent event) {
        return Optional.ofNullable(switch (event) {
            case RunEvent.StageStarted e -> e.stage().title() + ": " + (e.detail().isEmpty() ? e.stage().summary() : e.detail())
                    + (e.step() > 0 ? ", from step " + Units.count(e.step()) : "");
            case RunEvent.StageFinished e -> e.stage().title()
                    + (e.reused() ? ": taken over from before" : " done in " + Units.duration(e.seconds()) + progress.lastLosses());
            case RunEvent.ValidationDone e -> "  validation at step " + Units.count(e.step()) + ": loss " + Units.loss(e.loss())
                    + (e.accuracy() == null ? perplexity(e) : ", accuracy " + Units.percent(e.accuracy()));
            case RunEvent.ActivationsMeasured e -> activations(e);
            case RunEvent.LayersAdvised e -> "  relation distance by layer: " + e.layers().stream()
                    .map(layer -> layer.layer() + ": " + Units.number(layer.distance())).collect(Collectors.joining(", "))
                    + "; layer " + e.recommended() + " recommended";
            case RunEvent.Noted e -> "  note: " + e.message();
            default -> null;
        });
    }

    private static String perplexity(RunEvent.ValidationDone validation) {
        boolean text = validation.stage() == StageId.TEACHER || validation.stage() == StageId.PRETRAIN;
        return text ? ", perplexity " + Units.number(Math.exp(validation.loss())) : "";
    }

    /// Where the norms of stage 1 changed something.
    private static String activations(RunEvent.ActivationsMeasured measured) {
        return "  activation RMS, without and with SubLN: " + measured.sites().stream()
                .filter(site -> Math.abs(site.after() - site.before()) > 0.01 * site.before())
                .map(site -> site.layer() + " " + site.site() + " " + Units.number(site.before()) + " > " + Units.number(site.after()))
                .collect(Collectors.joining(", "));
    }

    private void keep(String line) {
        if (lineIsOpen) {
            out.print(CLEAR_LINE + END_IN_PLACE);
            lineIsOpen = false;
        }
        out.println(line);
        out.flush();
    }

    private void show(Instant now) {
        if (inPlace) {
            out.print(START_IN_PLACE + progress.line(now));
            lineIsOpen = true;
        } else {
            out.println(progress.line(now));
        }
        out.flush();
        shown = now;
    }

    /// Leaves the terminal as it was found.
    @Override
    public synchronized void close() {
        if (lineIsOpen) {
            out.println(END_IN_PLACE);
            out.flush();
            lineIsOpen = false;
        }
    }
}
