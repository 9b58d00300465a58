package org.bitdistillery.analysis;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Takes the endings from English words (Porter 1980), with the changes that NLTK made to it and that ROUGE scores are
/// commonly computed with.
final class PorterStemmer {

    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("sky", "sky"), Map.entry("skies", "sky"), Map.entry("dying", "die"), Map.entry("lying", "lie"),
            Map.entry("tying", "tie"), Map.entry("news", "news"), Map.entry("innings", "inning"), Map.entry("inning", "inning"),
            Map.entry("outings", "outing"), Map.entry("outing", "outing"), Map.entry("cannings", "canning"),
            Map.entry("canning", "canning"), Map.entry("howe", "howe"), Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"), Map.entry("succeed", "succeed"));

    /// `suffix → replacement` where the stem before the suffix meets the condition. Of the rules whose suffix a word has, only
    /// the first is tried.
    private record Rule(String suffix, String replacement, Predicate<String> condition) {

        Rule(String suffix, String replacement, int moreThan) {
            this(suffix, replacement, stem -> measure(stem) > moreThan);
        }
    }

    private static final List<Rule> PLURALS = List.of(
            new Rule("sses", "ss", -1), new Rule("ies", "i", -1), new Rule("ss", "ss", -1), new Rule("s", "", -1));

    private static final List<Rule> DOUBLE_SUFFIXES = List.of(
            new Rule("ational", "ate", 0), new Rule("tional", "tion", 0), new Rule("enci", "ence", 0), new Rule("anci", "ance", 0),
            new Rule("izer", "ize", 0), new Rule("bli", "ble", 0), new Rule("alli", "al", 0), new Rule("entli", "ent", 0),
            new Rule("eli", "e", 0), new Rule("ousli", "ous", 0), new Rule("ization", "ize", 0), new Rule("ation", "ate", 0),
            new Rule("ator", "ate", 0), new Rule("alism", "al", 0), new Rule("iveness", "ive", 0), new Rule("fulness", "ful", 0),
            new Rule("ousness", "ous", 0), new Rule("aliti", "al", 0), new Rule("iviti", "ive", 0), new Rule("biliti", "ble", 0),
            new Rule("fulli", "ful", 0), new Rule("logi", "log", stem -> measure(stem + "l") > 0));

    private static final List<Rule> SUFFIXES = List.of(
            new Rule("icate", "ic", 0), new Rule("ative", "", 0), new Rule("alize", "al", 0), new Rule("iciti", "ic", 0),
            new Rule("ical", "ic", 0), new Rule("ful", "", 0), new Rule("ness", "", 0));

    private static final List<Rule> LAST_SUFFIXES = List.of(
            new Rule("al", "", 1), new Rule("ance", "", 1), new Rule("ence", "", 1), new Rule("er", "", 1), new Rule("ic", "", 1),
            new Rule("able", "", 1), new Rule("ible", "", 1), new Rule("ant", "", 1), new Rule("ement", "", 1), new Rule("ment", "", 1),
            new Rule("ent", "", 1), new Rule("ion", "", stem -> measure(stem) > 1 && (stem.endsWith("s") || stem.endsWith("t"))),
            new Rule("ou", "", 1), new Rule("ism", "", 1), new Rule("ate", "", 1), new Rule("iti", "", 1), new Rule("ous", "", 1),
            new Rule("ive", "", 1), new Rule("ize", "", 1));

    private PorterStemmer() {}

    /// @param word in lower case
    static String stem(String word) {
        if (IRREGULAR.containsKey(word)) {
            return IRREGULAR.get(word);
        }
        if (word.length() <= 2) {
            return word;
        }
        String stem = word.length() == 4 && word.endsWith("ies") ? without(word, 1) : apply(PLURALS, word);
        stem = withoutPast(stem);
        stem = withI(stem);
        stem = apply(LAST_SUFFIXES, apply(SUFFIXES, withoutDoubleSuffix(stem)));
        stem = withoutE(stem);
        return stem.endsWith("ll") && measure(without(stem, 1)) > 1 ? without(stem, 1) : stem;
    }

    /// -eed, -ed and -ing; then a lost e comes back, and a doubled consonant gets single.
    private static String withoutPast(String word) {
        if (word.endsWith("ied")) {
            return word.length() == 4 ? without(word, 1) : without(word, 2);
        }
        if (word.endsWith("eed")) {
            return measure(without(word, 3)) > 0 ? without(word, 1) : word;
        }
        for (String suffix : List.of("ed", "ing")) {
            if (word.endsWith(suffix) && hasVowel(without(word, suffix.length()))) {
                return mended(without(word, suffix.length()));
            }
        }
        return word;
    }

    private static String mended(String stem) {
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsInDoubleConsonant(stem)) {
            return "lsz".indexOf(stem.charAt(stem.length() - 1)) < 0 ? without(stem, 1) : stem;
        }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
    }

    /// y after a consonant gets i, but not in words like by.
    private static String withI(String word) {
        boolean turns = word.endsWith("y") && word.length() > 2 && isConsonant(word, word.length() - 2);
        return turns ? without(word, 1) + "i" : word;
    }

    private static String withoutDoubleSuffix(String word) {
        if (word.endsWith("alli") && measure(without(word, 4)) > 0) {
            return withoutDoubleSuffix(without(word, 2));
        }
        return apply(DOUBLE_SUFFIXES, word);
    }

    private static String withoutE(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        String stem = without(word, 1);
        int measure = measure(stem);
        return measure > 1 || measure == 1 && !endsShort(stem) ? stem : word;
    }

    private static String apply(List<Rule> rules, String word) {
        for (Rule rule : rules) {
            if (word.endsWith(rule.suffix)) {
                String stem = without(word, rule.suffix.length());
                return rule.condition.test(stem) ? stem + rule.replacement : word;
            }
        }
        return word;
    }

    private static String without(String word, int letters) {
        return word.substring(0, word.length() - letters);
    }

    /// How often a consonant follows a vowel: m of `[C](VC){m}[V]`.
    private static int measure(String stem) {
        int measure = 0;
        for (int i = 1; i < stem.length(); i++) {
            measure += isConsonant(stem, i) && !isConsonant(stem, i - 1) ? 1 : 0;
        }
        return measure;
    }

    private static boolean isConsonant(String word, int i) {
        char letter = word.charAt(i);
        return letter == 'y' ? i == 0 || !isConsonant(word, i - 1) : "aeiou".indexOf(letter) < 0;
    }

    private static boolean hasVowel(String stem) {
        for (int i = 0; i < stem.length(); i++) {
            if (!isConsonant(stem, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsInDoubleConsonant(String stem) {
        int last = stem.length() - 1;
        return last > 0 && stem.charAt(last) == stem.charAt(last - 1) && isConsonant(stem, last);
    }

    /// Consonant, vowel and a consonant other than w, x and y, as in hop; or a word of vowel and consonant.
    private static boolean endsShort(String stem) {
        int last = stem.length() - 1;
        if (last == 1) {
            return !isConsonant(stem, 0) && isConsonant(stem, 1);
        }
        return last > 1 && isConsonant(stem, last - 2) && !isConsonant(stem, last - 1) && isConsonant(stem, last)
                && "wxy".indexOf(stem.charAt(last)) < 0;
    }
}
