package org.bitdistillery.ui;

import javafx.application.Application;

/// Opens the window. This class is no [Application], because Java refuses to start one from the class path.
public final class Workbench {

    private Workbench() {}

    /// Returns when the window is closed.
    public static void launch(String[] args) {
        Application.launch(WorkbenchApplication.class, args);
    }
}
