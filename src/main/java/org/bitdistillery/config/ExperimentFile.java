package org.bitdistillery.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The configuration file: JSON, laid over [Experiment#DEFAULTS], checked before anything runs.
public final class ExperimentFile {

    private static final String QUICKSTART = "/sample-configs/quickstart.json";
    private static final long MAX_BYTES = 4L << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(tools.jackson.databind.MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(tools.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private ExperimentFile() {}

    /// @throws InvalidInput    where the file cannot be read
    /// @throws ConfigException where it does not describe an experiment
    public static Experiment read(Path file) {
        return parse(text(file), file.toString());
    }

    /// The experiment that opens with the program.
    public static Experiment quickstart() {
        try (InputStream in = ExperimentFile.class.getResourceAsStream(QUICKSTART)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "quickstart.json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param source what to call the text in messages
    public static Experiment parse(String json, String source) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode overlay) {
                return bind(overlay, source);
            }
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new InvalidInput(
                    source + " is not valid JSON at line " + at.getLineNr() + ", column " + at.getColumnNr() + " ("
                            + e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "") + "): mend it there.",
                    e);
        }
        throw new InvalidInput(source + " does not hold a JSON object: a configuration starts with { and ends with }.");
    }

    /// Lays `overlay` over the defaults and checks every value.
    public static Experiment bind(ObjectNode overlay, String source) {
        ObjectNode merged = tree(Experiment.DEFAULTS);
        List<ConfigProblem> problems = new ArrayList<>();
        new SettingsOverlay(problems).apply(merged, overlay);
        if (problems.isEmpty()) {
            Experiment experiment = JSON.treeToValue(merged, Experiment.class);
            problems.addAll(ExperimentChecks.check(experiment));
            if (problems.isEmpty()) {
                return experiment;
            }
        }
        throw new ConfigException(source, problems);
    }

    /// @param assignments `path.to.field=value`; lists are written `a,b`, maps `0=bad,1=good`
    public static Experiment withOverrides(Experiment experiment, List<String> assignments) {
        ObjectNode overlay = JSON.createObjectNode();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new InvalidInput("--set " + assignment + " has no value: write --set path.to.field=value.");
            }
            put(overlay, assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
        }
        ObjectNode base = tree(experiment);
        List<ConfigProblem> problems = new ArrayList<>();
        new SettingsOverlay(problems).apply(base, overlay);
        if (!problems.isEmpty()) {
            throw new ConfigException("--set", problems);
        }
        return bind(base, "--set");
    }

    public static ObjectNode tree(Experiment experiment) {
        return JSON.valueToTree(experiment);
    }

    /// The whole file, indented, every field written out.
    public static String toJson(Experiment experiment) {
        return JSON.writeValueAsString(experiment) + "\n";
    }

    private static void put(ObjectNode overlay, String path, String value) {
        String[] names = path.split("\\.");
        ObjectNode node = overlay;
        for (int i = 0; i < names.length - 1; i++) {
            node = node.get(names[i]) instanceof ObjectNode inner ? inner : node.putObject(names[i]);
        }
        node.set(names[names.length - 1], SettingText.parse(Settings.find(path), value));
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new InvalidInput(file + " is a folder: name a configuration file.");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidInput(file + " is larger than 4 MiB: that is no configuration file.");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new InvalidInput(file + " does not exist: check the path of the configuration file.", e);
        } catch (MalformedInputException e) {
            throw new InvalidInput(file + " is not UTF-8 text: save the configuration file as UTF-8.", e);
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "): check its permissions.", e);
        }
    }

    /// A scalar of the JSON tree for callers that edit settings one by one.
    public static JsonNode textNode(String text) {
        return JsonNodeFactory.instance.stringNode(text);
    }
}
