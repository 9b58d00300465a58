package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.data.CorpusText;
import org.bitdistillery.data.PackedSequences;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.data.TokenizedCorpus;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.train.BatchSource;
import org.bitdistillery.train.Evaluator;
import org.bitdistillery.train.Objective;
import org.bitdistillery.train.Score;

/// What the two stages that train on plain text have in common: packed sequences, some of them held out.
final class CorpusTraining {

    private static final int EVALUATION_BATCH = 16;
    private static final int MOST_HELD_OUT = 64;
    private static final int HELD_OUT_SHARE = 50;
    private static final Duration TELL_EVERY = Duration.ofSeconds(2);

    private final RunContext context;
    private final List<int[]> train;
    private final List<int[]> heldOut;

    private CorpusTraining(RunContext context, List<int[]> train, List<int[]> heldOut) {
        this.context = context;
        this.train = train;
        this.heldOut = heldOut;
    }

    /// Reads, tokenizes and packs a corpus.
    ///
    /// @param model folder with the tokenizer
    /// @param field name of the corpus in the configuration, for messages
    /// @throws InvalidInput where the text is too short to train on and to hold some out
    static CorpusTraining open(RunContext context, Corpus corpus, Path model, int sequenceLength, String field) {
        int separator = ConfigJson.read(model).separatorTokenId();
        try (TextTokenizer tokenizer = TextTokenizer.load(model)) {
            List<int[]> all = sequences(context, corpus, tokenizer, separator, sequenceLength);
            if (all.size() < 2) {
                throw new InvalidInput(field + " has too little text: at least two sequences of " + sequenceLength
                        + " tokens are needed. Add text or shorten the sequences.");
            }
            int held = Math.clamp(all.size() / HELD_OUT_SHARE, 1, MOST_HELD_OUT);
            return new CorpusTraining(context, all.subList(0, all.size() - held), all.subList(all.size() - held, all.size()));
        }
    }

    private static List<int[]> sequences(RunContext context, Corpus corpus, TextTokenizer tokenizer, int separator, int length) {
        if (corpus.source() == DataSource.STARTER) {
            return PackedSequences.pack(CorpusText.documents(corpus), tokenizer, separator, length);
        }
        AtomicLong told = new AtomicLong(System.nanoTime());
        TokenizedCorpus tokenized = TokenizedCorpus.of(corpus, tokenizer, separator, (documents, tokens) -> {
            context.stopIfAsked();
            if (System.nanoTime() - told.get() > TELL_EVERY.toNanos()) {
                told.set(System.nanoTime());
                context.progress(0, "Tokenizing the corpus: %,d documents, %,d tokens".formatted(documents, tokens));
            }
        });
        context.note("%s %,d documents, %,d tokens, %,d MiB in %s%s.".formatted(
                tokenized.isCached() ? "The corpus is tokenized already:" : "Tokenized the corpus:", tokenized.documents(),
                tokenized.tokens(), tokenized.bytes() >> 20, tokenized.file(),
                tokenized.badRows() == 0 ? "" : ", %,d bad rows left out".formatted(tokenized.badRows())));
        return tokenized.sequences(length);
    }

    void train(Stage stage, Decoder model, Optimization optimization) {
        BatchSource batches = BatchSource.ofSequences(train, optimization.batchSize(), context.experiment().seed());
        StageTraining.train(context, stage, model, Objective.crossEntropy(), batches, optimization, weights -> {
            try (Evaluator evaluator = new Evaluator(weights, EVALUATION_BATCH)) {
                return new Score(evaluator.meanLoss(heldOut), null);
            }
        });
    }

    /// Optimizer steps that spend a token budget; at least one.
    static long steps(long tokens, int sequenceLength, Optimization optimization) {
        long perStep = (long) sequenceLength * optimization.batchSize() * optimization.accumulation();
        return Math.max(1, Math.ceilDiv(tokens, perStep));
    }
}
