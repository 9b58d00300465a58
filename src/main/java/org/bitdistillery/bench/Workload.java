package org.bitdistillery.bench;

/// One thing that is timed: a prompt read at once, or tokens made one by one.
///
/// @param context tokens in the cache before it begins; 0 for a prompt
/// @param tokens  tokens read or made
public record Workload(Kind kind, int context, int tokens) {

    public enum Kind { PREFILL, DECODE }

    static Workload prefill(int tokens) {
        return new Workload(Kind.PREFILL, 0, tokens);
    }

    static Workload decode(int context, int tokens) {
        return new Workload(Kind.DECODE, context, tokens);
    }

    /// Positions that a model must have for it.
    int positions() {
        return context + tokens;
    }

    /// `prefill 128`, `decode 64`, `decode 64 after 512`.
    public String title() {
        String what = (kind == Kind.PREFILL ? "prefill " : "decode ") + tokens;
        return context == 0 ? what : what + " after " + context;
    }
}
