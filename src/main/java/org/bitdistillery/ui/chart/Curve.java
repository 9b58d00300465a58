package org.bitdistillery.ui.chart;

import org.bitdistillery.analysis.Points;

/// A line of a [CurveChart].
///
/// @param raw    every value
/// @param smooth drawn in front of the then faint raw line; null where the raw line speaks for itself
/// @param dots   whether each value is marked: few, and each of them meant
public record Curve(String name, ChartColor color, Points raw, Points smooth, boolean dots) {

    public static Curve line(String name, ChartColor color, Points points) {
        return new Curve(name, color, points, null, false);
    }

    Points front() {
        return smooth == null ? raw : smooth;
    }
}
