package org.bitdistillery.inference;

import java.util.Arrays;

/// Reads one prompt after another into a session. What a prompt has in common with the one before stands in the cache already and is
/// not computed again; the logits are the same bit for bit.
public final class PromptReader {

    private final Session session;
    private int[] before = {};

    public PromptReader(Session session) {
        this.session = session;
    }

    /// @return logits behind the prompt, see [Session#prefill(int[])]
    public float[] logits(int[] prompt) {
        return session.prefill(rest(prompt));
    }

    /// @return label logits behind the prompt, see [Session#prefill(int[], LabelHead)]
    public float[] logits(int[] prompt, LabelHead labels) {
        return session.prefill(rest(prompt), labels);
    }

    /// Rewinds to the common beginning; at least the last token is read, for its logits.
    private int[] rest(int[] prompt) {
        int mismatch = Arrays.mismatch(before, prompt);
        int common = mismatch < 0 ? prompt.length : mismatch;
        common = Math.clamp(common, 0, Math.max(0, Math.min(prompt.length - 1, session.position())));
        session.rewind(common);
        before = prompt;
        return Arrays.copyOfRange(prompt, common, prompt.length);
    }
}
