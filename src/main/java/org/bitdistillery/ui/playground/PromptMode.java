package org.bitdistillery.ui.playground;

/// What is done with a prompt.
public enum PromptMode {
    /// The model goes on with the text.
    TEXT("Go on", "Text"),
    /// The text is a question in the model's chat template, behind what was said before.
    CHAT("Chat", "You"),
    /// The text is classified, by the task of the experiment that the window shows.
    TASK("Classify", "Text");

    private final String title;
    private final String speaker;

    PromptMode(String title, String speaker) {
        this.title = title;
        this.speaker = speaker;
    }

    public String title() {
        return title;
    }

    /// What stands above the prompt.
    public String speaker() {
        return speaker;
    }
}
