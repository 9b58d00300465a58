package org.bitdistillery.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.bitdistillery.bench.report.Drawing.Align;
import org.bitdistillery.bench.report.Drawing.Box;
import org.bitdistillery.bench.report.Drawing.Ink;
import org.bitdistillery.bench.report.Drawing.Label;
import org.bitdistillery.bench.report.Drawing.Line;
import org.bitdistillery.bench.report.Drawing.Shape;

/// Drawings as files, in the colors of the light theme.
final class Pictures {

    private static final int SCALE = 2;
    private static final String MARGINED = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
            + "font-family=\"sans-serif\" font-size=\"%.0f\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n";

    private Pictures() {}

    private static String hex(Ink ink) {
        return switch (ink) {
            case TEXT -> "#1f2328";
            case MUTED -> "#59636e";
            case GRID -> "#eaeef2";
            case AXIS -> "#afb8c1";
            case SURFACE -> "#ffffff";
            case SERIES_1 -> "#0969da";
            case SERIES_2 -> "#1a7f37";
            case SERIES_3 -> "#bc4c00";
            case SERIES_4 -> "#8250df";
            case SERIES_5 -> "#cf222e";
        };
    }

    static String svg(Drawing drawing) {
        StringBuilder svg = new StringBuilder(format(
                MARGINED, drawing.width(), drawing.height(), drawing.width(), drawing.height(), Drawing.FONT_SIZE));
        for (Shape shape : drawing.shapes()) {
            svg.append(switch (shape) {
                case Box box -> format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\" fill=\"%s\" opacity=\"%.2f\"/>%n",
                        box.x(), box.y(), box.width(), box.height(), box.radius(), hex(box.ink()), box.opacity());
                case Line line -> format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.0f\"/>%n",
                        line.x1(), line.y1(), line.x2(), line.y2(), hex(line.ink()), line.thickness());
                case Label label -> format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" dominant-baseline=\"central\" fill=\"%s\">%s</text>%n",
                        label.x(), label.y(), anchor(label.align()), hex(label.ink()), escaped(label.text()));
            });
        }
        return svg.append("</svg>\n").toString();
    }

    private static String anchor(Align align) {
        return switch (align) {
            case LEFT -> "start";
            case CENTER -> "middle";
            case RIGHT -> "end";
        };
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern.replace("%n", "\n"), values);
    }

    /// Twice as many pixels as the drawing has, for fine screens.
    static byte[] png(Drawing drawing) {
        var image = new BufferedImage(
                (int) Math.ceil(drawing.width() * SCALE), (int) Math.ceil(drawing.height() * SCALE), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        g.scale(SCALE, SCALE);
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, (int) Drawing.FONT_SIZE));
        drawing.shapes().forEach(shape -> paint(g, shape));
        g.dispose();
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void paint(Graphics2D g, Shape shape) {
        switch (shape) {
            case Box box -> {
                Color color = Color.decode(hex(box.ink()));
                g.setColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), (int) Math.round(255 * box.opacity())));
                g.fill(new RoundRectangle2D.Double(box.x(), box.y(), box.width(), box.height(), 2 * box.radius(), 2 * box.radius()));
            }
            case Line line -> {
                g.setColor(Color.decode(hex(line.ink())));
                g.setStroke(new BasicStroke((float) line.thickness()));
                g.draw(new Line2D.Double(line.x1(), line.y1(), line.x2(), line.y2()));
            }
            case Label label -> {
                g.setColor(Color.decode(hex(label.ink())));
                FontMetrics font = g.getFontMetrics();
                double width = font.stringWidth(label.text());
                double x = switch (label.align()) {
                    case LEFT -> label.x();
                    case CENTER -> label.x() - width / 2;
                    case RIGHT -> label.x() - width;
                };
                g.drawString(label.text(), (float) x, (float) (label.y() + (font.getAscent() - font.getDescent()) / 2.0));
            }
        }
    }
}
