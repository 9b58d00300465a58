package org.bitdistillery.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.ChatTemplate;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.export.TokenizerOfGguf;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.Generator;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.inference.Sampler;
import org.bitdistillery.inference.TextStream;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.tensorfile.GgufFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Continues a prompt on the CPU engine, word by word.
@Command(name = "generate", description = "Continues a prompt with a model, as fast as this CPU can.", mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL",
            description = "Folder of a model in Hugging Face layout, ORG/NAME of a downloaded model, a packed file or a GGUF file.")
    private String named;

    private Path path;

    @Option(names = "--prompt", required = true, description = "Text to go on with.")
    private String prompt;

    @Option(names = "--chat", description = "Asks the prompt as a user does, in the model's chat template.")
    private boolean chat;

    @Option(names = "--tokens", defaultValue = "128", description = "Tokens at most (${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--temperature", defaultValue = "0", description = "Divides the logits; 0 takes the likeliest token (${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", defaultValue = "0", description = "Draws from the k likeliest tokens; 0 for all (${DEFAULT-VALUE}).")
    private int topK;

    @Option(names = "--top-p", defaultValue = "1",
            description = "Draws from the likeliest tokens with this share of the probability (${DEFAULT-VALUE}).")
    private double topP;

    @Option(names = "--min-p", defaultValue = "0",
            description = "Draws from tokens with this share of the likeliest one's probability (${DEFAULT-VALUE}).")
    private double minP;

    @Option(names = "--repetition-penalty", defaultValue = "1",
            description = "Makes tokens that were there already less likely; 1 for not (${DEFAULT-VALUE}).")
    private double repetitionPenalty;

    @Option(names = "--stop", description = "Text that ends the answer; may be given several times.")
    private List<String> stops = List.of();

    @Option(names = "--seed", defaultValue = "1", description = "Of the draws (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", defaultValue = "0", description = "0 for every core (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--kv-cache", paramLabel = "FORMAT", defaultValue = "f32",
            description = "How keys and values are kept: f32, f16 or int8 (${DEFAULT-VALUE}).")
    private String cache;

    @Option(names = "--json", description = "Prints one line of JSON at the end instead of the text as it comes.")
    private boolean json;

    @Override
    public Integer call() {
        if (tokens < 1) {
            throw new InvalidInput("--tokens is " + tokens + ". Ask for at least one token.");
        }
        path = HubCache.ofUser().folder(named);
        Sampler sampler = Sampler.of(temperature, topK, topP, minP, repetitionPenalty, seed);
        try (CausalModel model = CausalModel.load(path, threads); TextTokenizer tokenizer = inFolder(TextTokenizer::load)) {
            return generate(model, tokenizer, sampler);
        }
    }

    private int generate(CausalModel model, TextTokenizer tokenizer, Sampler sampler) {
        PrintWriter out = spec.commandLine().getOut();
        int bos = model.architecture().bosTokenId();
        int[] ids = withBeginning(tokenizer.encode(chat ? inFolder(folder -> question(folder, bos >= 0)) : prompt), bos);
        int[] answer = new int[tokens];
        int[] count = {0};
        StringBuilder text = new StringBuilder();
        TextStream stream = new TextStream(stops);
        long begin = System.nanoTime();
        long[] first = {0};
        new Generator(model, sampler, CacheFormat.named(cache)).generate(ids, tokens, token -> {
            first[0] = count[0] == 0 ? System.nanoTime() : first[0];
            answer[count[0]++] = token;
            show(stream.grow(tokenizer.decode(Arrays.copyOf(answer, count[0]))), text, out);
            return !stream.stopped();
        });
        long end = System.nanoTime();
        show(stream.finish(tokenizer.decode(Arrays.copyOf(answer, count[0]))), text, out);
        double rate = count[0] < 2 ? 0 : (count[0] - 1) * 1e9 / (end - first[0]);
        if (json) {
            out.println(EventJson.compact(Map.of("text", text.toString(), "tokens", count[0], "promptTokens", ids.length,
                    "secondsToFirstToken", count[0] == 0 ? 0 : (first[0] - begin) / 1e9, "tokensPerSecond", rate)));
        } else {
            out.printf("%n[%d tokens, %.1f tokens/s behind the first]%n", count[0], rate);
        }
        out.flush();
        return Cli.DONE;
    }

    private void show(String piece, StringBuilder text, PrintWriter out) {
        text.append(piece);
        if (!json) {
            out.print(piece);
            out.flush();
        }
    }

    private static int[] withBeginning(int[] ids, int bos) {
        if (bos < 0) {
            return ids;
        }
        int[] begun = new int[ids.length + 1];
        begun[0] = bos;
        System.arraycopy(ids, 0, begun, 1, ids.length);
        return begun;
    }

    private String question(Path folder, boolean begins) {
        ChatTemplate template = ChatTemplate.of(folder).orElseThrow(
                () -> new InvalidInput(path + " comes without a chat template: leave --chat out."));
        String question = template.question(prompt);
        return begins ? template.withoutBeginning(question) : question;
    }

    /// Reads what stands beside the weights, for which a packed file or a GGUF file is unpacked.
    private <T> T inFolder(Function<Path, T> reader) {
        if (Files.isDirectory(path)) {
            return reader.apply(path);
        }
        try {
            Path folder = Files.createTempDirectory("bitdistillery-tokenizer");
            try {
                unpack(folder);
                return reader.apply(folder);
            } finally {
                AtomicFiles.deleteFolder(folder);
            }
        } catch (IOException e) {
            throw new InvalidInput("The tokenizer of " + path + " cannot be unpacked (" + e.getMessage() + "). Free some space.", e);
        }
    }

    private void unpack(Path folder) throws IOException {
        if (PackedFile.isPacked(path)) {
            try (PackedFile packed = PackedFile.open(path)) {
                packed.extractCompanions(folder);
            }
        } else {
            try (GgufFile file = GgufFile.open(path)) {
                TokenizerOfGguf.write(file.metadata(), folder);
            }
        }
    }
}
