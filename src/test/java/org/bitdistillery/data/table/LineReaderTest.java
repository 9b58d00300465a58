package org.bitdistillery.data.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    /// Property: whatever the pieces, put together they are the lines that `String.split` gives.
    @Test
    void piecesOfAnyLengthAddUpToTheLinesAndNeverCutACharacter() throws Exception {
        Random random = new Random(5);
        String[] alphabet = {"a", "é", "中", "😀", "\n", "b", "\r\n"};
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append(alphabet[random.nextInt(alphabet.length)]);
            }
            List<String> expected = new ArrayList<>(List.of(text.toString().split("\r?\n", -1)));
            if (expected.getLast().isEmpty()) {
                expected.removeLast();
            }
            for (int longest : List.of(5, 6, 7, 16, 1000)) {
                assertThat(lines(text.toString(), longest)).as(text + " in pieces of " + longest).isEqualTo(expected);
            }
        }
    }

    private static List<String> lines(String text, int longest) throws Exception {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), longest)) {
            boolean goesOn = false;
            for (String piece = reader.next(); piece != null; piece = reader.next()) {
                if (goesOn) {
                    lines.set(lines.size() - 1, lines.getLast() + piece);
                } else {
                    lines.add(piece);
                }
                goesOn = reader.isCut();
                assertThat(reader.number()).isEqualTo(lines.size());
            }
        }
        return lines;
    }
}
