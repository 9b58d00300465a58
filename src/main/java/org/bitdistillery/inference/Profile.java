package org.bitdistillery.inference;

/// Adds up where a session spends its time, by block and part. A session without one pays a null check a part.
public final class Profile {

    /// What a forward pass consists of, in the order in which it happens. Norms belong to the projection that reads them.
    public enum Part {
        EMBEDDING("embedding"),
        QUERY_KEY_VALUE("q, k, v"),
        ATTENTION("attention"),
        OUTPUT("attention output"),
        GATE_UP("gate, up"),
        DOWN("down"),
        HEAD("output head");

        private final String title;

        Part(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    private final long[][] nanos;
    private long last;

    public Profile(int layers) {
        nanos = new long[layers + 1][Part.values().length];
    }

    void begin() {
        last = System.nanoTime();
    }

    /// @param layer 0-based block; the number of blocks for embedding and head
    void lap(int layer, Part part) {
        long now = System.nanoTime();
        nanos[layer][part.ordinal()] += now - last;
        last = now;
    }

    /// Time spent in a part, over all blocks.
    public long nanos(Part part) {
        long sum = 0;
        for (long[] layer : nanos) {
            sum += layer[part.ordinal()];
        }
        return sum;
    }

    /// Time spent in a block; the last entry is embedding and output head.
    public long[] layerNanos() {
        long[] sums = new long[nanos.length];
        for (int layer = 0; layer < nanos.length; layer++) {
            for (long part : nanos[layer]) {
                sums[layer] += part;
            }
        }
        return sums;
    }
}
