package org.bitdistillery.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitdistillery.event.StageId;

/// One measure of every tensor over the steps at which it was sampled.
///
/// @param rows   tensors, first layer first
/// @param steps  ascending
/// @param values [rows][steps], NaN where nothing was measured
public record HeatMap(List<String> rows, double[] steps, double[][] values) {

    public static final HeatMap EMPTY = new HeatMap(List.of(), new double[0], new double[0][]);

    private static final String ALL = "all";

    public static HeatMap of(RunHistory history, StageId stage, WeightMeasure measure) {
        List<String> rows = new ArrayList<>(history.tensors(stage));
        rows.remove(ALL);
        List<Points> points = rows.stream().map(row -> history.weights(stage, row).orElseThrow().curve(measure).points()).toList();
        double[] steps = points.stream().flatMapToDouble(p -> Arrays.stream(p.x())).sorted().distinct().toArray();
        double[][] values = new double[rows.size()][steps.length];
        for (int row = 0; row < values.length; row++) {
            Arrays.fill(values[row], Double.NaN);
            Points own = points.get(row);
            for (int i = 0; i < own.x().length; i++) {
                values[row][Arrays.binarySearch(steps, own.x()[i])] = own.y()[i];
            }
        }
        return steps.length == 0 ? EMPTY : new HeatMap(List.copyOf(rows), steps, values);
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /// A tensor's layer and projection, for example `3 up`.
    public static String shortName(String tensor) {
        return tensor.replaceFirst("^model\\.layers\\.(\\d+)\\.(?:self_attn|mlp)\\.(\\w+?)(?:_proj)?\\.weight$", "$1 $2");
    }
}
