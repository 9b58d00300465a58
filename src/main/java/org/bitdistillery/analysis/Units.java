package org.bitdistillery.analysis;

import java.time.Duration;
import java.util.Locale;

/// Numbers as people read them, the same in the window and in the terminal, in every locale.
public final class Units {

    /// Stands for a number that is not known.
    public static final String UNKNOWN = "–";

    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Units() {}

    /// `1536` is `1.5 KiB`; a negative number is unknown.
    public static String bytes(long bytes) {
        if (bytes < 0) {
            return UNKNOWN;
        }
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return (unit == 0 ? Long.toString(bytes) : short3(value)) + " " + BYTE_UNITS[unit];
    }

    /// `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`, `3 d 04 h`.
    public static String duration(double seconds) {
        if (!Double.isFinite(seconds) || seconds < 0) {
            return UNKNOWN;
        }
        if (seconds < 9.95) {
            return format("%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return format("%d min %02d s", whole / 60, whole % 60);
        }
        if (whole < 86_400) {
            return format("%d h %02d min", whole / 3600, whole % 3600 / 60);
        }
        return format("%d d %02d h", whole / 86_400, whole % 86_400 / 3600);
    }

    public static String duration(Duration duration) {
        return duration(duration.toMillis() / 1000.0);
    }

    /// `12 ms` below a second, otherwise as [#duration(double)].
    public static String wait(double seconds) {
        return seconds >= 0 && seconds < 1 ? Math.round(1000 * seconds) + " ms" : duration(seconds);
    }

    /// `123`, `1,234`: a rate without its unit.
    public static String rate(double perSecond) {
        if (!Double.isFinite(perSecond) || perSecond < 0) {
            return UNKNOWN;
        }
        return perSecond < 100 ? short3(perSecond) : count(Math.round(perSecond));
    }

    /// `1,234 tok/s`.
    public static String tokensPerSecond(double tokensPerSecond) {
        return rate(tokensPerSecond) + " tok/s";
    }

    /// `0.913` is `91.3 %`.
    public static String percent(double share) {
        return Double.isFinite(share) ? format("%.1f %%", 100 * share) : UNKNOWN;
    }

    /// `12,345`.
    public static String count(long number) {
        return format("%,d", number);
    }

    /// A loss in nats: four decimals, or scientific where those would not show it.
    public static String loss(double nats) {
        if (!Double.isFinite(nats)) {
            return Double.isNaN(nats) ? "NaN" : nats > 0 ? "∞" : "-∞";
        }
        double size = Math.abs(nats);
        return size != 0 && (size < 1e-3 || size >= 1e5) ? format("%.2e", nats) : format(size < 100 ? "%.4f" : "%.1f", nats);
    }

    /// Three significant digits, scientific outside 1e-3..1e6, without trailing zeros: `5e-5`, `0.01`, `1e5` is `100,000`.
    public static String number(double value) {
        if (!Double.isFinite(value)) {
            return UNKNOWN;
        }
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-3 || size >= 1e6)) {
            return format("%.2e", value).replaceFirst("\\.?0*e", "e").replaceFirst("e([+-])0?", "e$1").replace("e+", "e");
        }
        if (size >= 1000) {
            return count(Math.round(value));
        }
        String text = format(size >= 100 ? "%.1f" : size >= 1 ? "%.2f" : "%.4f", value);
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }

    /// `2.65×`.
    public static String ratio(double ratio) {
        return Double.isFinite(ratio) ? short3(ratio) + "×" : UNKNOWN;
    }

    private static String short3(double value) {
        return format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value).replaceFirst("(\\.\\d)0$", "$1");
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
