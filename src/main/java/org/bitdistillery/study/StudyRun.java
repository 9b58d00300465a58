package org.bitdistillery.study;

import java.nio.file.Path;
import org.bitdistillery.config.Experiment;

/// One run of a study.
public record StudyRun(String variant, long seed, Experiment experiment, Path folder) {

    public String title() {
        return variant + ", seed " + seed;
    }
}
