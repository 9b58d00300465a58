package org.bitdistillery.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A study: one experiment, what is varied in it, and the seeds that each variant is run with.
///
/// The file is JSON: `experiment` names a configuration file beside it (or is one), `set` has settings by dotted path for all
/// variants, `variants` have a `name`, a sentence of `help`, settings of their own in `set`, and may have `seeds` of their own.
/// In a value, `${run:NAME}` stands for the run folder of the variant of that name with the same seed.
///
/// @param source where it was read from, for messages
public record StudyFile(Path source, String name, Experiment experiment, List<Long> seeds, List<Variant> variants) {

    private static final int SCHEMA_VERSION = 1;
    private static final Set<String> FIELDS = Set.of("schemaVersion", "name", "experiment", "seeds", "set", "variants");
    private static final Set<String> VARIANT_FIELDS = Set.of("name", "help", "set", "seeds");
    private static final String NAME = "[\\p{L}\\p{N}._ +-]{1,60}";

    /// @param settings `path.to.field=value`, as behind `run --set`
    public record Variant(String name, String help, List<String> settings, List<Long> seeds) {}

    /// @throws InvalidInput that names the file and what is wrong in it
    public static StudyFile read(Path file) {
        ObjectNode tree = tree(file);
        requireKnown(file, "the study", tree, FIELDS);
        if (tree.path("schemaVersion").asInt(0) != SCHEMA_VERSION) {
            throw wrong(file, "schemaVersion must be " + SCHEMA_VERSION);
        }
        String name = text(file, tree, "name");
        Experiment experiment = experiment(file, tree.path("experiment"));
        List<Long> seeds = tree.has("seeds") ? seeds(file, tree.get("seeds")) : List.of(experiment.seed());
        List<Variant> variants = new ArrayList<>();
        for (JsonNode node : tree.path("variants")) {
            variants.add(variant(file, node, settings(tree), seeds));
        }
        if (variants.isEmpty()) {
            throw wrong(file, "variants is empty: give it at least one, for example {\"name\": \"BitDistill\"}");
        }
        Set<String> names = new HashSet<>();
        for (Variant variant : variants) {
            if (!names.add(variant.name())) {
                throw wrong(file, "two variants are called \"" + variant.name() + "\"");
            }
        }
        return new StudyFile(file, name, experiment, seeds, List.copyOf(variants));
    }

    private static ObjectNode tree(Path file) {
        try {
            if (JsonMapper.shared().readTree(Files.readString(file)) instanceof ObjectNode tree) {
                return tree;
            }
            throw wrong(file, "it does not hold a JSON object");
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "): check the path of the study.", e);
        } catch (JacksonException e) {
            throw wrong(file, "it is not valid JSON (" + e.getOriginalMessage() + ")");
        }
    }

    private static Experiment experiment(Path file, JsonNode node) {
        if (node.isString()) {
            return ExperimentFile.read(file.toAbsolutePath().getParent().resolve(node.asString()).normalize());
        }
        if (node instanceof ObjectNode inline) {
            return ExperimentFile.parse(inline.toString(), file + ", experiment");
        }
        throw wrong(file, "experiment must name a configuration file or be one");
    }

    private static Variant variant(Path file, JsonNode node, List<String> common, List<Long> seeds) {
        if (!(node instanceof ObjectNode tree)) {
            throw wrong(file, "variants must be objects such as {\"name\": \"stage 2 off\", \"set\": {\"pretrain.enabled\": false}}");
        }
        String name = text(file, tree, "name");
        requireKnown(file, "variant \"" + name + "\"", tree, VARIANT_FIELDS);
        if (!name.matches(NAME)) {
            throw wrong(file, "variant \"" + name + "\" names folders, so its name needs 1 to 60 letters, digits, dots, dashes or spaces");
        }
        List<String> settings = new ArrayList<>(common);
        settings.addAll(settings(tree));
        return new Variant(
                name, tree.path("help").asString(""), List.copyOf(settings),
                tree.has("seeds") ? seeds(file, tree.get("seeds")) : seeds);
    }

    private static List<String> settings(ObjectNode tree) {
        return tree.path("set").properties().stream().map(entry -> entry.getKey() + "=" + value(entry.getValue())).toList();
    }

    /// As `--set` writes it: lists with commas, maps with `=` and commas.
    private static String value(JsonNode node) {
        List<String> parts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(part -> parts.add(part.asString()));
        } else if (node.isObject()) {
            node.properties().forEach(entry -> parts.add(entry.getKey() + "=" + entry.getValue().asString()));
        } else {
            parts.add(node.asString());
        }
        return String.join(",", parts);
    }

    private static List<Long> seeds(Path file, JsonNode node) {
        List<Long> seeds = new ArrayList<>();
        node.forEach(seed -> {
            if (!seed.isIntegralNumber() || seed.asLong() < 0) {
                throw wrong(file, "seeds must be whole numbers, not " + seed);
            }
            seeds.add(seed.asLong());
        });
        if (seeds.isEmpty()) {
            throw wrong(file, "seeds is empty: give it at least one number");
        }
        return List.copyOf(seeds);
    }

    private static String text(Path file, ObjectNode tree, String field) {
        String text = tree.path(field).asString("");
        if (text.isBlank()) {
            throw wrong(file, field + " is missing");
        }
        return text;
    }

    private static void requireKnown(Path file, String what, ObjectNode tree, Set<String> known) {
        for (String field : tree.propertyNames()) {
            if (!known.contains(field)) {
                throw wrong(file, what + " has the unknown field " + field + "; it may have " + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private static InvalidInput wrong(Path file, String problem) {
        return new InvalidInput(file + ": " + problem + ".");
    }
}
