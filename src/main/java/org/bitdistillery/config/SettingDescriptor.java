package org.bitdistillery.config;

import java.util.List;

/// One leaf of the configuration, as form, file check and help see it.
///
/// @param path    dotted, for example `distill.optimization.learningRate`
/// @param groups  labels of the sections above it, outermost first, for example `[Distillation, Optimization]`
/// @param choices allowed texts of a [Kind#CHOICE], as written in the file
public record SettingDescriptor(
        String path, List<String> groups, Kind kind, String label, String help, String unit, double min, double max,
        boolean advanced, Setting.PathKind pathKind, List<String> choices) {

    public enum Kind { BOOLEAN, INTEGER, NUMBER, TEXT, CHOICE, TEXT_LIST, TEXT_MAP }

    /// Last part of the path.
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /// First part of the path: the section of the file.
    public String section() {
        int dot = path.indexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }
}
