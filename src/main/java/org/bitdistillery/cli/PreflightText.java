package org.bitdistillery.cli;

import java.util.List;
import org.bitdistillery.event.PreflightCheck;

/// What was looked at before a run, for a terminal: the mark first, the remedy under what needs one.
final class PreflightText {

    private PreflightText() {}

    static String of(List<PreflightCheck> checks) {
        int width = checks.stream().mapToInt(check -> check.subject().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (PreflightCheck check : checks) {
            String indent = " ".repeat(width + 9);
            text.append("%-5s  %s  %s%n".formatted(
                    check.level().name().toLowerCase(java.util.Locale.ROOT), pad(check.subject(), width), check.finding()));
            if (!check.remedy().isEmpty()) {
                text.append(indent).append("→ ").append(check.remedy());
                text.append(check.field().isEmpty() ? "" : " (" + check.field() + ")").append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
