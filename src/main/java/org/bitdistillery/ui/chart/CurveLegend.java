package org.bitdistillery.ui.chart;

import java.util.List;
import java.util.Locale;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/// Which color is which curve.
public final class CurveLegend extends FlowPane {

    public CurveLegend() {
        super(14, 4);
    }

    public void setCurves(List<Curve> curves) {
        getChildren().setAll(curves.stream().map(CurveLegend::entry).toList());
    }

    private static HBox entry(Curve curve) {
        Region swatch = new Region();
        swatch.getStyleClass().addAll("swatch", curve.color().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        Label name = new Label(curve.name());
        name.getStyleClass().add("muted");
        HBox entry = new HBox(6, swatch, name);
        entry.setAlignment(Pos.CENTER_LEFT);
        return entry;
    }
}
