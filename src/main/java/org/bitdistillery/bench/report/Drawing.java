package org.bitdistillery.bench.report;

import java.util.ArrayList;
import java.util.List;

/// A chart as shapes, so that window, SVG and PNG show the very same one. Coordinates are pixels from the upper left corner;
/// colors are named, the theme says what they are.
public record Drawing(double width, double height, List<Shape> shapes) {

    public enum Ink { TEXT, MUTED, GRID, AXIS, SURFACE, SERIES_1, SERIES_2, SERIES_3, SERIES_4, SERIES_5 }

    public enum Align { LEFT, CENTER, RIGHT }

    /// What a chart is made of, painted in the order of the list.
    public sealed interface Shape {}

    /// @param opacity 0..1
    /// @param radius  of the corners
    public record Box(double x, double y, double width, double height, Ink ink, double opacity, double radius) implements Shape {}

    /// @param thickness in pixels
    public record Line(double x1, double y1, double x2, double y2, Ink ink, double thickness) implements Shape {}

    /// @param y middle of the line of text
    public record Label(String text, double x, double y, Align align, Ink ink) implements Shape {}

    /// Size of all text, in pixels.
    public static final double FONT_SIZE = 11;
    private static final double WIDE = 0.66;
    private static final double USUAL = 0.54;
    private static final double NARROW = 0.3;

    public Drawing {
        shapes = List.copyOf(shapes);
    }

    /// About how wide a text will be: every renderer has its own font.
    static double textWidth(String text) {
        double width = 0;
        for (char letter : text.toCharArray()) {
            width += "mwMW@%÷×".indexOf(letter) >= 0 ? WIDE * 1.2 : Character.isUpperCase(letter) ? WIDE
                    : " .,:;'il|()j".indexOf(letter) >= 0 ? NARROW : USUAL;
        }
        return width * FONT_SIZE;
    }

    static Ink series(int index) {
        Ink[] all = {Ink.SERIES_1, Ink.SERIES_2, Ink.SERIES_3, Ink.SERIES_4, Ink.SERIES_5, Ink.AXIS, Ink.MUTED};
        return all[index % all.length];
    }

    /// Collects shapes.
    static final class Pen {
        private final List<Shape> shapes = new ArrayList<>();

        void box(double x, double y, double width, double height, Ink ink, double opacity) {
            shapes.add(new Box(x, y, Math.max(0, width), Math.max(0, height), ink, opacity, 2));
        }

        void dot(double x, double y, double radius, Ink ink) {
            shapes.add(new Box(x - radius, y - radius, 2 * radius, 2 * radius, ink, 1, radius));
        }

        void line(double x1, double y1, double x2, double y2, Ink ink) {
            shapes.add(new Line(x1, y1, x2, y2, ink, 1));
        }

        void thick(double x1, double y1, double x2, double y2, Ink ink) {
            shapes.add(new Line(x1, y1, x2, y2, ink, 2));
        }

        void text(String text, double x, double y, Align align, Ink ink) {
            shapes.add(new Label(text, x, y, align, ink));
        }

        /// Names with their colors in one row.
        ///
        /// @return x behind the last one
        double legend(List<String> names, double x, double y) {
            double at = x;
            for (int i = 0; i < names.size(); i++) {
                box(at, y - 5, 10, 10, series(i), 1);
                text(names.get(i), at + 15, y, Align.LEFT, Ink.MUTED);
                at += 15 + textWidth(names.get(i)) + 18;
            }
            return at;
        }

        Drawing on(double width, double height) {
            return new Drawing(width, height, shapes);
        }
    }
}
