package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.LibraryModel.Origin;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.run.EventJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The model library in a terminal.
@Command(
        name = "models",
        description = {
            "Lists the models on this machine: the starter teacher, the Hugging Face cache, and folders that you added.",
            "Any of them can be named in teacher.path, those of the cache as org/name."
        },
        mixinStandardHelpOptions = true)
final class ModelsCommand implements Callable<Integer> {

    private final ModelHub hub;

    @Spec
    private CommandSpec spec;

    @Option(names = "--runs", description = "Lists what runs in the folder \"runs\" handed over, too.")
    private boolean runs;

    @Option(names = "--json", description = "Prints one line of JSON.")
    private boolean json;

    private ModelsCommand(ModelHub hub) {
        this.hub = hub;
    }

    static CommandLine with(ModelHub hub) {
        return new CommandLine(new ModelsCommand(hub))
                .addSubcommand(new Show(hub))
                .addSubcommand(new Add(hub))
                .addSubcommand(new Remove(hub))
                .addSubcommand(new ModelsDownloadCommand(hub));
    }

    @Override
    public Integer call() {
        List<LibraryModel> models = hub.library().models().stream().filter(model -> runs || model.origin() != Origin.RUN).toList();
        print(spec, json ? EventJson.compact(models) + "\n" : ModelsText.list(models));
        return Cli.DONE;
    }

    private static void print(CommandSpec spec, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }

    @Command(name = "show", description = "Describes one model and says whether it fits this machine.", mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {

        private final ModelHub hub;

        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "NAME", description = "Name from the list, or a folder.")
        private String name;

        @Option(names = "--json", description = "Prints one line of JSON.")
        private boolean json;

        Show(ModelHub hub) {
            this.hub = hub;
        }

        @Override
        public Integer call() {
            LibraryModel model = hub.library().find(name);
            print(spec, json ? EventJson.compact(model) + "\n" : ModelsText.details(model));
            return Cli.DONE;
        }
    }

    @Command(name = "add", description = "Adds a folder of a model, or one that holds models, to the list.", mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {

        private final ModelHub hub;

        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "FOLDER", description = "It is read in place; nothing is copied.")
        private Path folder;

        Add(ModelHub hub) {
            this.hub = hub;
        }

        @Override
        public Integer call() {
            List<LibraryModel> found = hub.library().add(folder);
            print(spec, "Added " + folder + " with " + (found.size() == 1 ? "1 model" : found.size() + " models") + ": "
                    + found.stream().map(LibraryModel::name).collect(Collectors.joining(", ")) + ".\n");
            return Cli.DONE;
        }
    }

    @Command(name = "remove", description = "Takes an added folder off the list; its files stay.", mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {

        private final ModelHub hub;

        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "FOLDER", description = "A folder that was added.")
        private String folder;

        Remove(ModelHub hub) {
            this.hub = hub;
        }

        @Override
        public Integer call() {
            hub.library().remove(folder);
            print(spec, "Removed " + folder + " from the list. Its files are untouched.\n");
            return Cli.DONE;
        }
    }
}
