package org.bitdistillery.ui;

import java.nio.file.Path;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.stage.Stage;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.run.TrainingNeed;

/// The window with the services that it needs.
public final class WorkbenchApplication extends Application {

    private static final double WIDTH = 1440;
    private static final double HEIGHT = 900;

    @Override
    public void start(Stage stage) {
        WorkbenchViewModel workbench = new WorkbenchViewModel(new RunExecutor(), Path.of("runs"), ModelHub.ofUser(TrainingNeed::of),
                Platform::runLater);
        WorkbenchView view = new WorkbenchView(workbench);
        Scene scene = new Scene(view, WIDTH, HEIGHT);
        view.installIn(stage, scene);
        stage.show();
        view.lookForRuns();
        workbench.data().preflight().look();
    }
}
