package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Stems are those of NLTK 3.8's PorterStemmer in its default mode, computed by hand in Python.
class PorterStemmerTest {

    @ParameterizedTest
    @CsvSource({
        "running, run", "jumped, jump", "happily, happili", "chasing, chase", "relational, relat", "conditional, condit",
        "hopefulness, hope", "radically, radic", "agreed, agre", "feed, feed", "flies, fli", "dies, die", "died, die", "enjoy, enjoy",
        "happy, happi", "generalizations, gener", "oscillators, oscil", "adoption, adopt", "replacement, replac", "probate, probat",
        "cease, ceas", "controlling, control", "hopping, hop", "filing, file", "falling, fall", "news, news", "skies, sky",
        "proceed, proceed", "analogously, analog", "sensibility, sensibl", "technology, technolog", "geologically, geolog",
        "1990s, 1990", "ties, tie", "troubled, troubl", "sized, size", "caresses, caress", "ponies, poni", "ease, eas", "owed, owe"})
    void endingsAreTakenAsNltkTakesThem(String word, String stem) {
        assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
    }

    /// SHA-256 of the stems of all words of four and more letters in alphabetical order, one a line:
    /// `re.findall('[a-z]+', text.lower())`.
    @Test
    void aWholeNovelHasTheStemsThatNltkFinds() throws Exception {
        Path novel = Path.of("..", "shared", "data", "corpus", "austen_emma.txt");
        assumeTrue(Files.exists(novel), "needs ../shared/data/corpus");
        String stems = Arrays.stream(Files.readString(novel).toLowerCase(Locale.ROOT).split("[^a-z]+"))
                .filter(word -> word.length() > 3).distinct().sorted()
                .map(PorterStemmer::stem).collect(Collectors.joining("\n"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(stems.getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(digest)).isEqualTo("42bd9292618a157e041df77e4897045328f9a38816e709b36180d0c005140137");
    }
}
