package org.bitdistillery.config;

/// One thing that is wrong with a configuration.
///
/// @param path    dotted path of the field, empty for the file as a whole
/// @param message what is wrong and what to do about it
public record ConfigProblem(String path, String message) {

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
