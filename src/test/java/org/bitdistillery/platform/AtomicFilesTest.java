package org.bitdistillery.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

    @TempDir Path folder;

    @Test
    void aFileIsReplacedAndNothingIsLeftBesideIt() throws IOException {
        Path file = folder.resolve("control.json");
        AtomicFiles.write(file, "first");
        AtomicFiles.write(file, "zweite Fassung, größer");

        assertThat(file).hasContent("zweite Fassung, größer");
        assertThat(names(folder)).containsExactly("control.json");
    }

    @Test
    void aFolderThatIsMissingIsNamedInOneSentence() {
        assertThatThrownBy(() -> AtomicFiles.write(folder.resolve("missing/file.txt"), "text"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("missing/file.txt cannot be written (its folder does not exist). Choose a folder");
    }

    @Test
    void aFolderIsReplacedWithAllThatWasInIt() throws IOException {
        Path target = Files.createDirectories(folder.resolve("model"));
        Files.writeString(target.resolve("old.bin"), "old");
        Path finished = Files.createDirectories(folder.resolve("model.new/inner"));
        Files.writeString(finished.resolve("new.bin"), "new");

        AtomicFiles.replaceFolder(folder.resolve("model.new"), target);

        assertThat(names(folder)).containsExactly("model");
        assertThat(names(target)).containsExactly("inner");
        assertThat(target.resolve("inner/new.bin")).hasContent("new");
    }

    @Test
    void theOldFolderStaysWhereTheNewOneIsMissing() throws IOException {
        Path target = Files.createDirectories(folder.resolve("model"));
        Files.writeString(target.resolve("old.bin"), "old");

        assertThatThrownBy(() -> AtomicFiles.replaceFolder(folder.resolve("nowhere"), target)).isInstanceOf(InvalidInput.class);

        assertThat(names(folder)).containsExactly("model");
        assertThat(target.resolve("old.bin")).hasContent("old");
    }

    @Test
    void aFullDiskAndAForbiddenPlaceReadDifferently() {
        Path file = Path.of("out", "model.safetensors");

        assertThat(AtomicFiles.unwritable(file, new IOException("No space left on device")))
                .hasMessage("The disk is full, " + file + " could not be written. Free some space and try again.");
        assertThat(AtomicFiles.unwritable(file, new FileSystemException("x", null, "No space left on device")))
                .hasMessageStartingWith("The disk is full");
        assertThat(AtomicFiles.unwritable(file, new AccessDeniedException("x")))
                .hasMessage(file + " cannot be written (permission denied). Choose a folder that you may write to.");
        assertThat(AtomicFiles.unwritable(file, new FileSystemException("x", null, "Read-only file system")))
                .hasMessageContaining("(Read-only file system)");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
