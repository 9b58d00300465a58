package org.bitdistillery.ui;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import java.net.URL;
import java.util.Objects;
import javafx.application.Application;
import javafx.scene.Scene;

/// Light or dark: AtlantaFX below, `themes/` on top.
public enum Theme {
    LIGHT(new PrimerLight(), "light.css"),
    DARK(new PrimerDark(), "dark.css");

    private static final String FOLDER = "/themes/";
    private static final String COMMON = "bitdistillery.css";

    private final atlantafx.base.theme.Theme base;
    private final String colors;

    Theme(atlantafx.base.theme.Theme base, String colors) {
        this.base = base;
        this.colors = colors;
    }

    /// Dresses the scene, and everything that opens from it.
    public void apply(Scene scene) {
        Application.setUserAgentStylesheet(base.getUserAgentStylesheet());
        scene.getStylesheets().setAll(url(colors), url(COMMON));
    }

    /// The theme of a name, light where there is none.
    static Theme named(String name) {
        return name.equals(DARK.name()) ? DARK : LIGHT;
    }

    public Theme other() {
        return this == LIGHT ? DARK : LIGHT;
    }

    private static String url(String name) {
        URL url = Theme.class.getResource(FOLDER + name);
        return Objects.requireNonNull(url, () -> "themes/" + name + " is missing from the program").toExternalForm();
    }
}
