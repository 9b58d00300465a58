package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextStreamTest {

    @Test
    void textBeforeAStopStringIsShownAndNothingBehindIt() {
        TextStream stream = new TextStream(List.of("\n\n", "END"));
        assertThat(stream.grow("one E")).isEqualTo("one ");
        assertThat(stream.grow("one Eve")).isEqualTo("Eve");
        assertThat(stream.grow("one Eve\n")).isEmpty();
        assertThat(stream.stopped()).isFalse();
        assertThat(stream.grow("one Eve\nEN")).isEqualTo("\n");
        assertThat(stream.grow("one Eve\nENDING")).isEmpty();
        assertThat(stream.stopped()).isTrue();
        assertThat(stream.finish("one Eve\nENDING")).isEmpty();
    }

    @Test
    void whatWasHeldBackComesAtTheEnd() {
        TextStream stream = new TextStream(List.of("stop"));
        assertThat(stream.grow("do not st")).isEqualTo("do not ");
        assertThat(stream.finish("do not st")).isEqualTo("st");
    }

    @Test
    void halfACharacterWaitsForItsOtherHalf() {
        TextStream stream = new TextStream(List.of());
        assertThat(stream.grow("caf\uFFFD")).isEqualTo("caf");
        assertThat(stream.grow("café")).isEqualTo("é");
    }
}
