package org.bitdistillery.inference;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A fixed pool that splits loops over cores without allocating anything a call.
///
/// A decoded token crosses some five barriers a layer, each a few microseconds after the other, so idle workers spin for
/// a while before they sleep, and the caller never waits for a worker that has not begun: it takes the share itself.
final class Workers implements AutoCloseable {

    /// One share of a loop.
    interface Range {
        /// @param worker from 0 to threads - 1, for scratch memory
        void run(int worker, int from, int to);
    }

    /// Shares a thread: small enough to even out a core that is busy elsewhere.
    private static final int SHARES = 4;
    private static final int SPINS = 10_000;
    private static final long REMAINING = 0xFFFF_FFFFL;

    /// High half: number of the loop. Low half: shares that nobody has taken yet.
    private final AtomicLong ticket = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private final Helper[] helpers;
    private Range body;
    private int count;
    private int shares;
    private volatile Throwable failure;
    private volatile boolean closed;

    /// @param threads at least 1; the caller counts as one of them
    Workers(int threads) {
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
            helpers[i].start();
        }
    }

    int threads() {
        return helpers.length + 1;
    }

    /// Runs `body` over 0 to count - 1 and returns when all of it is done. Sessions of one model take turns here.
    synchronized void split(int count, Range body) {
        int shares = Math.min(count, helpers.length == 0 ? 1 : threads() * SHARES);
        if (shares <= 1) {
            body.run(0, 0, count);
            return;
        }
        this.body = body;
        this.count = count;
        this.shares = shares;
        failure = null;
        done.set(0);
        ticket.set(((ticket.get() >>> 32) + 1 << 32) + shares);
        for (Helper helper : helpers) {
            if (helper.asleep) {
                LockSupport.unpark(helper);
            }
        }
        takeShares(0);
        for (int spins = 0; done.get() < shares; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        if (failure != null) {
            throw new IllegalStateException("a worker of the inference engine failed", failure);
        }
    }

    /// A share can only be taken while its loop is unfinished, so the plain fields belong to that very loop.
    private void takeShares(int worker) {
        long seen = ticket.get();
        while ((seen & REMAINING) != 0) {
            if (ticket.compareAndSet(seen, seen - 1)) {
                long share = (seen & REMAINING) - 1;
                try {
                    body.run(worker, (int) (share * count / shares), (int) ((share + 1) * count / shares));
                } catch (Throwable e) {
                    failure = e;
                } finally {
                    done.incrementAndGet();
                }
            }
            seen = ticket.get();
        }
    }

    private boolean hasWork() {
        return (ticket.get() & REMAINING) != 0;
    }

    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
        }
    }

    private final class Helper extends Thread {
        private final int index;
        private volatile boolean asleep;

        Helper(int index) {
            super("inference-" + index);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!closed) {
                takeShares(index);
                for (int spins = 0; spins < SPINS && !hasWork(); spins++) {
                    Thread.onSpinWait();
                }
                asleep = true;
                while (!hasWork() && !closed) {
                    LockSupport.park(Workers.this);
                }
                asleep = false;
            }
        }
    }
}
