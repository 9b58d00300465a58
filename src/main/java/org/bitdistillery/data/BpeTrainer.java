package org.bitdistillery.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Trains a byte-level byte-pair encoding (Sennrich et al. 2016, bytes as in GPT-2) and writes it as a Hugging Face
/// `tokenizer.json`. The same text gives the same file.
///
/// Ids: 0 is `<s>`, 1 is `</s>`, 2 to 257 are the bytes, then one id a merge in the order in which they were learned.
public final class BpeTrainer {

    public static final String BOS = "<s>";
    public static final String EOS = "</s>";
    public static final int BOS_ID = 0;
    public static final int EOS_ID = 1;

    /// Special tokens and bytes: the smallest vocabulary that there is.
    public static final int SMALLEST_VOCABULARY = 258;

    private final List<String> symbols = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> merges = new ArrayList<>();
    private final List<Word> words = new ArrayList<>();
    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, Set<Word>> occurrences = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

    /// A distinct piece of the text as symbol ids, and how often it occurs.
    private static final class Word {
        private final long count;
        private int[] ids;

        private Word(int[] ids, long count) {
            this.ids = ids;
            this.count = count;
        }
    }

    private record Pair(int left, int right) {}

    /// The most frequent pair comes first; among equals the one whose symbols were learned earlier.
    private record Candidate(Pair pair, long count) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            int order = Long.compare(other.count, count);
            order = order != 0 ? order : Integer.compare(pair.left, other.pair.left);
            return order != 0 ? order : Integer.compare(pair.right, other.pair.right);
        }
    }

    private BpeTrainer(Map<String, Long> pieces) {
        ids.put(BOS, addSymbol(BOS));
        ids.put(EOS, addSymbol(EOS));
        for (int value = 0; value < 256; value++) {
            ids.computeIfAbsent(ByteAlphabet.symbol(value), this::addSymbol);
        }
        pieces.forEach((piece, count) -> words.add(new Word(byteIds(piece), count)));
        Set<Pair> pairs = new LinkedHashSet<>();
        words.forEach(word -> pairs.addAll(countPairs(word, 1)));
        pairs.forEach(this::offer);
    }

    /// Trains a tokenizer.
    ///
    /// @param texts          what to learn from
    /// @param vocabularySize tokens at most; fewer where no pair of the text occurs twice any more
    /// @return the content of a `tokenizer.json`
    /// @throws IllegalArgumentException under [#SMALLEST_VOCABULARY]
    public static String train(Iterable<String> texts, int vocabularySize) {
        PieceCounts pieces = new PieceCounts();
        texts.forEach(pieces::add);
        return train(pieces, vocabularySize);
    }

    /// Trains a tokenizer on text of which no more than its pieces was kept.
    ///
    /// @return the content of a `tokenizer.json`
    /// @throws IllegalArgumentException under [#SMALLEST_VOCABULARY]
    public static String train(PieceCounts pieces, int vocabularySize) {
        if (vocabularySize < SMALLEST_VOCABULARY) {
            throw new IllegalArgumentException("A byte-level vocabulary has at least " + SMALLEST_VOCABULARY + " tokens.");
        }
        BpeTrainer trainer = new BpeTrainer(pieces.counts());
        while (trainer.symbols.size() < vocabularySize) {
            Candidate best = trainer.queue.poll();
            if (best == null || best.count < 2) {
                break;
            }
            // A candidate whose count has changed since it was queued is out of date: a newer one is queued.
            if (best.count == trainer.counts.getOrDefault(best.pair, 0L)) {
                trainer.merge(best.pair);
            }
        }
        return trainer.toJson();
    }

    private int addSymbol(String symbol) {
        symbols.add(symbol);
        return symbols.size() - 1;
    }

    private void merge(Pair pair) {
        // Two ways to one symbol (a+bc, ab+c) share its id.
        int merged = ids.computeIfAbsent(symbols.get(pair.left) + symbols.get(pair.right), this::addSymbol);
        merges.add(symbols.get(pair.left) + " " + symbols.get(pair.right));
        Set<Pair> changed = new LinkedHashSet<>();
        for (Word word : occurrences.remove(pair)) {
            changed.addAll(countPairs(word, -1));
            word.ids = replace(word.ids, pair, merged);
            changed.addAll(countPairs(word, 1));
        }
        changed.forEach(this::offer);
    }

    private List<Pair> countPairs(Word word, int sign) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < word.ids.length; i++) {
            Pair pair = new Pair(word.ids[i], word.ids[i + 1]);
            pairs.add(pair);
            counts.merge(pair, sign * word.count, Long::sum);
            if (sign > 0) {
                occurrences.computeIfAbsent(pair, key -> new LinkedHashSet<>()).add(word);
            }
        }
        return pairs;
    }

    private void offer(Pair pair) {
        long count = counts.getOrDefault(pair, 0L);
        if (count > 0) {
            queue.add(new Candidate(pair, count));
        }
    }

    private static int[] replace(int[] ids, Pair pair, int merged) {
        int[] replaced = new int[ids.length];
        int length = 0;
        for (int i = 0; i < ids.length; i++) {
            boolean match = i + 1 < ids.length && ids[i] == pair.left && ids[i + 1] == pair.right;
            replaced[length++] = match ? merged : ids[i];
            i += match ? 1 : 0;
        }
        return Arrays.copyOf(replaced, length);
    }

    private static int[] byteIds(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = 2 + Byte.toUnsignedInt(bytes[i]);
        }
        return ids;
    }

    private String toJson() {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        addSpecial(added.addObject(), BOS_ID, BOS);
        addSpecial(added.addObject(), EOS_ID, EOS);
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"));
        // Other programs put <s> in front by this; TextTokenizer leaves it to the sequence builders.
        ObjectNode post = root.putObject("post_processor").put("type", "TemplateProcessing");
        ArrayNode single = post.putArray("single");
        addTemplateToken(single);
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        ArrayNode pair = post.putArray("pair");
        addTemplateToken(pair);
        pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 0);
        ObjectNode special = post.putObject("special_tokens").putObject(BOS).put("id", BOS);
        special.putArray("ids").add(BOS_ID);
        special.putArray("tokens").add(BOS);
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        for (String absent : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
            model.putNull(absent);
        }
        model.put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < symbols.size(); id++) {
            vocabulary.put(symbols.get(id), id);
        }
        ArrayNode mergeList = model.putArray("merges");
        merges.forEach(mergeList::add);
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }

    private static void addSpecial(ObjectNode node, int id, String content) {
        node.put("id", id).put("content", content).put("single_word", false).put("lstrip", false).put("rstrip", false)
                .put("normalized", false).put("special", true);
    }

    private static void addTemplateToken(ArrayNode template) {
        template.addObject().putObject("SpecialToken").put("id", BOS).put("type_id", 0);
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
    }
}
