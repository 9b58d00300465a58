package org.bitdistillery.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bitdistillery.config.InvalidInput;

/// What tells the hub who is asking. It is never printed: neither here nor in the message of an exception.
public final class HubToken {

    private static final Pattern VALID = Pattern.compile("[\\x21-\\x7e]{1,4096}");

    private final String value;

    private HubToken(String value) {
        this.value = value;
    }

    /// @param source where it comes from, for messages
    /// @throws InvalidInput where it holds what no token has, such as a line feed
    static HubToken of(String text, String source) {
        String value = text.strip();
        if (!VALID.matcher(value).matches()) {
            throw new InvalidInput(source + " holds no token: a token is one word of letters and digits. Copy it again.");
        }
        return new HubToken(value);
    }

    static Optional<HubToken> read(Path file) {
        try {
            String text = Files.isRegularFile(file) ? Files.readString(file) : "";
            return text.isBlank() ? Optional.empty() : Optional.of(of(text, file.toString()));
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read. Check its permissions, or delete it to go without a token.");
        }
    }

    /// Value of the `Authorization` header.
    String header() {
        return "Bearer " + value;
    }

    @Override
    public String toString() {
        return "token (not shown)";
    }
}
