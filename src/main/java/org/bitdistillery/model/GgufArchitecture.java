package org.bitdistillery.model;

import java.util.stream.IntStream;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.tensorfile.GgufFile;
import org.bitdistillery.tensorfile.GgufMetadata;
import org.bitdistillery.tensorfile.TensorFileException;

/// Reads the shape of a decoder from the keys and tensors of a GGUF file, ours or somebody else's.
public final class GgufArchitecture {

    private static final int MAX_WIDTH = 1 << 18;
    private static final int MAX_VOCABULARY = 1 << 21;
    private static final int MAX_LAYERS = 1024;
    private static final int MAX_HEADS = 4096;
    private static final int MAX_POSITIONS = 1 << 26;
    /// What llama.cpp takes for the sliding layers of a Gemma 3.
    private static final int GEMMA_PERIOD = 6;
    private static final double GEMMA_LOCAL_BASE = 10_000;

    private final GgufFile file;
    private final GgufMetadata keys;
    private final String name;

    private GgufArchitecture(GgufFile file) {
        this.file = file;
        keys = file.metadata();
        name = keys.string("general.architecture");
    }

    /// @throws TensorFileException where the file holds no decoder that this program computes, or contradicts itself
    public static Architecture read(GgufFile file) {
        return new GgufArchitecture(file).architecture();
    }

    private Architecture architecture() {
        Family family = family();
        int hidden = integer("embedding_length", MAX_WIDTH);
        int layers = integer("block_count", MAX_LAYERS);
        int heads = integer("attention.head_count", MAX_HEADS);
        int keyValueHeads = keys.integer(name + ".attention.head_count_kv", heads, 1, MAX_HEADS);
        int headDim = keys.integer(name + ".attention.key_length", Math.max(1, hidden / heads), 2, MAX_WIDTH);
        if (heads % keyValueHeads != 0 || headDim % 2 != 0) {
            throw wrong("has " + heads + " heads, " + keyValueHeads + " key-value heads and a head dimension of " + headDim
                    + ", which do not fit together");
        }
        if (keys.integer(name + ".rope.dimension_count", headDim, 0, MAX_WIDTH) != headDim) {
            throw wrong("turns only a part of each head, which this program does not compute");
        }
        int vocabulary = Math.toIntExact(Math.min(MAX_VOCABULARY + 1L, file.info(GgufNames.EMBEDDING).shape()[0]));
        if (vocabulary > MAX_VOCABULARY) {
            throw wrong("has more than " + MAX_VOCABULARY + " tokens");
        }
        return new Architecture(
                family, vocabulary, hidden, layers, heads, keyValueHeads, headDim, integer("feed_forward_length", MAX_WIDTH),
                integer("context_length", MAX_POSITIONS), keys.number(name + ".attention.layer_norm_rms_epsilon"),
                attention(family, headDim, layers), !file.has(GgufNames.HEAD), subLn(), token("bos", vocabulary), token("eos", vocabulary));
    }

    private Family family() {
        return switch (name) {
            case "llama", "bitnet" -> Family.LLAMA;
            case "qwen2" -> Family.QWEN2;
            case "qwen3" -> Family.QWEN3;
            case "gemma3" -> Family.GEMMA3;
            case "bitnet-b1.58", "bitnet-25" -> Family.BITNET;
            default -> throw wrong("holds the architecture " + name
                    + ", this program computes llama, bitnet, bitnet-b1.58, qwen2, qwen3 and gemma3");
        };
    }

    private SubLnPlacement subLn() {
        if (file.has(GgufNames.of(0, GgufNames.ATTENTION_SUB_NORM, "weight"))) {
            return SubLnPlacement.PAPER;
        }
        boolean everywhere = file.has(GgufNames.of(0, GgufNames.normIn(Projection.QUERY), "weight"));
        boolean some = file.has(GgufNames.of(0, GgufNames.normIn(Projection.OUTPUT), "weight"));
        return everywhere ? SubLnPlacement.ALL : some ? SubLnPlacement.PAPER : SubLnPlacement.OFF;
    }

    private Attention attention(Family family, int headDim, int layers) {
        double base = keys.number(name + ".rope.freq_base", 10_000);
        Rope rope = new Rope(base, scaling(headDim, base));
        if (family != Family.GEMMA3) {
            return new Attention(headDim, rope, null);
        }
        // bitnet.cpp's Gemma 3 has neither windows nor a second base.
        boolean slides = keys.has(name + ".attention.sliding_window");
        int window = slides ? integer("attention.sliding_window", MAX_POSITIONS) : integer("context_length", MAX_POSITIONS);
        return new Attention(headDim, rope, new Attention.Sliding(window, slides ? Rope.of(GEMMA_LOCAL_BASE) : rope,
                IntStream.range(0, layers).mapToObj(layer -> slides && (layer + 1) % GEMMA_PERIOD != 0).toList()));
    }

    private Rope.Scaling scaling(int headDim, double base) {
        String type = keys.string(name + ".rope.scaling.type", "none");
        if (type.equals("linear")) {
            return new Rope.Scaling.Linear(keys.number(name + ".rope.scaling.factor"));
        }
        if (!type.equals("none")) {
            throw wrong("stretches positions by " + type + ", which this program does not compute");
        }
        return file.has(GgufNames.ROPE_FACTORS) ? llama3(file.floats(GgufNames.ROPE_FACTORS), headDim, base) : new Rope.Scaling.None();
    }

    /// The file has the divisor of each frequency; those of Llama 3 are known by their largest one.
    private Rope.Scaling llama3(float[] factors, int headDim, double base) {
        double most = 1;
        for (float factor : factors) {
            most = Math.max(most, factor);
        }
        Rope.Scaling.Llama3 scaling = new Rope.Scaling.Llama3(most, 1, 4, 8192);
        double[] plain = Rope.of(base).frequencies(headDim);
        for (int i = 0; i < plain.length; i++) {
            boolean same = factors.length == plain.length && Math.abs(plain[i] / factors[i] / scaling.apply(plain[i]) - 1) < 1e-3;
            if (!same) {
                throw wrong("has divisors of rotary frequencies that are not those of Llama 3");
            }
        }
        return scaling;
    }

    private int token(String kind, int vocabulary) {
        boolean unused = kind.equals("bos") && !keys.flag("tokenizer.ggml.add_bos_token", true);
        return unused ? -1 : keys.integer("tokenizer.ggml." + kind + "_token_id", -1, -1, vocabulary - 1);
    }

    private int integer(String key, int most) {
        return keys.integer(name + "." + key, 1, most);
    }

    private TensorFileException wrong(String what) {
        return new TensorFileException(file.path().getFileName() + " " + what + ": choose another file.");
    }
}
