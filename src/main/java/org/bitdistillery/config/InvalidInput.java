package org.bitdistillery.config;

/// Something that the user gave and can mend: a file, a field, an argument.
///
/// The message is one sentence or two that name the file or field, what is wrong with it and the remedy; it is shown
/// unchanged in the window and on the command line. Programming errors are never reported this way.
public class InvalidInput extends RuntimeException {

    public InvalidInput(String message) {
        super(message);
    }

    public InvalidInput(String message, Throwable cause) {
        super(message, cause);
    }
}
