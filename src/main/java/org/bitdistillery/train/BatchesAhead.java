package org.bitdistillery.train;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Makes the next batch on another thread while the step computes: rows of a large corpus are read from disk then.
final class BatchesAhead implements BatchSource, AutoCloseable {

    private final BatchSource source;
    private final long end;
    private final ExecutorService reading = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("batches").factory());
    private long nextIndex = -1;
    private CompletableFuture<Batch> next;

    /// @param end index behind the last batch that will be asked for
    BatchesAhead(BatchSource source, long end) {
        this.source = source;
        this.end = end;
    }

    @Override
    public Batch batch(long index) {
        CompletableFuture<Batch> wanted = index == nextIndex ? next : read(index);
        nextIndex = index + 1;
        next = nextIndex < end ? read(nextIndex) : null;
        try {
            return wanted.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private CompletableFuture<Batch> read(long index) {
        return CompletableFuture.supplyAsync(() -> source.batch(index), reading);
    }

    /// Lets the batch under way come to its end: it may read a file that is about to be closed.
    @Override
    public void close() {
        reading.close();
    }
}
