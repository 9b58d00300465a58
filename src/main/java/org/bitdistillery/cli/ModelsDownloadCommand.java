package org.bitdistillery.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.hub.DownloadPlan;
import org.bitdistillery.hub.DownloadWatcher;
import org.bitdistillery.hub.FileChoice;
import org.bitdistillery.hub.HubDownloader;
import org.bitdistillery.hub.HubException;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.hub.ModelName;
import org.bitdistillery.run.EventJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Gets a model from the hub.
@Command(
        name = "download",
        description = {
            "Downloads a model from the Hugging Face hub or a mirror into the cache that Hugging Face's tools share.",
            "An interrupted download goes on where it ended. Every file is checked against its hash. HF_TOKEN or the hub's token file tells",
            "who you are; HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HTTPS_PROXY and NO_PROXY mean what they mean elsewhere."
        },
        mixinStandardHelpOptions = true)
final class ModelsDownloadCommand implements Callable<Integer> {

    private final ModelHub hub;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ORG/NAME", description = "Name on the hub, for example Qwen/Qwen3-0.6B; ORG/NAME@REVISION names a revision.")
    private String name;

    @Option(names = "--revision", paramLabel = "REVISION", description = "Branch, tag or commit. Default: main.")
    private String revision;

    @Option(names = "--include", split = ",", paramLabel = "PATTERN",
            description = "Files to fetch, for example '*.json'. Default: what this program needs.")
    private List<String> include = List.of();

    @Option(names = "--exclude", split = ",", paramLabel = "PATTERN", description = "Files to leave out.")
    private List<String> exclude = List.of();

    @Option(names = "--endpoint", paramLabel = "URL", defaultValue = "", description = "Another server, such as a mirror.")
    private String endpoint;

    @Option(names = "--dry-run", description = "Lists the files and their sizes, and fetches nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Prints the result as one line of JSON, and progress to standard error.")
    private boolean json;

    private record Result(@JsonUnwrapped DownloadPlan plan, String folder) {}

    ModelsDownloadCommand(ModelHub hub) {
        this.hub = hub;
    }

    @Override
    public Integer call() {
        ModelName model = ModelName.parse(name);
        model = revision == null ? model : model.withRevision(revision);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        try (HubDownloader downloader = hub.downloader(endpoint)) {
            DownloadWatcher watcher = new DownloadPrinter(progress);
            DownloadPlan plan = downloader.plan(model, new FileChoice(include, exclude), watcher);
            progress.print(text(plan));
            progress.flush();
            Path folder = dryRun ? null : downloader.download(plan, watcher);
            if (json) {
                out.println(EventJson.compact(new Result(plan, folder == null ? null : folder.toString())));
            } else if (folder != null) {
                out.println(plan.model() + " is in " + folder + ". Name it in a configuration: teacher.path=" + plan.model());
            }
            out.flush();
            return Cli.DONE;
        } catch (HubException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return Cli.FAILED;
        }
    }

    private static String text(DownloadPlan plan) {
        TextTable table = TextTable.ofNumbers("file", "size", "here");
        for (DownloadPlan.Item item : plan.items()) {
            String here = item.isPresent() ? "yes" : item.presentBytes() > 0 ? Units.bytes(item.presentBytes()) : "";
            table.row(item.file().path(), Units.bytes(item.file().size()), here);
        }
        StringBuilder text = new StringBuilder(plan.model() + " on " + plan.server() + ", commit " + plan.commit().substring(0, 8)
                + (plan.license() == null ? "" : ", license " + plan.license()) + "\n").append(table.text());
        text.append(Units.bytes(plan.missingBytes())).append(" of ").append(Units.bytes(plan.size())).append(" to fetch, ")
                .append(Units.bytes(plan.freeBytes())).append(" free on the disk.\n");
        plan.refused().forEach(file -> text.append("Not fetched: ").append(file.path()).append(", ").append(file.reason()).append(".\n"));
        return text.append(plan.concern() == null ? "" : "Note: " + plan.concern() + "\n").toString();
    }
}
