package org.bitdistillery.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.ExportStage.Runtime;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.event.FormatAnswer;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.Rope;

/// Which program runs which student unchanged, and why not (docs/export.md). This program runs all of them.
///
/// The reasons are those of the programs' graphs: llama.cpp's `bitnet` is a Llama with SubLN as the paper prints it; bitnet.cpp's
/// `qwen3` and `gemma3` have an optional norm in front of each projection; transformers' `BitNetForCausalLM` is the former, its
/// `AutoBitLinear` with `use_rms_norm` the latter.
public final class Compatibility {

    /// What a program says to a student.
    ///
    /// @param runs    whether it runs the student unchanged
    /// @param reason  what it takes the student for, or what stands in the way
    /// @param instead the nearest thing that works; empty where it runs
    public record Answer(boolean runs, String reason, String instead) {

        static Answer yes(String how) {
            return new Answer(true, how, "");
        }

        static Answer no(String reason, String instead) {
            return new Answer(false, reason, instead);
        }

        @Override
        public String toString() {
            return runs ? reason : reason + "; " + instead;
        }
    }

    /// A line of the table.
    public record Row(Family family, SubLnPlacement placement, Runtime runtime, Answer answer) {}

    private static final int TQ_ROW = 256;
    private static final int I2_S_ROW = 128;

    private static final List<Runtime> RUNTIMES = List.of(Runtime.LLAMA_CPP, Runtime.BITNET_CPP, Runtime.TRANSFORMERS);

    private Compatibility() {}

    /// Every family × placement × program, sizes left aside.
    public static List<Row> table() {
        List<Row> rows = new ArrayList<>();
        for (Family family : Family.values()) {
            for (SubLnPlacement placement : SubLnPlacement.values()) {
                RUNTIMES.forEach(runtime -> rows.add(new Row(family, placement, runtime, graph(family, placement, runtime))));
            }
        }
        return rows;
    }

    /// Whether a program runs a student, its sizes included.
    ///
    /// @param student with the placement that its SubLN has or will have
    public static Answer of(Architecture student, Runtime runtime) {
        Answer graph = graph(student.family(), student.subLn(), runtime);
        return graph.runs() ? sizes(student, runtime).orElse(graph) : graph;
    }

    /// Whether a student can be written in a format, for the program that the format is made for.
    public static Answer of(Architecture student, Format format) {
        return switch (format) {
            case HUGGINGFACE -> {
                Answer answer = of(student, Runtime.TRANSFORMERS);
                yield answer.runs() ? answer : Answer.yes("this program only: " + answer.reason());
            }
            case BF16 -> Answer.yes("master weights for further training here");
            case PACKED -> Answer.yes("this program, everything in one file");
            case TQ1_0, TQ2_0 -> of(student, Runtime.LLAMA_CPP);
            case I2_S -> of(student, Runtime.BITNET_CPP);
        };
    }

    /// All formats, for one student.
    public static List<FormatAnswer> formats(Architecture student) {
        List<FormatAnswer> answers = new ArrayList<>();
        for (Format format : Format.values()) {
            Answer answer = of(student, format);
            answers.add(new FormatAnswer(
                    format.name().toLowerCase(Locale.ROOT), program(format), answer.runs(), answer.reason(), answer.instead()));
        }
        return answers;
    }

    private static String program(Format format) {
        return switch (format) {
            case HUGGINGFACE -> "transformers";
            case BF16 -> "training";
            case PACKED -> "BitDistillery";
            case TQ1_0, TQ2_0 -> "llama.cpp";
            case I2_S -> "bitnet.cpp";
        };
    }

    /// @throws InvalidInput where the format's program cannot express the student; names the reason and what works instead
    static void require(Architecture student, Format format) {
        Answer answer = of(student, format);
        if (!answer.runs()) {
            throw new InvalidInput("The student cannot be exported as " + format.name().toLowerCase(Locale.ROOT) + ": "
                    + answer.reason() + ". Instead, " + answer.instead() + ".");
        }
    }

