package org.bitdistillery.bench;

import org.bitdistillery.config.InvalidInput;

/// A measurement that did not come to an end; the message names the model and the reason.
public final class BenchmarkException extends InvalidInput {

    BenchmarkException(String message) {
        super(message);
    }

    BenchmarkException(String message, Throwable cause) {
        super(message, cause);
    }
}
