package org.bitdistillery.hub;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Set;

/// What a download will fetch, found without fetching it.
///
/// @param model   `org/name` or `org/name@revision`
/// @param license as the model card says, or null
/// @param refused files that the choice asks for and that are never fetched
/// @param concern one sentence where this program will not be able to use the model, or null
/// @param freeBytes on the disk of the cache
public record DownloadPlan(
        String model, String server, String commit, String license, List<Item> items, List<Refused> refused, String concern, long freeBytes) {

    /// @param presentBytes of it that are on this machine already
    public record Item(HubFile file, long presentBytes) {

        @JsonIgnore
        public boolean isPresent() {
            return presentBytes == file.size();
        }
    }

    public record Refused(String path, String reason) {}

    /// The same for some of its files.
    public DownloadPlan only(Set<String> paths) {
        return new DownloadPlan(model, server, commit, license, items.stream().filter(item -> paths.contains(item.file().path())).toList(),
                refused, concern, freeBytes);
    }

    @JsonProperty
    public long size() {
        return items.stream().mapToLong(item -> item.file().size()).sum();
    }

    @JsonProperty
    public long missingBytes() {
        return items.stream().mapToLong(item -> item.file().size() - item.presentBytes()).sum();
    }
}
