package org.bitdistillery.inference;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Rope;

/// One sequence on its way through a model: its KV cache and all buffers, allocated once.
///
/// Not for use by several threads at once. Prefilling n tokens and decoding them one by one give the same bits.
public final class Session implements AutoCloseable {

    /// Longer prompts pass in slices of this many tokens.
    static final int SLICE = 192;

    private final CausalModel model;
    private final Architecture shape;
    private final Workers workers;
    private final int maxTokens;
    private final Projector projector;
    private final RotaryTable[] rotaries;
    private final KeyValueCache[] caches;
    private final AttentionTile[] tiles;
    private final float[] residual;
    private final float[] normed;
    private final float[] mixed;
    private final float[][] queryKeyValue;
    private final int[] queryKeyValueStrides;
    private final float[][] gateUp;
    private final int[] gateUpStrides;
    private final float[][] update;
    private final int[] updateStrides;
    private final float[][] logits;
    private final int[] logitsStrides;
    private final float[] lastLogits;
    private final int[] single = new int[1];
    private final Workers.Range attend = this::attend;
    private final Workers.Range activate = this::activate;
    private final Workers.Range remember = this::remember;
    private final Workers.Range norm = this::norm;
    private final Workers.Range addUpdate = this::addUpdate;

    private int position;
    private int layer;
    private int window;
    private int queries;
    private int queriesATile;
    private int tilesAHead;
    private float[] partGain;
    private KeyValueCache cache;
    private Profile profile;

    Session(CausalModel model, Workers workers, int maxTokens, CacheFormat format) {
        this.model = model;
        this.shape = model.architecture();
        this.workers = workers;
        this.maxTokens = maxTokens;
        int slice = Operand.paddedTokens(Math.min(SLICE, maxTokens));
        int attention = shape.heads() * shape.headDim();
        int keyValue = shape.keyValueHeads() * shape.headDim();
        int hidden = Lanes.padded(shape.hiddenSize());
        projector = new Projector(workers, shape.subLnEps(), slice,
                Math.max(shape.hiddenSize(), Math.max(attention, shape.intermediateSize())));
        rotaries = rotaries(shape, maxTokens);
        caches = new KeyValueCache[shape.layers()];
        Arrays.setAll(caches, layer -> new KeyValueCache(format, shape.keyValueHeads(), shape.headDim(), maxTokens));
        tiles = new AttentionTile[workers.threads()];
        Arrays.setAll(tiles, worker -> new AttentionTile(shape.headDim(), maxTokens));
        residual = new float[slice * shape.hiddenSize()];
        normed = new float[slice * shape.hiddenSize()];
        mixed = new float[slice * attention];
        queryKeyValueStrides = new int[] {Lanes.padded(attention), Lanes.padded(keyValue), Lanes.padded(keyValue)};
        queryKeyValue = buffers(slice, queryKeyValueStrides);
        gateUpStrides = new int[] {Lanes.padded(shape.intermediateSize()), Lanes.padded(shape.intermediateSize())};
        gateUp = buffers(slice, gateUpStrides);
        updateStrides = new int[] {hidden};
        update = buffers(slice, updateStrides);
        logitsStrides = new int[] {Lanes.padded(shape.vocabularySize())};
        logits = buffers(1, logitsStrides);
        lastLogits = new float[shape.vocabularySize()];
    }

    /// Layers that turn alike share a table.
    private static RotaryTable[] rotaries(Architecture shape, int maxTokens) {
        Map<Rope, RotaryTable> tables = new HashMap<>();
        RotaryTable[] rotaries = new RotaryTable[shape.layers()];
        Arrays.setAll(rotaries, layer -> tables.computeIfAbsent(
                shape.attention().rope(layer), rope -> new RotaryTable(maxTokens, rope.frequencies(shape.headDim()))));
        return rotaries;
    }

    private static float[][] buffers(int tokens, int[] strides) {
        float[][] buffers = new float[strides.length][];
        Arrays.setAll(buffers, i -> new float[Math.multiplyExact(tokens, strides[i])]);
        return buffers;
    }

    /// Tokens in the cache.
    public int position() {
        return position;
    }

    /// Bytes of keys and values of all layers.
    public long cacheBytes() {
        return Arrays.stream(caches).mapToLong(KeyValueCache::bytes).sum();
    }

    /// Forgets every token.
    public void reset() {
        rewind(0);
    }

    /// Forgets all but the first `length` tokens.
    public void rewind(int length) {
        if (length < 0 || length > position) {
            throw new IllegalArgumentException("cannot go from token " + position + " back to " + length);
        }
        position = length;
    }

