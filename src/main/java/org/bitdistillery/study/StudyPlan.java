package org.bitdistillery.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.study.StudyFile.Variant;

/// The runs that a study consists of, in the order in which they are begun: seed by seed, variants as in the file.
public record StudyPlan(String name, List<StudyRun> runs) {

    private static final Pattern RUN = Pattern.compile("\\$\\{run:([^}]*)}");

    /// @param out   folder of the study
    /// @param seeds instead of the file's, or empty
    /// @param only  names of variants, or empty for all
    /// @throws InvalidInput where a variant is not there or its settings do not fit
    public static StudyPlan of(StudyFile study, Path out, List<Long> seeds, List<String> only) {
        requireKnown(study, only);
        Set<Long> wanted = new LinkedHashSet<>(seeds);
        if (seeds.isEmpty()) {
            study.variants().forEach(variant -> wanted.addAll(variant.seeds()));
        }
        List<StudyRun> runs = new ArrayList<>();
        for (long seed : wanted) {
            for (Variant variant : study.variants()) {
                boolean chosen = only.isEmpty() || only.contains(variant.name());
                if (chosen && (!seeds.isEmpty() || variant.seeds().contains(seed))) {
                    runs.add(new StudyRun(
                            variant.name(), seed, experiment(study, variant, seed, out), folder(out, variant.name(), seed)));
                }
            }
        }
        return new StudyPlan(study.name(), List.copyOf(runs));
    }

    private static void requireKnown(StudyFile study, List<String> only) {
        List<String> names = study.variants().stream().map(Variant::name).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new InvalidInput(study.source() + " has no variant \"" + name + "\": it has " + String.join("; ", names) + ".");
            }
        }
    }

    private static Experiment experiment(StudyFile study, Variant variant, long seed, Path out) {
        List<String> settings = new ArrayList<>();
        settings.add("seed=" + seed);
        settings.add("name=" + variant.name().replace('+', ' ') + " " + seed);
        variant.settings().forEach(setting -> settings.add(withRunFolders(setting, seed, out)));
        try {
            return ExperimentFile.withOverrides(study.experiment(), settings);
        } catch (ConfigException e) {
            throw new ConfigException(study.source() + ", variant \"" + variant.name() + "\"", e.problems());
        }
    }

    private static String withRunFolders(String setting, long seed, Path out) {
        Matcher matcher = RUN.matcher(setting);
        return matcher.replaceAll(match -> Matcher.quoteReplacement(folder(out, match.group(1), seed).toString()));
    }

    /// Whether a run reads another run's folder.
    static boolean needs(StudyRun run, StudyRun other) {
        return run != other && ExperimentFile.toJson(run.experiment()).contains("\"" + other.folder() + "/");
    }

    private static Path folder(Path out, String variant, long seed) {
        String name = variant.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}._-]+", "-");
        return out.toAbsolutePath().resolve("runs").resolve(name + "-" + seed);
    }

    /// Looks at every run before the first begins. What only a run of the study itself will make is not missed.
    ///
    /// @param check what stands in the way of one experiment
    public void requireReady(Function<Experiment, List<ConfigProblem>> check) {
        for (StudyRun run : runs) {
            if (runs.stream().noneMatch(other -> needs(run, other))) {
                List<ConfigProblem> problems = check.apply(run.experiment());
                if (!problems.isEmpty()) {
                    throw new ConfigException(run.title(), problems);
                }
            }
        }
    }
}
