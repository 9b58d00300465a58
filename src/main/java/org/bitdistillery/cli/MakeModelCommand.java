package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.PublishedShape;
import org.bitdistillery.model.RandomModel;
import org.bitdistillery.tensorfile.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Writes a checkpoint of random weights in a published shape: real size without a download.
@Command(
        name = "make-model",
        description = {
            "Writes a checkpoint of random weights in the shape of a published model, to try out what its real size asks of a machine.",
            "It knows nothing: what is trained from it shows speed and memory, not quality."
        },
        mixinStandardHelpOptions = true)
final class MakeModelCommand implements Callable<Integer> {

    private static final long GIGABYTE = 1_000_000_000;

    /// What weights may be kept as.
    enum Type { F32, F16, BF16 }

    @Spec
    private CommandSpec spec;

    @Option(names = "--shape", required = true, paramLabel = "SHAPE",
            description = "qwen3-0.6b, qwen3-1.7b, qwen3-4b, qwen2.5-0.5b, llama3.2-1b or gemma3-1b.")
    private String shape;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Folder to write, made if it is missing.")
    private Path target;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--type", paramLabel = "TYPE", defaultValue = "bf16", description = "f32, f16 or bf16. Default: ${DEFAULT-VALUE}.")
    private Type type;

    @Option(names = "--tokenizer", paramLabel = "DIR", description = "Folder whose tokenizer is copied beside the weights.")
    private Path tokenizer;

    @Option(names = "--shard", paramLabel = "GB", defaultValue = "5", description = "Largest weight file. Default: ${DEFAULT-VALUE}.")
    private double shard;

    @Override
    public Integer call() {
        Architecture architecture = PublishedShape.named(shape).architecture();
        if (tokenizer != null && !Files.isRegularFile(tokenizer.resolve("tokenizer.json"))) {
            throw new InvalidInput(tokenizer + " holds no tokenizer.json. Name the folder of a model or a tokenizer.");
        }
        if (!(shard >= 0.01)) {
            throw new InvalidInput("--shard is " + shard + ", it must be at least 0.01 GB.");
        }
        PrintWriter out = spec.commandLine().getOut();
        long[] told = {0};
        RandomModel.write(target, architecture, DType.valueOf(type.name()), seed, (long) (shard * GIGABYTE), written -> {
            if (written - told[0] >= GIGABYTE / 4) {
                told[0] = written;
                out.println(Units.count(written) + " weights written");
                out.flush();
            }
        });
        if (tokenizer != null) {
            ModelFolder.copyCompanions(tokenizer, target);
        }
        out.print(ModelSummary.of(target, false).text());
        out.flush();
        return Cli.DONE;
    }
}