    /// Appends tokens to the cache.
    ///
    /// @return logits of the last token, [vocabulary]; the array is used again by the next call
    /// @throws InvalidInput where the tokens do not fit the session or are not in the vocabulary
    public float[] prefill(int[] tokens) {
        check(tokens);
        for (int from = 0; from < tokens.length; from += SLICE) {
            int count = Math.min(SLICE, tokens.length - from);
            forward(tokens, from, count);
            if (from + count == tokens.length) {
                logitsOf(count - 1);
            }
        }
        return lastLogits;
    }

    /// Appends tokens to the cache and computes only some logits of the last one: what a classification asks for.
    ///
    /// @return logits of the tokens that `labels` stands for, in its order; the array is used again by the next call
    /// @throws InvalidInput as [#prefill(int[])]
    public float[] prefill(int[] tokens, LabelHead labels) {
        check(tokens);
        labels.require(model);
        for (int from = 0; from < tokens.length; from += SLICE) {
            int count = Math.min(SLICE, tokens.length - from);
            forward(tokens, from, count);
            if (from + count == tokens.length) {
                projectHead(count - 1, labels.projection(), labels.padded());
            }
        }
        return labels.logits();
    }

    /// The same, with the logits of every token, [tokens, vocabulary].
    public float[][] prefillAll(int[] tokens) {
        float[][] all = new float[tokens.length][];
        prefillAll(tokens, (token, row) -> all[token] = row.clone());
        return all;
    }

    /// The same, one token after the other.
    public void prefillAll(int[] tokens, LogitConsumer consumer) {
        check(tokens);
        for (int from = 0; from < tokens.length; from += SLICE) {
            int count = Math.min(SLICE, tokens.length - from);
            forward(tokens, from, count);
            for (int token = 0; token < count; token++) {
                consumer.accept(from + token, logitsOf(token));
            }
        }
    }

    /// Receives logits; the array is used again for the next token.
    @FunctionalInterface
    public interface LogitConsumer {
        void accept(int token, float[] logits);
    }

    /// Appends one token. Allocates nothing.
    ///
    /// @return its logits, [vocabulary]; the array is used again by the next call
    /// @throws InvalidInput where the session is full or the token is not in the vocabulary
    public float[] decode(int token) {
        single[0] = token;
        return prefill(single);
    }

    /// From now on adds up where the time goes; null ends that.
    public void observe(Profile profile) {
        this.profile = profile;
    }

    private void lap(int layer, Profile.Part part) {
        if (profile != null) {
            profile.lap(layer, part);
        }
    }

    private void check(int[] tokens) {
        if (tokens.length == 0) {
            throw new InvalidInput("There is no token to start from. Give a prompt.");
        }
        if (tokens.length > maxTokens - position) {
            throw new InvalidInput("The session holds " + maxTokens + " tokens, " + ((long) position + tokens.length)
                    + " are asked for. Shorten the prompt or the answer.");
        }
        for (int token : tokens) {
            if (token < 0 || token >= shape.vocabularySize()) {
                throw new InvalidInput("Token " + token + " is outside the model's vocabulary of " + shape.vocabularySize()
                        + ". Use the tokenizer that belongs to the model.");
            }
        }
    }

    private void forward(int[] tokens, int from, int count) {
        int hidden = shape.hiddenSize();
        if (profile != null) {
            profile.begin();
        }
        for (int token = 0; token < count; token++) {
            model.embeddings().packed().row(tokens[from + token], residual, token * hidden);
        }
        if (shape.family().scalesEmbedding()) {
            VectorMath.scale(residual, count * hidden, (float) shape.embeddingScale());
        }
        lap(shape.layers(), Profile.Part.EMBEDDING);
        for (layer = 0; layer < shape.layers(); layer++) {
            Block block = model.block(layer);
            cache = caches[layer];
            window = shape.attention().window(layer);
            attention(block, count);
            feedForward(block, count);
        }
        position += count;
    }

    private void attention(Block block, int count) {
        norm(block.norms().input(), count);
        projector.project(block.queryKeyValue(), normed, shape.hiddenSize(), count, queryKeyValue, queryKeyValueStrides);
        lap(layer, Profile.Part.QUERY_KEY_VALUE);
        each(count, remember);
        queriesATile = count == 1 ? 1 : AttentionTile.MOST;
        tilesAHead = Math.ceilDiv(count * shape.heads() / shape.keyValueHeads(), queriesATile);
        queries = count * shape.heads() / shape.keyValueHeads();
        workers.split(shape.keyValueHeads() * tilesAHead, attend);
        lap(layer, Profile.Part.ATTENTION);
        projector.project(block.output(), mixed, shape.heads() * shape.headDim(), count, update, updateStrides);
        addUpdate(block.norms().attentionOutput(), count);
        lap(layer, Profile.Part.OUTPUT);
    }

    /// A single token is not worth a barrier.
    private void each(int count, Workers.Range body) {
        if (count == 1) {
            body.run(0, 0, 1);
        } else {
            workers.split(count, body);
        }
    }

