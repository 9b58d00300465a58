package org.bitdistillery.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.pipeline.RunPaths;

/// What people name when they want models measured or asked, as models.
public final class ModelTargets {

    /// In front of a GGUF file that our engine is to run.
    public static final String OWN = "own:";

    private ModelTargets() {}

    /// @param arguments model folders, `ORG/NAME` in the cache, packed files, GGUF files (`own:FILE` for our engine instead of llama.cpp), each
    ///                  also as `NAME=PATH`, or folders of runs for their FP16 model, their student and the files that they exported
    /// @throws InvalidInput where a folder holds neither a model nor a run, or two models have one name
    public static List<NamedModel> named(List<String> arguments) {
        return named(arguments, HubCache.ofUser());
    }

    static List<NamedModel> named(List<String> arguments, HubCache cache) {
        List<NamedModel> models = new ArrayList<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String given = argument.substring(0, Math.max(0, equals));
            String text = argument.substring(equals + 1);
            if (text.startsWith(OWN)) {
                Path file = existing(Path.of(text.substring(OWN.length())));
                models.add(new NamedModel(given.isEmpty() ? baseName(file) + " here" : given, file).inOwnEngine());
                continue;
            }
            Path path = cache.folder(text);
            if (isFile(path)) {
                models.add(new NamedModel(given.isEmpty() ? baseName(path) : given, existing(path)));
            } else if (!given.isEmpty()) {
                models.add(new NamedModel(given, path));
            } else if (new RunFolder(path).isRun()) {
                models.addAll(ofRun(path));
            } else if (path.equals(Path.of(text))) {
                models.add(new NamedModel(ConfigJson.readMode(path) == LinearMode.FULL ? "fp16" : "student", path));
            } else {
                models.add(new NamedModel(text.substring(text.indexOf('/') + 1), path));
            }
        }
        Set<String> names = new HashSet<>();
        for (NamedModel model : models) {
            if (!names.add(model.name())) {
                throw new InvalidInput("Two models are called " + model.name() + ". Tell them apart: NAME=" + model.path() + ".");
            }
        }
        return models;
    }

    /// What a finished run has to compare.
    public static List<NamedModel> ofRun(Path folder) {
        RunPaths run = new RunPaths(folder);
        List<NamedModel> models = new ArrayList<>();
        models.add(new NamedModel("fp16", run.fp16Sft()));
        models.add(new NamedModel("student", run.export(ExportStage.Format.HUGGINGFACE)));
        Path exports = folder.resolve("export");
        if (Files.isDirectory(exports)) {
            try (Stream<Path> files = Files.walk(exports, 2)) {
                files.filter(ModelTargets::isFile).sorted()
                        .forEach(file -> models.add(new NamedModel(baseName(file), file)));
            } catch (IOException e) {
                throw new InvalidInput(exports + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
            }
        }
        return models;
    }

    private static boolean isFile(Path path) {
        return path.toString().endsWith(NamedModel.GGUF) || path.toString().endsWith(PackedFile.EXTENSION);
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(file + " does not exist or is no file. Name an exported GGUF or packed file.");
        }
        return file;
    }

    private static String baseName(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }
}
