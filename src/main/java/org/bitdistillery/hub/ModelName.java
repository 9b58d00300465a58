package org.bitdistillery.hub;

import java.util.Optional;
import java.util.regex.Pattern;
import org.bitdistillery.config.InvalidInput;

/// A model by its name on the hub: `org/name`, or `org/name@revision` for another revision than `main`.
///
/// @param id       `org/name`, or `name` for the few old ones without an organization
/// @param revision branch, tag or commit
public record ModelName(String id, String revision) {

    public static final String MAIN = "main";

    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,95}");
    private static final Pattern REVISION_PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}");
    private static final String PREFIX = "models--";
    private static final String SEPARATOR = "--";

    /// @throws InvalidInput where the text is no name of a model
    public static ModelName parse(String text) {
        String name = text.strip();
        int at = name.indexOf('@');
        String id = at < 0 ? name : name.substring(0, at);
        String revision = at < 0 ? MAIN : name.substring(at + 1);
        String[] parts = id.split("/", -1);
        if (parts.length != 2 || !isId(id)) {
            throw new InvalidInput("\"" + shorten(text) + "\" is no name of a model. Write org/name, for example Qwen/Qwen3-0.6B.");
        }
        return new ModelName(id, requireRevision(revision));
    }

    public ModelName withRevision(String other) {
        return new ModelName(id, requireRevision(other.strip()));
    }

    /// Whether this can only mean a model's name, and no path.
    public static boolean looksLikeName(String text) {
        int at = text.indexOf('@');
        String id = at < 0 ? text : text.substring(0, at);
        return id.indexOf('/') > 0 && id.indexOf('/') == id.lastIndexOf('/') && isId(id);
    }

    /// The model whose cache folder has this name.
    static Optional<String> idOfFolder(String folder) {
        if (!folder.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String id = folder.substring(PREFIX.length()).replaceFirst(SEPARATOR, "/");
        return isId(id) ? Optional.of(id) : Optional.empty();
    }

    /// Name of the folder in the cache, the same as that of Hugging Face's own tools.
    String folder() {
        return PREFIX + id.replace("/", SEPARATOR);
    }

    @Override
    public String toString() {
        return revision.equals(MAIN) ? id : id + "@" + revision;
    }

    private static boolean isId(String id) {
        String[] parts = id.split("/", -1);
        boolean valid = parts.length <= 2 && !id.contains(SEPARATOR) && !id.contains("..");
        for (String part : parts) {
            valid &= PART.matcher(part).matches();
        }
        return valid;
    }

    private static String requireRevision(String revision) {
        boolean valid = !revision.contains("..");
        for (String part : revision.split("/", -1)) {
            valid &= REVISION_PART.matcher(part).matches();
        }
        if (!valid) {
            throw new InvalidInput("\"" + shorten(revision) + "\" is no revision of a model. Name a branch, a tag or a commit, for example "
                    + MAIN + ".");
        }
        return revision;
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