    private void remember(int worker, int from, int to) {
        Block.Norms norms = model.block(layer).norms();
        for (int token = from; token < to; token++) {
            int query = token * queryKeyValueStrides[0];
            int key = token * queryKeyValueStrides[1];
            normHeads(norms.query(), queryKeyValue[0], query, shape.heads());
            normHeads(norms.key(), queryKeyValue[1], key, shape.keyValueHeads());
            rotaries[layer].turn(queryKeyValue[0], query, shape.heads(), position + token);
            rotaries[layer].turn(queryKeyValue[1], key, shape.keyValueHeads(), position + token);
            cache.put(position + token, queryKeyValue[1], key, queryKeyValue[2], key);
        }
    }

    /// Queries that share a head of keys and values go in tiles, token after token.
    private void attend(int worker, int from, int to) {
        int group = shape.heads() / shape.keyValueHeads();
        int dim = shape.headDim();
        AttentionTile tile = tiles[worker];
        for (int i = from; i < to; i++) {
            int head = i / tilesAHead;
            int begin = i % tilesAHead * queriesATile;
            int end = Math.min(queries, begin + queriesATile);
            tile.clear();
            for (int query = begin; query < end; query++) {
                int last = position + query / group;
                tile.add(queryKeyValue[0], query / group * queryKeyValueStrides[0] + (head * group + query % group) * dim,
                        (float) shape.attention().scale(), Math.max(0, last + 1 - window), last);
            }
            cache.attend(head, tile);
            for (int query = begin; query < end; query++) {
                System.arraycopy(tile.mixed, (query - begin) * Lanes.padded(dim),
                        mixed, (query / group * shape.heads() + head * group + query % group) * dim, dim);
            }
        }
    }

    private void feedForward(Block block, int count) {
        norm(block.norms().feedForward(), count);
        projector.project(block.gateUp(), normed, shape.hiddenSize(), count, gateUp, gateUpStrides);
        lap(layer, Profile.Part.GATE_UP);
        each(count, activate);
        projector.project(block.down(), gateUp[0], gateUpStrides[0], count, update, updateStrides);
        addUpdate(block.norms().feedForwardOutput(), count);
        lap(layer, Profile.Part.DOWN);
    }

    private void activate(int worker, int from, int to) {
        for (int token = from; token < to; token++) {
            int at = token * gateUpStrides[0];
            switch (shape.family().activation()) {
                case SILU -> VectorMath.gatedSilu(gateUp[0], gateUp[1], at, shape.intermediateSize());
                case GELU_TANH -> VectorMath.gatedGelu(gateUp[0], gateUp[1], at, shape.intermediateSize());
                case SQUARED_RELU -> VectorMath.gatedSquaredRelu(gateUp[0], gateUp[1], at, shape.intermediateSize());
            }
        }
    }

    private void norm(float[] gain, int count) {
        partGain = gain;
        each(count, norm);
    }

    private void norm(int worker, int from, int to) {
        for (int token = from; token < to; token++) {
            int at = token * shape.hiddenSize();
            VectorMath.rmsNorm(residual, at, partGain, (float) shape.rmsNormEps(), normed, at);
        }
    }

    /// @param gain null where the family has no norm here
    private void addUpdate(float[] gain, int count) {
        partGain = gain;
        each(count, addUpdate);
    }

    private void addUpdate(int worker, int from, int to) {
        for (int token = from; token < to; token++) {
            normHeads(partGain, update[0], token * updateStrides[0], 1);
            VectorMath.add(residual, token * shape.hiddenSize(), update[0], token * updateStrides[0], shape.hiddenSize());
        }
    }

    /// Norms neighboring vectors of the gain's length in place.
    ///
    /// @param gain null where the family has no norm here
    private void normHeads(float[] gain, float[] x, int from, int vectors) {
        for (int i = 0; gain != null && i < vectors; i++) {
            int at = from + i * gain.length;
            VectorMath.rmsNorm(x, at, gain, (float) shape.rmsNormEps(), x, at);
        }
    }

    private float[] logitsOf(int token) {
        projectHead(token, model.head(), logits);
        System.arraycopy(logits[0], 0, lastLogits, 0, lastLogits.length);
        return lastLogits;
    }

    private void projectHead(int token, Projection[] head, float[][] target) {
        int at = token * shape.hiddenSize();
        VectorMath.rmsNorm(residual, at, model.finalNorm(), (float) shape.rmsNormEps(), normed, 0);
        projector.project(head, normed, shape.hiddenSize(), 1, target, logitsStrides);
        lap(shape.layers(), Profile.Part.HEAD);
    }

    @Override
    public void close() {
        // Buffers are on the heap; the workers belong to the model.
    }
}
