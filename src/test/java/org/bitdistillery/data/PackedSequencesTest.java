package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedSequencesTest {

    @TempDir
    Path folder;

    @Test
    void documentsAreJoinedBySeparatorsAndTheRestIsLeftOut() throws Exception {
        Files.writeString(folder.resolve("tokenizer.json"), BpeTrainer.train(List.of("a"), BpeTrainer.SMALLEST_VOCABULARY));
        try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
            int a = 2 + 'a';
            assertThat(PackedSequences.pack(List.of("aa", "aaa", "a"), tokenizer, 0, 4))
                    .containsExactly(new int[] {0, a, a, 0}, new int[] {a, a, a, 0});
            assertThat(PackedSequences.pack(List.of("aa", "aaa"), tokenizer, -1, 2))
                    .containsExactly(new int[] {a, a}, new int[] {a, a});
            assertThat(PackedSequences.pack(List.of("aa"), tokenizer, 0, 4)).isEmpty();
        }
    }

    @Test
    void filesAreCutAtEndOfTextOrBetweenParagraphs() throws Exception {
        assertThat(documents("One.\n\nStill one.\n<|endoftext|>\nTwo.\n<|endoftext|>\n"))
                .containsExactly("One.\n\nStill one.", "Two.");
        String paragraph = "word ".repeat(120).strip();
        assertThat(documents((paragraph + "\n\n").repeat(4)))
                .containsExactly(paragraph + "\n\n" + paragraph, paragraph + "\n\n" + paragraph);
        assertThat(documents((paragraph + "\n").repeat(9))).hasSize(2).allMatch(document -> document.startsWith("word"));
        assertThat(String.join("\n", documents((paragraph + "\n").repeat(9)))).isEqualTo((paragraph + "\n").repeat(9).strip());
    }

    @Test
    void filesThatAreNoTextAreInvalidInput() throws Exception {
        assertThatThrownBy(() -> documents(" \n\n")).isInstanceOf(InvalidInput.class).hasMessageContaining("no text");
        assertThatThrownBy(() -> CorpusText.documents(corpus(Files.createDirectory(folder.resolve("empty")))))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("is a folder without text files");
        assertThatThrownBy(() -> CorpusText.documents(corpus(folder.resolve("none"))))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("does not exist");
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {(byte) 0xe9, 'a'});
        assertThatThrownBy(() -> CorpusText.documents(corpus(latin))).isInstanceOf(InvalidInput.class).hasMessageContaining("not UTF-8");
    }

    private List<String> documents(String content) throws Exception {
        return CorpusText.documents(corpus(Files.writeString(folder.resolve("corpus.txt"), content)));
    }

    private static Corpus corpus(Path file) {
        return Corpus.ofFiles(List.of(file.toString()));
    }
}
