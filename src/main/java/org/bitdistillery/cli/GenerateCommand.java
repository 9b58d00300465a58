package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.generation.ModelEvent.Answered;
import org.bitdistillery.generation.ModelEvent.Loaded;
import org.bitdistillery.generation.GenerationModel;
import org.bitdistillery.generation.GenerationRequest;
import org.bitdistillery.generation.TextAgreement;
import org.bitdistillery.inference.CacheFormat;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.ModelTargets;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Continues a prompt on the CPU engine, word by word, with one model or with several after another.
@Command(
        name = "generate",
        description = {
            "Continues a prompt with a model, as fast as this CPU can. Several models answer one after the other, so that",
            "their speeds can be compared; bench is what measures."
        },
        mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "MODEL",
            description = "Folder in Hugging Face layout, ORG/NAME of a downloaded model, packed file, GGUF file, each also as NAME=PATH; "
                    + "or the folder of a finished run for its FP16 model, its student and its exports.")
    private List<String> models;

    @ArgGroup(multiplicity = "1")
    private Asked asked;

    @Option(names = "--chat", description = "Asks the prompt as a user does, in the model's chat template.")
    private boolean chat;

    @Option(names = "--tokens", defaultValue = "128", description = "Tokens at most (${DEFAULT-VALUE}).")
    private int tokens;

    @Mixin
    private SamplingOptions sampling;

    @Option(names = "--stop", description = "Text that ends the answer; may be given several times.")
    private List<String> stops = List.of();

    @Option(names = "--threads", defaultValue = "0", description = "0 for every core (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--kv-cache", paramLabel = "FORMAT", defaultValue = "f32",
            description = "How keys and values are kept: f32, f16 or int8 (${DEFAULT-VALUE}).")
    private String cache;

    @Option(names = "--json", description = "Prints one line of JSON a model at its end instead of the text as it comes.")
    private boolean json;

    private static final class Asked {

        @Option(names = "--prompt", required = true, description = "Text to go on with.")
        private String prompt;

        @Option(names = "--serve", required = true,
                description = "Answers requests from the standard input, a line of JSON each, with lines of JSON; "
                        + "the line “stop” ends the present answer. docs/generation.md has the fields.")
        private boolean serve;
    }

    @Override
    public Integer call() {
        List<NamedModel> named = ModelTargets.named(models);
        CacheFormat format = CacheFormat.named(cache);
        if (asked.serve) {
            return serve(named, format);
        }
        GenerationRequest request = new GenerationRequest(asked.prompt, chat, List.of(), tokens, sampling.sampling(), stops);
        List<Answered> answers = new ArrayList<>();
        PrintWriter out = spec.commandLine().getOut();
        for (NamedModel model : named) {
            if (named.size() > 1 && !json) {
                out.println((answers.isEmpty() ? "" : "\n") + "── " + model.name());
            }
            answers.add(answer(model, request, format, out));
        }
        for (int i = 1; i < answers.size() && !json; i++) {
            out.println(compared(named.getFirst().name(), answers.getFirst(), named.get(i).name(), answers.get(i)));
        }
        out.flush();
        return Cli.DONE;
    }

    private int serve(List<NamedModel> named, CacheFormat format) {
        if (named.size() > 1) {
            throw new InvalidInput("--serve answers with one model, " + named.size() + " were named. Start it once for each.");
        }
        try (GenerationModel model = GenerationModel.open(named.getFirst().path(), threads, format)) {
            ModelServer.ofStandardInput(GenerationRequest.class, spec.commandLine().getOut())
                    .run(model.loaded(), (request, parts, stopped) -> model.answer(request, parts::accept, stopped), model::warmUp);
        }
        return Cli.DONE;
    }

    private Answered answer(NamedModel named, GenerationRequest request, CacheFormat format, PrintWriter out) {
        try (GenerationModel model = GenerationModel.open(named.path(), threads, format)) {
            Answered answer = model.answer(request, piece -> {
                if (!json) {
                    out.print(piece.text());
                    out.flush();
                }
            }, () -> false);
            if (json) {
                out.println(json(named.name(), model.loaded(), answer));
            } else {
                out.println("\n" + summary(answer, model.loaded()));
            }
            out.flush();
            return answer;
        }
    }

    private static String json(String name, Loaded loaded, Answered answer) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("model", name);
        line.put("text", answer.text());
        line.put("ending", answer.ending());
        line.put("tokens", answer.tokens());
        line.put("promptTokens", answer.promptTokens());
        line.put("secondsToFirstToken", answer.secondsToFirstToken());
        line.put("tokensPerSecond", answer.tokensPerSecond());
        line.put("first", answer.first());
        line.put("loaded", loaded);
        return EventJson.compact(line);
    }

    private static String summary(Answered answer, Loaded loaded) {
        return "[" + answer.tokens() + (answer.tokens() == 1 ? " token" : " tokens") + ", " + answer.ending().text() + "; first token after "
                + Units.wait(answer.secondsToFirstToken()) + ", then " + Units.tokensPerSecond(answer.tokensPerSecond()) + "; "
                + loaded.text() + "]";
    }

    private static String compared(String firstName, Answered first, String name, Answered answer) {
        String speed = first.tokensPerSecond() > 0 && answer.tokensPerSecond() > 0
                ? Units.ratio(answer.tokensPerSecond() / first.tokensPerSecond()) + " the tokens a second of " + firstName + ", " : "";
        return name + ": " + speed + TextAgreement.words(first.text(), answer.text()) + ".";
    }
}
