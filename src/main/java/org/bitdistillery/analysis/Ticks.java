package org.bitdistillery.analysis;

import java.util.ArrayList;
import java.util.List;

/// Round numbers at which an axis is marked.
public final class Ticks {

    private static final double[] NICE = {1, 2, 5, 10};

    private Ticks() {}

    /// Multiples of 1, 2 or 5 times a power of ten inside `low..high`.
    ///
    /// @param most largest number of ticks that fits, at least 2
    public static List<Double> linear(double low, double high, int most) {
        if (!(high > low)) {
            return List.of(low);
        }
        double step = niceStep((high - low) / most);
        List<Double> ticks = new ArrayList<>();
        for (long k = (long) Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
            ticks.add(k * step);
        }
        return ticks;
    }

    /// Powers of ten inside `low..high`, with 2 and 5 between them where there are few, thinned where there are many.
    ///
    /// @param low greater than 0
    public static List<Double> logarithmic(double low, double high, int most) {
        double decades = Math.log10(high / low);
        double[] mantissas = decades < 2 ? new double[] {1, 2, 5} : new double[] {1};
        int stride = (int) Math.max(1, Math.ceil(decades / most));
        List<Double> ticks = new ArrayList<>();
        for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
            for (double mantissa : mantissas) {
                double tick = mantissa * Math.pow(10, exponent);
                if (tick >= low && tick <= high && Math.floorMod(exponent, stride) == 0) {
                    ticks.add(tick);
                }
            }
        }
        return ticks.size() < 2 ? linear(low, high, most) : ticks;
    }

    private static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double nice : NICE) {
            if (nice * power >= least * (1 - 1e-9)) {
                return nice * power;
            }
        }
        return 10 * power;
    }
}
