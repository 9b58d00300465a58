package org.bitdistillery.ui;

import java.nio.file.Path;

/// What the window's buttons, menus and keys ask for that needs a dialog or a page.
interface WorkbenchActions {

    void openConfiguration();

    void saveConfiguration();

    void refreshRuns();

    void openRun(Path folder);

    void openRunFolder();

    void export();

    void switchTheme();
}
