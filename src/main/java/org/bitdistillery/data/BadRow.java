package org.bitdistillery.data;

import org.bitdistillery.config.InvalidInput;

/// One row that cannot be used, in a file whose other rows can be.
public final class BadRow extends InvalidInput {

    public BadRow(String message) {
        super(message);
    }

    public BadRow(String message, Throwable cause) {
        super(message, cause);
    }
}
