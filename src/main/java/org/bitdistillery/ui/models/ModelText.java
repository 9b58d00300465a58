package org.bitdistillery.ui.models;

import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.MemoryFit;
import org.bitdistillery.hub.ModelFacts;

/// Models in words: the badge of a row and the facts beside it.
final class ModelText {

    /// @param mood names a style: good, warning, bad, plain
    record Badge(String text, String mood) {}

    record Fact(String name, String text) {}

    private ModelText() {}

    static Badge badge(LibraryModel model) {
        ModelFacts facts = model.facts();
        if (!facts.isUsable()) {
            return new Badge("Not usable", "bad");
        }
        if (facts.kind() != ModelFacts.Kind.FULL_PRECISION) {
            return new Badge("Student", "plain");
        }
        if (model.fit() == null) {
            return new Badge("Unknown", "plain");
        }
        MemoryFit.Verdict verdict = model.fit().verdict();
        return new Badge(verdict.text(), switch (verdict) {
            case TRAINS -> "good";
            case TRAINS_TIGHTLY, TRAINS_SAVING, RUNS -> "warning";
            case TOO_LARGE -> "bad";
        });
    }

    /// What is known of a model, in the order of interest.
    static List<Fact> facts(LibraryModel model) {
        ModelFacts facts = model.facts();
        List<Fact> list = new ArrayList<>();
        list.add(new Fact("Family", known(facts.family())));
        list.add(new Fact("Kind", capital(facts.kind().text())));
        list.add(new Fact("Parameters", count(facts.parameters())));
        list.add(new Fact("Weights", bytes(facts.weightBytes()) + (facts.types().isEmpty() ? "" : " as " + String.join(", ", facts.types()))));
        list.add(new Fact("Vocabulary", facts.vocabulary() == null ? Units.UNKNOWN : Units.count(facts.vocabulary()) + " tokens"));
        list.add(new Fact("Shape", facts.layers() == null || facts.hiddenSize() == null ? Units.UNKNOWN
                : facts.layers() + " layers, hidden size " + Units.count(facts.hiddenSize())));
        list.add(new Fact("Context", facts.context() == null ? Units.UNKNOWN : Units.count(facts.context()) + " tokens"));
        list.add(new Fact("License", known(facts.license())));
        list.add(new Fact("On disk", bytes(facts.folderBytes())));
        if (!model.revision().isEmpty()) {
            list.add(new Fact("Commit", shortened(model.revision())));
        }
        list.add(new Fact("From", model.origin().text()));
        if (!model.folder().isEmpty()) {
            list.add(new Fact("Folder", model.folder()));
        }
        return list;
    }

    private static String shortened(String commit) {
        return commit.substring(0, Math.min(12, commit.length()));
    }

    static String known(String text) {
        return text == null || text.isEmpty() ? Units.UNKNOWN : text;
    }

    private static String bytes(Long bytes) {
        return bytes == null ? Units.UNKNOWN : Units.bytes(bytes);
    }

    private static String count(Long number) {
        return number == null ? Units.UNKNOWN : Units.count(number);
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
