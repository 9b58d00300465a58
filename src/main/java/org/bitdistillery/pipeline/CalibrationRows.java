package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.data.Example;

/// The token sequences on which GPTQ and AWQ look at activations: training rows of the task, drawn with the run's seed.
final class CalibrationRows {

    private CalibrationRows() {}

    /// None where nothing asks for them.
    static List<int[]> forInitialization(RunContext context) {
        boolean wanted = context.experiment().quantization().initialization() != Quantization.Initialization.NONE;
        return wanted ? ofTask(context) : List.of();
    }

    static List<int[]> ofTask(RunContext context) {
        List<Example> rows = new ArrayList<>(context.task().train());
        Collections.shuffle(rows, new Random(context.experiment().seed()));
        int count = Math.min(rows.size(), context.experiment().quantization().calibrationSequences());
        return rows.subList(0, count).stream().map(Example::prompt).toList();
    }
}
