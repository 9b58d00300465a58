package org.bitdistillery.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The descriptors of all settings, read once from the [Setting] annotations of the configuration records.
public final class Settings {

    private static final List<SettingDescriptor> ALL = describe(Experiment.class, "", List.of());
    private static final Map<String, SettingDescriptor> BY_PATH = byPath();

    private Settings() {}

    /// Every leaf of the configuration, in the order of the file.
    public static List<SettingDescriptor> all() {
        return ALL;
    }

    public static Optional<SettingDescriptor> find(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }

    /// The leaves of one section, for example of `distill`.
    public static List<SettingDescriptor> section(String section) {
        return ALL.stream().filter(setting -> setting.section().equals(section)).toList();
    }

    private static Map<String, SettingDescriptor> byPath() {
        Map<String, SettingDescriptor> map = new LinkedHashMap<>();
        ALL.forEach(setting -> map.put(setting.path(), setting));
        return Map.copyOf(map);
    }

    private static List<SettingDescriptor> describe(Class<?> type, String prefix, List<String> groups) {
        List<SettingDescriptor> result = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            String path = prefix + component.getName();
            if (component.getType().isRecord()) {
                List<String> inner = new ArrayList<>(groups);
                inner.add(setting.label());
                result.addAll(describe(component.getType(), path + ".", List.copyOf(inner)));
            } else {
                result.add(new SettingDescriptor(
                        path, groups, kind(component.getType()), setting.label(), setting.help(), setting.unit(), setting.min(),
                        setting.max(), setting.advanced(), setting.path(), choices(component.getType())));
            }
        }
        return List.copyOf(result);
    }

    private static SettingDescriptor.Kind kind(Class<?> type) {
        if (type == boolean.class) {
            return SettingDescriptor.Kind.BOOLEAN;
        } else if (type == int.class || type == long.class) {
            return SettingDescriptor.Kind.INTEGER;
        } else if (type == double.class) {
            return SettingDescriptor.Kind.NUMBER;
        } else if (type == String.class) {
            return SettingDescriptor.Kind.TEXT;
        } else if (type.isEnum()) {
            return SettingDescriptor.Kind.CHOICE;
        } else if (type == List.class) {
            return SettingDescriptor.Kind.TEXT_LIST;
        } else if (type == Map.class) {
            return SettingDescriptor.Kind.TEXT_MAP;
        }
        throw new IllegalStateException("No setting can have the type " + type);
    }

    private static List<String> choices(Class<?> type) {
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants()).map(choice -> ((Enum<?>) choice).name().toLowerCase(Locale.ROOT)).toList()
                : List.of();
    }
}
