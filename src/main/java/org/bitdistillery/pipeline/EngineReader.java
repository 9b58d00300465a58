package org.bitdistillery.pipeline;

import java.util.Arrays;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.LabelHead;
import org.bitdistillery.inference.PromptReader;
import org.bitdistillery.inference.Session;
import org.bitdistillery.llamacpp.LlamaProcess;

/// The CPU engine of this program. What a prompt has in common with the one before is not computed again, nor is any row of the output head
/// that is not asked for; the logits are the same bit for bit.
final class EngineReader implements LogitReader {

    private final CausalModel engine;
    private final Session session;
    private PromptReader prompts;
    private int[] labels = {};
    private LabelHead head;

    /// @param engine  is closed with this reader
    /// @param longest tokens of a sequence
    EngineReader(CausalModel engine, int longest) {
        this.engine = engine;
        session = engine.newSession(Math.min(longest, engine.architecture().maxPositions()));
        prompts = new PromptReader(session);
    }

    @Override
    public String name() {
        return "BitDistillery engine";
    }

    @Override
    public void logits(int[] tokens, int from, LlamaProcess.LogitConsumer consumer) {
        if (from == 0) {
            session.reset();
            // What the session holds from here on is none of the prompts that the other one knows.
            prompts = new PromptReader(session);
            session.prefillAll(tokens, consumer::accept);
            return;
        }
        consumer.accept(from, prompts.logits(Arrays.copyOf(tokens, from + 1)));
        for (int i = from + 1; i < tokens.length; i++) {
            consumer.accept(i, session.decode(tokens[i]));
        }
    }

    @Override
    public float[] logits(int[] prompt, int[] tokens) {
        if (!Arrays.equals(labels, tokens)) {
            head = new LabelHead(engine, tokens);
            labels = tokens.clone();
        }
        return prompts.logits(prompt, head);
    }

    @Override
    public void close() {
        session.close();
        engine.close();
    }
}
