package org.bitdistillery.ui.form;

import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/// A control in the form at the left of a page: its title above it, one sentence of help below.
public final class FormField {

    private static final double GAP = 3;

    private FormField() {}

    public static Node of(String title, String help, Node control) {
        return new VBox(GAP, new Label(title), control, help(help));
    }

    /// A sentence that is never cut.
    public static Label help(String text) {
        Label help = new Label(text);
        help.getStyleClass().add("setting-help");
        help.setWrapText(true);
        help.setMinHeight(Region.USE_PREF_SIZE);
        return help;
    }
}
