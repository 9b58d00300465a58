package org.bitdistillery.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.llamacpp.LlamaLibrary.Program;
import org.bitdistillery.model.ConfigJson;

/// For developers: how often llama.cpp, or bitnet.cpp, continues a text from an exported GGUF file as the engine does from the student, greedily
/// and token by token, and the perplexity of both on a text. Arguments: student folder, GGUF file, text file, continuations, tokens,
/// `LLAMA_CPP` or `BITNET_CPP`, whose environment variable names its library.
public final class ContinuationAgreement {

    private static final int PROMPT = 16;
    private static final int WINDOW = 96;

    private ContinuationAgreement() {}

    public static void main(String[] args) throws IOException {
        compare(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]), Program.valueOf(args[5]));
    }

    static void compare(Path student, Path gguf, Path textFile, int count, int length, Program program) throws IOException {
        int bos = ConfigJson.read(student).bosTokenId();
        int[] text;
        try (TextTokenizer tokenizer = TextTokenizer.load(student)) {
            String whole = Files.readString(textFile);
            text = tokenizer.encode(whole.substring(0, Math.min(whole.length(), 200_000)));
        }
        try (LogitReader own = LogitReader.engine(student, 1, WINDOW + 2, gguf.toAbsolutePath().getParent());
                LogitReader llama = LogitReader.llama(LlamaLibrary.find(program).orElseThrow(), gguf, 1, WINDOW + 2)) {
            int same = 0;
            int tokens = 0;
            for (int i = 0; i < count; i++) {
                int[] prompt = window(text, i * (text.length / count), PROMPT, bos);
                List<Integer> a = greedy(own, prompt, length);
                List<Integer> b = greedy(llama, prompt, length);
                int equal = 0;
                while (equal < length && a.get(equal).equals(b.get(equal))) {
                    equal++;
                }
                same += equal == length ? 1 : 0;
                tokens += equal;
            }
            System.out.printf(Locale.ROOT, "identical continuations of %d tokens: %d of %d (%.1f %%); tokens before the first difference: %.1f %%%n",
                    length, same, count, 100.0 * same / count, 100.0 * tokens / (count * length));
            double mine = perplexity(own, text, bos);
            double theirs = perplexity(llama, text, bos);
            System.out.printf(Locale.ROOT, "perplexity: engine %.4f, %s %.4f, ratio %.5f%n", mine, llama.name(), theirs, theirs / mine);
        }
    }

    private static int[] window(int[] text, int from, int length, int bos) {
        int[] window = new int[length + (bos >= 0 ? 1 : 0)];
        System.arraycopy(text, from, window, window.length - length, length);
        if (bos >= 0) {
            window[0] = bos;
        }
        return window;
    }

    private static List<Integer> greedy(LogitReader reader, int[] prompt, int length) {
        int[] sequence = Arrays.copyOf(prompt, prompt.length + length);
        List<Integer> answer = new ArrayList<>();
        for (int i = prompt.length; i < sequence.length; i++) {
            int at = i;
            reader.logits(Arrays.copyOf(sequence, i), i - 1, (_, logits) -> sequence[at] = GateRows.likeliest(logits));
            answer.add(sequence[i]);
        }
        return answer;
    }

    private static double perplexity(LogitReader reader, int[] text, int bos) {
        double[] nats = {0};
        int predicted = 0;
        for (int from = 0; from + WINDOW <= Math.min(text.length, 64 * WINDOW); from += WINDOW) {
            int[] window = window(text, from, WINDOW, bos);
            reader.logits(window, 0, (i, logits) -> nats[0] += i + 1 < window.length ? GateRows.nats(logits, window[i + 1]) : 0);
            predicted += window.length - 1;
        }
        return Math.exp(nats[0] / predicted);
    }
}
