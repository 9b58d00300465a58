package org.bitdistillery.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.SettingDescriptor;
import org.bitdistillery.config.Settings;
import org.bitdistillery.run.EventJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Lists every field of a configuration, from the same descriptions as the window's forms.
@Command(
        name = "fields",
        description = "Lists the fields of a configuration: default, unit, range, meaning.",
        mixinStandardHelpOptions = true)
final class FieldsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "SECTION", defaultValue = "",
            description = "Only fields below this one, for example distill.")
    private String section;

    @Option(names = "--json", description = "Prints [{\"path\", \"default\", \"kind\", \"unit\", \"allowed\", \"help\"}].")
    private boolean json;

    private record Field(
            String path, @JsonProperty("default") JsonNode value, String kind, String unit, String allowed, String help) {}

    @Override
    public Integer call() {
        ObjectNode defaults = ExperimentFile.tree(Experiment.DEFAULTS);
        List<Field> fields = Settings.all().stream()
                .filter(this::isAskedFor)
                .map(setting -> field(setting, defaults))
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(EventJson.compact(fields));
        } else {
            TextTable table = TextTable.ofTexts("field", "default", "allowed", "meaning");
            fields.forEach(field -> table.row(field.path(), field.value().toString(), field.allowed(), field.help()));
            out.print(table.text());
        }
        out.flush();
        return Cli.DONE;
    }

    private boolean isAskedFor(SettingDescriptor setting) {
        return section.isEmpty() || setting.path().equals(section) || setting.path().startsWith(section + ".");
    }

    private static Field field(SettingDescriptor setting, ObjectNode defaults) {
        JsonNode value = defaults.at("/" + setting.path().replace('.', '/'));
        String help = setting.help().isEmpty() ? setting.label() : setting.label() + ". " + setting.help();
        String kind = setting.kind().name().toLowerCase(Locale.ROOT);
        return new Field(setting.path(), value, kind, setting.unit(), allowed(setting), help);
    }

    private static String allowed(SettingDescriptor setting) {
        String range = switch (setting.kind()) {
            case BOOLEAN -> "true, false";
            case CHOICE -> String.join(", ", setting.choices());
            case TEXT -> "text";
            case TEXT_LIST -> "texts";
            case TEXT_MAP -> "text = text";
            case INTEGER, NUMBER -> range(setting.min(), setting.max());
        };
        return Stream.of(range, setting.unit()).filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
    }

    private static String range(double min, double max) {
        boolean fromBelow = Double.isInfinite(min);
        boolean toAbove = Double.isInfinite(max);
        if (fromBelow && toAbove) {
            return "any number";
        }
        return fromBelow ? "up to " + Units.number(max)
                : toAbove ? "from " + Units.number(min) : Units.number(min) + " to " + Units.number(max);
    }
}
