package org.bitdistillery.ui.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.config.SettingDescriptor;
import org.bitdistillery.config.Settings;
import org.bitdistillery.event.StageId;

/// One page of the settings: what concerns the whole experiment, the task, or a stage.
///
/// @param key     stable name, for a stage its section in the file
/// @param stage   null for what is no stage
/// @param settings those of the page, without the switch that turns the stage on
public record FormSection(String key, String title, String summary, StageId stage, List<SettingDescriptor> settings) {

    private static final List<String> EXPERIMENT_SECTIONS = List.of("", "compute", "telemetry");

    /// Every page, in the order of the rail.
    public static List<FormSection> all() {
        List<FormSection> sections = new ArrayList<>();
        sections.add(new FormSection("experiment", "Experiment", "Name, seed, machine and telemetry", null,
                Settings.all().stream().filter(setting -> EXPERIMENT_SECTIONS.contains(setting.section())).toList()));
        sections.add(new FormSection("task", "Task", "What the models learn and are compared on", null, Settings.section("task")));
        sections.add(new FormSection("quantization", "Quantization", "How the student's weights and activations are rounded", null,
                Settings.section("quantization")));
        Arrays.stream(StageId.values())
                .map(stage -> new FormSection(stage.key(), stage.title(), stage.summary(), stage, withoutSwitch(stage.key())))
                .forEach(sections::add);
        return List.copyOf(sections);
    }

    /// Path of the setting that turns the stage on, where it has one.
    public Optional<String> switchPath() {
        return Settings.find(key + ".enabled").map(SettingDescriptor::path);
    }

    /// The settings by the title of their group, in the order of the file; the page's own have an empty title.
    Map<String, List<SettingDescriptor>> groups() {
        Map<String, List<SettingDescriptor>> groups = new LinkedHashMap<>();
        for (SettingDescriptor setting : settings) {
            List<String> names = setting.groups();
            boolean owned = names.isEmpty() || (names.size() == 1 && setting.section().equals(key));
            groups.computeIfAbsent(owned ? "" : names.getLast(), _ -> new ArrayList<>()).add(setting);
        }
        return groups;
    }

    private static List<SettingDescriptor> withoutSwitch(String section) {
        return Settings.section(section).stream().filter(setting -> !setting.name().equals("enabled")).toList();
    }
}