    /// The name that a GGUF file's `general.architecture` gets.
    static String ggufArchitecture(Architecture student) {
        return switch (student.family()) {
            case LLAMA -> student.subLn() == SubLnPlacement.PAPER ? "bitnet" : "llama";
            case QWEN2 -> "qwen2";
            case QWEN3 -> "qwen3";
            case GEMMA3 -> "gemma3";
            case BITNET -> "bitnet-b1.58";
        };
    }

    /// Whether a TQ file has the scales as F32 and not rounded to F16.
    public static boolean hasExactScales(Architecture student) {
        return student.family() == Family.QWEN3 || student.isBitNet();
    }

    /// Whether all numbers of a student but requantized ones are the same in a file. A GGUF file has rotary base and factors as F32 and
    /// Gemma's gains with the 1 added, and padded feed-forward rows change a scale and a gain: each is rounded in its last bit.
    public static boolean keepsEveryBit(Architecture student, Format format) {
        if (!format.isGguf()) {
            return true;
        }
        Rope rope = student.attention().rope();
        return student.intermediateSize() % rowBlock(format) == 0 && (float) rope.theta() == rope.theta()
                && rope.scaling() instanceof Rope.Scaling.None && !student.family().hasOffsetGains();
    }

    /// Weights that a ternary row of a GGUF file is a multiple of.
    static int rowBlock(Format format) {
        return format == Format.I2_S ? I2_S_ROW : TQ_ROW;
    }

    private static Answer graph(Family family, SubLnPlacement placement, Runtime runtime) {
        return family == Family.BITNET ? bitnet(placement, runtime) : switch (runtime) {
            case ANY -> Answer.yes("this program");
            case LLAMA_CPP -> llamaCpp(family, placement);
            case BITNET_CPP -> bitnetCpp(family, placement);
            case TRANSFORMERS -> transformers(family, placement);
        };
    }

    private static Answer bitnet(SubLnPlacement placement, Runtime runtime) {
        boolean paper = placement == SubLnPlacement.PAPER;
        String elsewhere = "squared ReLU comes with the two norms of SubLN there";
        return switch (runtime) {
            case ANY -> Answer.yes("this program");
            case LLAMA_CPP -> Answer.no("llama.cpp's bitnet graph has SiLU and no squared ReLU",
                    paper ? "export to i2_s for bitnet.cpp" : "export to packed");
            case BITNET_CPP -> paper ? Answer.yes("architecture bitnet-b1.58") : Answer.no(elsewhere, "set subln.placement to paper");
            case TRANSFORMERS -> paper ? Answer.yes("BitNetForCausalLM") : Answer.no(elsewhere, "set subln.placement to paper");
        };
    }

    private static Answer llamaCpp(Family family, SubLnPlacement placement) {
        return switch (placement) {
            case OFF -> Answer.yes("architecture " + family.modelType().replace("_text", "")
                    + (family == Family.QWEN3 ? "" : ", scales rounded to F16"));
            case PAPER -> family == Family.LLAMA
                    ? Answer.yes("architecture bitnet")
                    : Answer.no("llama.cpp has the norms of SubLN in its bitnet graph only, and that has no " + extras(family),
                            "distill a Llama-style student, or set subln.placement to off");
            case ALL -> Answer.no("llama.cpp has no norm in front of every projection", family == Family.LLAMA
                    ? "set subln.placement to paper"
                    : family == Family.QWEN2 ? "set subln.placement to off" : "export to i2_s for bitnet.cpp, or set subln.placement to off");
        };
    }

    private static String extras(Family family) {
        return switch (family) {
            case LLAMA, BITNET -> "";
            case QWEN2 -> "biases";
            case QWEN3 -> "norms of query and key heads";
            case GEMMA3 -> "norms of heads and outputs, GELU and sliding windows";
        };
    }

