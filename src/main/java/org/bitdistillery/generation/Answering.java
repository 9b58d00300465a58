package org.bitdistillery.generation;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.generation.ModelEvent.Answered;
import org.bitdistillery.generation.ModelEvent.Candidate;
import org.bitdistillery.generation.ModelEvent.Ending;
import org.bitdistillery.generation.ModelEvent.Piece;
import org.bitdistillery.inference.Generator;
import org.bitdistillery.inference.TextStream;

/// One answer as it grows, with the clock beside it.
final class Answering implements Generator.Consumer {

    private static final int CANDIDATES = 5;
    private static final double NANOS = 1e9;

    private final TextTokenizer tokenizer;
    private final AnswerText text;
    private final TextStream stream;
    private final Consumer<Piece> pieces;
    private final BooleanSupplier stopped;
    private final StringBuilder shown = new StringBuilder();
    private final long begin = System.nanoTime();
    private String whole = "";
    private List<Candidate> candidates = List.of();
    private long promptRead = begin;
    private long last = begin;

    Answering(TextTokenizer tokenizer, List<String> stops, Consumer<Piece> pieces, BooleanSupplier stopped) {
        this.tokenizer = tokenizer;
        text = new AnswerText(tokenizer);
        stream = new TextStream(stops);
        this.pieces = pieces;
        this.stopped = stopped;
    }

    @Override
    public void promptRead(float[] logits) {
        promptRead = System.nanoTime();
        candidates = Candidates.of(logits, CANDIDATES, token -> tokenizer.decodeWhole(new int[] {token}));
    }

    @Override
    public boolean token(int token) {
        whole = text.add(token);
        last = System.nanoTime();
        show(stream.grow(whole));
        return !stream.stopped() && goesOn();
    }

    @Override
    public boolean goesOn() {
        return !stopped.getAsBoolean();
    }

    private void show(String piece) {
        shown.append(piece);
        pieces.accept(new Piece(piece, text.tokens()));
    }

    Answered finish(Generator.End end, int promptTokens) {
        String rest = stream.finish(whole);
        if (!rest.isEmpty()) {
            show(rest);
        }
        int tokens = text.tokens();
        double rate = tokens < 2 ? 0 : (tokens - 1) * NANOS / (last - promptRead);
        return new Answered(shown.toString(), ending(end), promptTokens, tokens, (promptRead - begin) / NANOS, rate, candidates);
    }

    private Ending ending(Generator.End end) {
        return switch (end) {
            case END_OF_SEQUENCE -> Ending.END_OF_TEXT;
            case MOST_TOKENS -> Ending.TOKENS;
            case CONTEXT -> Ending.CONTEXT;
            case CONSUMER -> stream.stopped() ? Ending.STOP_TEXT : Ending.STOPPED;
        };
    }
}
