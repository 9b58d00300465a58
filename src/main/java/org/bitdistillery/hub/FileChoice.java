package org.bitdistillery.hub;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bitdistillery.tensorfile.Pickle;

/// Which files of a model are wanted. In a pattern `*` stands for any characters, `?` for one.
///
/// @param include empty for what this program needs: configuration, tokenizer, weights in safetensors, card and license
public record FileChoice(List<String> include, List<String> exclude) {

    public static final FileChoice NEEDED = new FileChoice(List.of(), List.of());

    private static final List<String> USUAL = List.of(
            "config.json", "generation_config.json", "model.safetensors", "model-*-of-*.safetensors", "model.safetensors.index.json",
            "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json", "vocab.json",
            "vocab.txt", "merges.txt", "chat_template.jinja", "chat_template.json", "README.md", "LICENSE*", "LICENCE*", "NOTICE*");

    private static final List<String> CODE = List.of(".py", ".pyc", ".sh", ".bat", ".ps1", ".exe", ".so", ".dll", ".dylib", ".jar");

    public FileChoice {
        include = include.stream().map(String::strip).filter(pattern -> !pattern.isEmpty()).toList();
        exclude = exclude.stream().map(String::strip).filter(pattern -> !pattern.isEmpty()).toList();
    }

    boolean isUsual() {
        return include.isEmpty();
    }

    boolean wants(String path) {
        boolean included = isUsual() ? !path.contains("/") && matches(USUAL, path) : matches(include, path);
        return included && !matches(exclude, path);
    }

    /// Whether a pattern names just this file.
    boolean names(String path) {
        return include.contains(path);
    }

    /// Why a file is never downloaded, or null.
    static String refusal(String path) {
        if (Pickle.is(path)) {
            return "a pickle file, which could run any code when it is opened";
        }
        String lower = path.toLowerCase(Locale.ROOT);
        return CODE.stream().anyMatch(lower::endsWith) ? "code, which this program never runs" : null;
    }

    private static boolean matches(List<String> patterns, String path) {
        return patterns.stream().anyMatch(pattern -> regex(pattern).matcher(path).matches());
    }

    private static Pattern regex(String glob) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            regex.append(switch (c) {
                case '*' -> ".*";
                case '?' -> ".";
                default -> Pattern.quote(String.valueOf(c));
            });
        }
        return Pattern.compile(regex.toString());
    }
}
