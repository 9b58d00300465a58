package org.bitdistillery.data.template;

import java.util.List;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;

/// A template in the part of Jinja that chat templates are written in, with the settings that transformers gives them
/// (`trim_blocks`, `lstrip_blocks`). It comes with downloaded models and is run as a small language of its own: no class is looked
/// up, nothing outside of the given variables is reached, and steps, lists and texts are bounded.
public final class Template {

    private static final int LONGEST = 1 << 20;

    private final String name;
    private final List<Node> nodes;

    private Template(String name, List<Node> nodes) {
        this.name = name;
        this.nodes = nodes;
    }

    /// @param name where the template stands, for messages
    /// @throws InvalidInput where it is malformed or uses a statement that is not supported, which is named
    public static Template parse(String source, String name) {
        if (source.length() > LONGEST) {
            throw new InvalidInput(name + " is a template of more than 1 MiB, which no chat template is: fetch it again.");
        }
        try {
            return new Template(name, Parser.parse(source));
        } catch (TemplateProblem e) {
            throw invalid(name, e);
        } catch (StackOverflowError e) {
            throw invalid(name, new TemplateProblem("it is nested too deep"));
        }
    }

    /// @param variables texts, numbers, booleans, nulls, lists and maps of them
    /// @throws InvalidInput where the template refuses its variables, does too much, or uses what is not supported, which is named
    public String render(Map<String, Object> variables) {
        try {
            return Renderer.render(nodes, variables);
        } catch (TemplateProblem e) {
            throw invalid(name, e);
        } catch (StackOverflowError e) {
            throw invalid(name, new TemplateProblem("it is nested too deep"));
        }
    }

    private static InvalidInput invalid(String name, TemplateProblem e) {
        return new InvalidInput(name + " cannot be used as a template, " + e.getMessage() + ". Mend it, or switch task.chatTemplate off.", e);
    }
}
