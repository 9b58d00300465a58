package org.bitdistillery.tensorfile;

import java.io.IOException;

/// A tensor's bytes on their way into a file, made piece by piece so that a large tensor is never in memory as a whole.
@FunctionalInterface
public interface TensorContent {

    void writeTo(Sink sink) throws IOException;

    /// Takes the bytes in the order of the file.
    @FunctionalInterface
    interface Sink {
        void put(byte[] bytes) throws IOException;
    }

    static TensorContent of(byte[] bytes) {
        return sink -> sink.put(bytes);
    }
}
