package org.bitdistillery.generation;

/// How far two texts are the same.
public final class TextAgreement {

    private TextAgreement() {}

    /// Characters that two texts have in common from their beginning on; never half of one.
    public static int commonLength(String one, String other) {
        int most = Math.min(one.length(), other.length());
        int common = 0;
        while (common < most && one.charAt(common) == other.charAt(common)) {
            common++;
        }
        return common > 0 && common < Math.max(one.length(), other.length()) && Character.isHighSurrogate(one.charAt(common - 1))
                ? common - 1 : common;
    }

    /// In words, for people.
    public static String words(String one, String other) {
        int common = commonLength(one, other);
        return one.equals(other) ? "the same text"
                : common == 0 ? "another text from the first character on"
                : "the same text for the first " + common + (common == 1 ? " character" : " characters");
    }
}
