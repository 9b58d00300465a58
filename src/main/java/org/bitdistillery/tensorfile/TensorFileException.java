package org.bitdistillery.tensorfile;

import org.bitdistillery.config.InvalidInput;

/// A tensor file that cannot be read or written; the message names the file, the problem and the remedy.
public class TensorFileException extends InvalidInput {

    public TensorFileException(String message) {
        super(message);
    }

    public TensorFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
