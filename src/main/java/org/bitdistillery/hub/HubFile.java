package org.bitdistillery.hub;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A file of a model as the hub lists it.
///
/// @param path   inside the model, with slashes
/// @param sha256 of its content, for large files; null for small ones
/// @param gitId  its id as a git blob, for small files; null for large ones
public record HubFile(String path, long size, String sha256, String gitId) {

    private static final Pattern SEGMENT = Pattern.compile("[^\\\\/:*?\"<>|\\p{Cntrl}]{1,255}");
    private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3");
    private static final int LONGEST_PATH = 1000;

    /// What the cache calls its content.
    String blobName() {
        return sha256 != null ? sha256 : gitId;
    }

    /// Whether a path stays inside a folder and can be a file on every operating system.
    static boolean isSafe(String path) {
        if (path.isEmpty() || path.length() > LONGEST_PATH) {
            return false;
        }
        for (String segment : path.split("/", -1)) {
            String base = segment.replaceFirst("\\..*", "").toLowerCase(Locale.ROOT);
            if (!SEGMENT.matcher(segment).matches() || segment.endsWith(".") || segment.endsWith(" ") || DEVICES.contains(base)) {
                return false;
            }
        }
        return true;
    }
}
