package org.bitdistillery.platform;

import java.util.ArrayList;
import java.util.List;

/// What the user set for the program as a whole, beside any experiment.
///
/// @param modelFolders folders that the model library looks into, absolute
/// @param hubEndpoint  server that models are downloaded from; empty for the usual one
/// @param theme        name of the window's theme; empty until one is chosen
public record UserSettings(List<String> modelFolders, String hubEndpoint, String theme) {

    public static final UserSettings DEFAULTS = new UserSettings(List.of(), "", "");

    public UserSettings {
        modelFolders = modelFolders == null ? List.of() : List.copyOf(modelFolders);
        hubEndpoint = hubEndpoint == null ? "" : hubEndpoint;
        theme = theme == null ? "" : theme;
    }

    /// The same with one more folder; a folder that is there already stays where it is.
    public UserSettings withModelFolder(String folder) {
        if (modelFolders.contains(folder)) {
            return this;
        }
        List<String> folders = new ArrayList<>(modelFolders);
        folders.add(folder);
        return new UserSettings(folders, hubEndpoint, theme);
    }

    public UserSettings withoutModelFolder(String folder) {
        return new UserSettings(modelFolders.stream().filter(other -> !other.equals(folder)).toList(), hubEndpoint, theme);
    }

    public UserSettings withHubEndpoint(String endpoint) {
        return new UserSettings(modelFolders, endpoint, theme);
    }

    public UserSettings withTheme(String name) {
        return new UserSettings(modelFolders, hubEndpoint, name);
    }
}
