package org.bitdistillery.ui.chart;

import javafx.scene.paint.Color;

/// Colors that a theme gives to charts, as CSS properties of `.chart-canvas`.
public enum ChartColor {
    TEXT("-chart-text", "#1f2328"),
    MUTED("-chart-muted", "#59636e"),
    GRID("-chart-grid", "#e4e8ec"),
    AXIS("-chart-axis", "#b7bfc7"),
    SURFACE("-chart-surface", "#ffffff"),
    SERIES_1("-chart-series-1", "#0969da"),
    SERIES_2("-chart-series-2", "#1a7f37"),
    SERIES_3("-chart-series-3", "#bf5700"),
    SERIES_4("-chart-series-4", "#8250df"),
    SERIES_5("-chart-series-5", "#cf222e"),
    MINUS("-chart-minus", "#0969da"),
    ZERO("-chart-zero", "#8c959f"),
    PLUS("-chart-plus", "#bf5700"),
    BOUNDARY("-chart-boundary", "#cf222e");

    private final String property;
    private final Color fallback;

    ChartColor(String property, String fallback) {
        this.property = property;
        this.fallback = Color.web(fallback);
    }

    String property() {
        return property;
    }

    Color fallback() {
        return fallback;
    }
}
