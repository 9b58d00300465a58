package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitdistillery.bench.Roofline;
import org.bitdistillery.inference.WeightFormat;
import org.bitdistillery.run.EventJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Measures what this machine can do and what share of it the kernels reach.
@Command(
        name = "roofline",
        description = {
            "Measures memory bandwidth and the peaks of the vector operations that the kernels use, then each kernel on one core,",
            "and says which of the two limits it and what share of that limit it reaches."
        },
        mixinStandardHelpOptions = true)
final class BenchRooflineCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--formats", split = ",", paramLabel = "FORMAT", description = "Formats of weights. Default: all.")
    private List<WeightFormat> formats = List.of(WeightFormat.values());

    @Option(names = "--json", description = "Prints one line of JSON, and progress to standard error.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        Roofline roofline = Roofline.measure(formats, line -> {
            progress.println(line);
            progress.flush();
        });
        out.print(json ? EventJson.compact(roofline) + "\n" : "\n" + text(roofline));
        out.flush();
        return Cli.DONE;
    }

    static String text(Roofline roofline) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < roofline.readBandwidth().size(); i++) {
            text.append(String.format(Locale.ROOT, "memory, threads %d: %.1f GB/s%n", i + 1, roofline.readBandwidth().get(i) / 1e9));
        }
        text.append(String.format(Locale.ROOT, "one core, %d-bit vectors: %.1f G products/s in float32, %.1f in 16-bit integers%n%n",
                roofline.vectorBits(), roofline.floatPeak() / 1e9, roofline.integerPeak() / 1e9));
        TextTable table = TextTable.ofNumbers("kernel", "tokens", "bits a weight", "G products/s", "limited by", "limit", "share");
        for (Roofline.Kernel kernel : roofline.kernels()) {
            table.row(kernel.format().name(), Integer.toString(kernel.tokens()), String.format(Locale.ROOT, "%.2f", 8 * kernel.bytesPerWeight()),
                    String.format(Locale.ROOT, "%.1f", kernel.products() / 1e9), kernel.memoryBound() ? "memory" : "arithmetic",
                    String.format(Locale.ROOT, "%.1f", kernel.roof() / 1e9), String.format(Locale.ROOT, "%.0f %%", 100 * kernel.share()));
        }
        return text.append(table.text()).toString();
    }
}
