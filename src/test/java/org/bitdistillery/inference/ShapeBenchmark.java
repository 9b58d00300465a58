package org.bitdistillery.inference;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Random models of Qwen3-0.6B's shape and their speed, one fresh process a figure. Run by hand while tuning the engine:
///
/// `ShapeBenchmark write FOLDER` makes the files, `ShapeBenchmark FILE THREADS` prints tokens a second of prefill (128 tokens),
/// decode (16 tokens behind 8 and behind 512), and the parts of the time.
public final class ShapeBenchmark {

    private static final String CONFIG = """
            {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 151936, "hidden_size": 1024,
             "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128,
             "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 1000000, "hidden_act": "silu",
             "attention_bias": false, "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": 2}""";

    private static final Map<String, PackedOptions> FILES = Map.of(
            "fp16", PackedOptions.DEFAULTS,
            "2bit-f16", PackedOptions.DEFAULTS,
            "2bit-int8", PackedOptions.student(WeightFormat.TERNARY_2BIT, WeightFormat.INT8),
            "2bit-int4", PackedOptions.student(WeightFormat.TERNARY_2BIT, WeightFormat.INT4),
            "base3-int4", PackedOptions.student(WeightFormat.TERNARY_BASE3, WeightFormat.INT4),
            "base3-base3", PackedOptions.student(WeightFormat.TERNARY_BASE3, WeightFormat.TERNARY_BASE3));

    private ShapeBenchmark() {
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("write")) {
            write(Path.of(args[1]));
            return;
        }
        try (var model = CausalModel.load(Path.of(args[0]), Integer.parseInt(args[1])); var session = model.newSession(640)) {
            SplittableRandom random = new SplittableRandom(1);
            int[] prompt = random.ints(512, 0, 151_936).toArray();
            System.out.printf(Locale.ROOT, "%-16s threads %s  ", Path.of(args[0]).getFileName(), args[1]);
            print("pp128", session, () -> session.prefill(Arrays.copyOf(prompt, 128)), 128, 0, model);
            session.prefill(Arrays.copyOf(prompt, 8));
            print("tg", session, () -> decode(session, prompt), 16, 8, model);
            session.prefill(Arrays.copyOfRange(prompt, 8, 512));
            print("tg@512", session, () -> decode(session, prompt), 16, 512, model);
            System.out.println();
        }
    }

    private static void decode(Session session, int[] tokens) {
        for (int i = 0; i < 16; i++) {
            session.decode(tokens[i]);
        }
    }

    /// Best of some rounds behind a warm-up.
    private static void print(String name, Session session, Runnable run, int tokens, int context, CausalModel model) {
        double best = Double.MAX_VALUE;
        Profile profile = new Profile(model.architecture().layers());
        for (int round = 0; round < 8; round++) {
            session.rewind(context);
            session.observe(round < 4 ? null : profile);
            long begin = System.nanoTime();
            run.run();
            best = Math.min(best, System.nanoTime() - begin);
        }
        session.rewind(context);
        System.out.printf(Locale.ROOT, "%s %.1f t/s (", name, tokens * 1e9 / best);
        for (Profile.Part part : Profile.Part.values()) {
            System.out.printf(Locale.ROOT, "%.2f ", profile.nanos(part) / 4e6 / (tokens == 128 ? 1 : tokens));
        }
        System.out.print("ms)  ");
    }

    private static void write(Path folder) throws Exception {
        Files.createDirectories(folder);
        Architecture shape = ConfigJson.parse((ObjectNode) JsonMapper.shared().readTree(CONFIG), folder)
                .withSubLn(SubLnPlacement.OFF);
        for (var entry : FILES.entrySet()) {
            Path target = folder.resolve(entry.getKey() + PackedFile.EXTENSION);
            boolean student = !entry.getKey().equals("fp16");
            if (Files.notExists(target)) {
                PackedWriter.write(shape, student ? LinearMode.TERNARY_FROZEN : LinearMode.FULL,
                        memory -> new RandomWeights(entry.getValue(), student, 1, memory),
                        new PackedMetadata(null, List.of(), Map.of("weights", "random")), target);
            }
            System.out.println(target + " " + Files.size(target));
        }
    }
}
