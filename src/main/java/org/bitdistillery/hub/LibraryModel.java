package org.bitdistillery.hub;

import com.fasterxml.jackson.annotation.JsonIgnore;

/// One model that is on this machine.
///
/// @param name     what people call it: `org/name` in the cache, a path below the folder that was added elsewhere
/// @param origin   how it came into the library
/// @param folder   where its files lie; empty for the starter teacher, which comes with the program
/// @param root     the folder that the user added and that holds it; empty where no such folder does
/// @param revision commit of a model from the hub, or empty
/// @param fit      whether it fits this machine; null where its size is not known
public record LibraryModel(String name, Origin origin, String folder, String root, String revision, ModelFacts facts, MemoryFit fit) {

    public enum Origin {
        STARTER("Comes with BitDistillery"),
        CACHE("Hugging Face cache"),
        FOLDER("Added folder"),
        RUN("Result of a run");

        private final String text;

        Origin(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// What `teacher.path` is set to for this model: its name where the name finds it on any machine, its folder otherwise.
    @JsonIgnore
    public String teacherPath() {
        return origin == Origin.CACHE && ModelName.looksLikeName(name) ? name : folder;
    }

    /// Whether a text that a person searches for is in what this model shows.
    public boolean matches(String text) {
        String all = String.join(" ", name, folder, String.valueOf(facts.family()), String.valueOf(facts.license()), origin.text(),
                facts.size(), String.join(" ", facts.types()));
        String lower = all.toLowerCase(java.util.Locale.ROOT);
        return java.util.Arrays.stream(text.strip().toLowerCase(java.util.Locale.ROOT).split("\\s+")).allMatch(lower::contains);
    }
}