    private static Answer bitnetCpp(Family family, SubLnPlacement placement) {
        boolean hasNorms = family == Family.QWEN3 || family == Family.GEMMA3;
        return switch (placement) {
            case OFF -> Answer.yes("architecture " + family.modelType().replace("_text", ""));
            case PAPER -> hasNorms
                    ? Answer.yes("architecture " + family.modelType().replace("_text", "") + ", the gain of ffn_norm moved into its projections")
                    : family == Family.LLAMA ? Answer.yes("architecture bitnet")
                            : Answer.no("bitnet.cpp's qwen2 has no norms of SubLN and its bitnet no biases",
                                    "distill a Qwen3 or Llama-style student, or set subln.placement to off");
            case ALL -> hasNorms
                    ? Answer.yes("architecture " + family.modelType().replace("_text", "") + " with a norm in front of each projection")
                    : Answer.no("bitnet.cpp has a norm in front of each projection in its qwen3 and gemma3 only",
                            family == Family.LLAMA ? "set subln.placement to paper" : "distill a Qwen3 student");
        };
    }

    private static Answer transformers(Family family, SubLnPlacement placement) {
        return switch (placement) {
            case OFF -> Answer.yes(family.modelClass() + " with AutoBitLinear");
            case ALL -> Answer.yes(family.modelClass() + " with AutoBitLinear and use_rms_norm");
            case PAPER -> family == Family.LLAMA
                    ? Answer.yes("BitNetForCausalLM")
                    : Answer.no("transformers has the two norms of SubLN in BitNetForCausalLM only, and that has no " + extras(family),
                            "set subln.placement to all");
        };
    }

    private static Optional<Answer> sizes(Architecture student, Runtime runtime) {
        int attention = student.heads() * student.headDim();
        boolean bitnet = student.isBitNet();
        if (bitnet && attention != student.hiddenSize()) {
            return Optional.of(Answer.no("its BitNet graph needs heads × head dimension = hidden size, here " + attention + " and "
                    + student.hiddenSize(), "export to packed"));
        }
        if (runtime == Runtime.TRANSFORMERS || runtime == Runtime.ANY) {
            return Optional.empty();
        }
        if (bitnet && !student.tiedEmbeddings()) {
            return Optional.of(Answer.no("its bitnet graph takes the embedding for the output head, this student has its own",
                    "distill a student with tied embeddings, or set subln.placement to off"));
        }
        int block = runtime == Runtime.LLAMA_CPP ? TQ_ROW : I2_S_ROW;
        for (int columns : new int[] {student.hiddenSize(), attention}) {
            if (columns % block != 0) {
                return Optional.of(Answer.no("its ternary rows are multiples of " + block + " weights, this student has rows of " + columns,
                        columns % I2_S_ROW == 0 ? "export to i2_s or packed"
                                : "export to packed, or take a base model whose sizes are multiples of 256"));
            }
        }
        return rope(student, runtime, bitnet);
    }

    private static Optional<Answer> rope(Architecture student, Runtime runtime, boolean bitnet) {
        boolean stretched = student.attention().rope().scaling() instanceof Rope.Scaling.Llama3;
        if (stretched && (student.family() != Family.LLAMA || bitnet)) {
            return Optional.of(Answer.no("its graph does not know the rope scaling llama3", "export to packed"));
        }
        if (student.family() != Family.GEMMA3) {
            return Optional.empty();
        }
        if (runtime == Runtime.BITNET_CPP && student.attention().sliding() != null) {
            var sliding = student.attention().sliding();
            boolean plain = sliding.rope().equals(student.attention().rope()) && sliding.window() >= student.maxPositions();
            return plain ? Optional.empty() : Optional.of(Answer.no(
                    "its gemma3 has one rotary base and no sliding layers", "export to packed, or to huggingface for transformers"));
        }
        return runtime == Runtime.LLAMA_CPP ? gemmaOfLlamaCpp(student) : Optional.empty();
    }

    /// llama.cpp fixes what no file says: a base of 10,000 in the sliding layers, five of them before each other one.
    private static Optional<Answer> gemmaOfLlamaCpp(Architecture student) {
        var sliding = student.attention().sliding();
        boolean usual = sliding != null && sliding.rope().equals(Rope.of(10_000)) && student.attention().queryScalar() == student.headDim();
        for (int layer = 0; usual && layer < student.layers(); layer++) {
            usual = student.attention().slides(layer) == ((layer + 1) % 6 != 0);
        }
        return usual ? Optional.empty() : Optional.of(Answer.no(
                "its gemma3 has five sliding layers with a rotary base of 10,000 before each other one", "export to packed"));
    }
}
