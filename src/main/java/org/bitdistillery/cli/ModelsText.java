package org.bitdistillery.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.MemoryFit;
import org.bitdistillery.hub.ModelFacts;

/// Models of the library as people read them in a terminal.
final class ModelsText {

    private ModelsText() {}

    static String list(List<LibraryModel> models) {
        TextTable table = TextTable.ofTexts("model", "family", "parameters", "on disk", "type", "license", "here");
        for (LibraryModel model : models) {
            ModelFacts facts = model.facts();
            table.row(model.name(), known(facts.family()), known(facts.parameters() == null ? null : facts.size()),
                    bytes(facts.folderBytes()), facts.types().isEmpty() ? Units.UNKNOWN : String.join(", ", facts.types()),
                    known(facts.license()), here(model));
        }
        String problems = models.stream().filter(model -> !model.facts().isUsable())
                .map(model -> "  " + model.name() + ": " + model.facts().problem() + "\n").collect(Collectors.joining());
        return table.text() + (problems.isEmpty() ? "" : "\nNot usable:\n" + problems);
    }

    static String details(LibraryModel model) {
        ModelFacts facts = model.facts();
        TextTable table = TextTable.ofTexts("model", model.name())
                .row("from", model.origin().text())
                .row("folder", known(model.folder().isEmpty() ? null : model.folder()));
        if (!model.revision().isEmpty()) {
            table.row("commit", model.revision());
        }
        table.row("usable", facts.isUsable() ? facts.canTeach() ? "as a teacher" : "to answer with, not as a teacher" : "no")
                .row("family", known(facts.family()))
                .row("kind", facts.kind().text())
                .row("parameters", count(facts.parameters()))
                .row("weights", bytes(facts.weightBytes()) + (facts.types().isEmpty() ? "" : " as " + String.join(", ", facts.types())))
                .row("on disk", bytes(facts.folderBytes()))
                .row("vocabulary", count(facts.vocabulary()))
                .row("layers", count(facts.layers()))
                .row("hidden size", count(facts.hiddenSize()))
                .row("longest sequence", facts.context() == null ? Units.UNKNOWN : Units.count(facts.context()) + " tokens")
                .row("license", known(facts.license()));
        MemoryFit fit = model.fit();
        if (fit != null) {
            table.row("to answer with", "about " + Units.bytes(fit.inferenceBytes()) + " of memory")
                    .row("to distill", toDistill(fit))
                    .row("here", fit.verdict().text() + ": this machine has " + Units.bytes(fit.memoryBytes()));
        }
        return table.text() + (facts.isUsable() ? "" : "\n" + facts.problem() + "\n");
    }

    private static String toDistill(MemoryFit fit) {
        if (!fit.trains()) {
            return Units.UNKNOWN;
        }
        String saving = fit.needsSavings() ? ", " + Units.bytes(fit.savingBytes()) + " with the settings that save memory" : "";
        return "about " + Units.bytes(fit.trainingBytes()) + " of memory" + saving;
    }

    private static String here(LibraryModel model) {
        if (!model.facts().isUsable()) {
            return "not usable";
        }
        String text = model.fit() == null ? Units.UNKNOWN : model.fit().verdict().text().toLowerCase(Locale.ROOT);
        return switch (model.facts().kind()) {
            case FULL_PRECISION -> text;
            default -> "student";
        };
    }

    private static String known(String text) {
        return text == null || text.isEmpty() ? Units.UNKNOWN : text;
    }

    private static String bytes(Long bytes) {
        return known(bytes, Units::bytes);
    }

    private static String count(Number number) {
        return known(number, value -> Units.count(value.longValue()));
    }

    private static <T> String known(T value, Function<T, String> text) {
        return value == null ? Units.UNKNOWN : text.apply(value);
    }
}
