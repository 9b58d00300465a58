package org.bitdistillery.ui.chart;

import java.util.List;
import java.util.Locale;
import org.bitdistillery.analysis.Ticks;
import org.bitdistillery.analysis.Units;

/// Maps values `low..high` to pixels `start..end`, linearly or by their logarithm.
record Scale(double low, double high, double start, double end, boolean logarithmic) {

    double pixel(double value) {
        double share = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
        return start + share * (end - start);
    }

    double value(double pixel) {
        double share = (pixel - start) / (end - start);
        return logarithmic ? low * Math.pow(high / low, share) : low + share * (high - low);
    }

    boolean shows(double value) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }

    List<Double> ticks(int most) {
        return logarithmic ? Ticks.logarithmic(low, high, most) : Ticks.linear(low, high, most);
    }

    /// Labels of ticks, all with as many decimals as their distance needs.
    static List<String> labels(List<Double> ticks, boolean logarithmic) {
        if (logarithmic || ticks.size() < 2) {
            return ticks.stream().map(Units::number).toList();
        }
        double step = ticks.get(1) - ticks.get(0);
        double largest = Math.max(Math.abs(ticks.getFirst()), Math.abs(ticks.getLast()));
        if (largest >= 1e6 || largest < 1e-3) {
            return ticks.stream().map(tick -> Units.number(Math.abs(tick) < step * 1e-6 ? 0 : tick)).toList();
        }
        int decimals = (int) Math.clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 6);
        return ticks.stream()
                .map(tick -> String.format(Locale.ROOT, "%,." + decimals + "f", Math.abs(tick) < step * 1e-6 ? 0 : tick))
                .toList();
    }
}
