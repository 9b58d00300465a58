package org.bitdistillery.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a hub says of one revision of a model: `GET /api/models/{id}/revision/{revision}?blobs=true`.
///
/// @param commit  that the revision stands for now
/// @param license from the model card, or null
record HubListing(String commit, String license, List<HubFile> files) {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final int MOST_FILES = 20_000;
    private static final long LARGEST_FILE = 1L << 50;

    /// @throws HubException where the answer is none of a hub, or names files that cannot be written safely
    static HubListing parse(byte[] json, String server, ModelName name) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw new HubException(server + " does not answer like a model hub. Check the address of the server.", e);
        }
        String commit = root.path("sha").asString("");
        JsonNode siblings = root.path("siblings");
        if (!HubCache.COMMIT.matcher(commit).matches() || !siblings.isArray() || siblings.size() > MOST_FILES) {
            throw new HubException(server + " does not answer like a model hub: it lists no files of " + name + ". Check the address of the server.");
        }
        List<HubFile> files = new ArrayList<>();
        for (JsonNode sibling : siblings) {
            files.add(file(sibling, server, name));
        }
        return new HubListing(commit, license(root.path("cardData").path("license")), files);
    }

    private static HubFile file(JsonNode sibling, String server, ModelName name) {
        String path = sibling.path("rfilename").asString("");
        if (!HubFile.isSafe(path)) {
            throw new HubException(server + " lists a file of " + name + " whose name leads out of its folder or is none on some systems (\""
                    + shown(path) + "\"). Nothing was downloaded: do not trust this model or server.");
        }
        JsonNode lfs = sibling.path("lfs");
        long size = lfs.path("size").asLong(sibling.path("size").asLong(-1));
        if (size > LARGEST_FILE) {
            throw new HubException(server + " says that " + shown(path) + " of " + name + " has an impossible size. Nothing was downloaded.");
        }
        return new HubFile(path, size, matching(lfs.path("sha256"), SHA256), matching(sibling.path("blobId"), SHA1));
    }

    private static String matching(JsonNode node, Pattern pattern) {
        String text = node.asString("");
        return pattern.matcher(text).matches() ? text : null;
    }

    private static String license(JsonNode node) {
        JsonNode first = node.isArray() && !node.isEmpty() ? node.get(0) : node;
        String text = shown(first.asString(""));
        return text.isEmpty() ? null : text;
    }

    private static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 80 ? clean : clean.substring(0, 80) + "…";
    }
}
