package org.bitdistillery.ui.pictures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javafx.application.Platform;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javax.imageio.ImageIO;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.analysis.WeightHistory;
import org.bitdistillery.event.StageId;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.run.EventTail;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.ui.Theme;
import org.bitdistillery.ui.chart.ComparedRuns;
import org.bitdistillery.ui.chart.Curve;
import org.bitdistillery.ui.chart.CurveChart;
import org.bitdistillery.ui.chart.HistogramChart;

/// Draws what the window shows of runs into PNG files, without a screen: for each stage the loss of every run in one
/// picture, and of each run the weights of all projections at the end of the stage, with those of its beginning as an outline.
public final class RunPictures {

    private static final double WIDTH = 860;
    private static final double HEIGHT = 380;
    private static final double SMOOTHING = 0.9;
    /// Under this name the telemetry keeps all projections together.
    private static final String EVERYTHING = "all";

    private final Path to;
    private final List<Path> written = new ArrayList<>();

    private RunPictures(Path to) {
        this.to = to;
    }

    /// @param runs folders of at most [ComparedRuns#MOST] runs
    /// @param to   folder, which is made if it is missing
    /// @return the pictures
    /// @throws org.bitdistillery.config.InvalidInput where a folder holds no run or the pictures cannot be written
    public static List<Path> draw(List<Path> runs, Path to) {
        List<ComparedRuns.Run> read = new ArrayList<>();
        for (Path run : runs) {
            RunFolder folder = RunFolder.open(run);
            read.add(new ComparedRuns.Run(
                    run.toAbsolutePath().normalize().getFileName().toString(), RunHistory.of(EventTail.readAll(folder.events()))));
        }
        try {
            Files.createDirectories(to);
            startWithoutScreen();
            RunPictures pictures = new RunPictures(to);
            pictures.draw(new ComparedRuns(List.copyOf(read)));
            return List.copyOf(pictures.written);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(to, e);
        }
    }

    private static void startWithoutScreen() {
        System.setProperty("glass.platform", "Headless");
        System.setProperty("prism.order", "sw");
        System.setProperty("java.awt.headless", "true");
        CountDownLatch started = new CountDownLatch(1);
        try {
            Platform.startup(started::countDown);
            started.await();
        } catch (IllegalStateException e) {
            // JavaFX runs already, as it does in the window and in tests.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Platform.setImplicitExit(false);
    }

    private void draw(ComparedRuns runs) throws IOException {
        for (StageId stage : runs.stages()) {
            picture("loss-" + stage.key(), () -> losses(runs, stage));
            for (ComparedRuns.Run run : runs.runs()) {
                List<WeightHistory.Snapshot> snapshots =
                        run.history().weights(stage, EVERYTHING).map(WeightHistory::snapshots).orElse(List.of());
                if (!snapshots.isEmpty()) {
                    picture("weights-" + stage.key() + "-" + run.name(), () -> weights(run.name(), stage, snapshots));
                }
            }
        }
    }

    private static Node losses(ComparedRuns runs, StageId stage) {
        CurveChart chart = new CurveChart();
        List<Curve> curves = runs.curves(stage, Metric.TOTAL_LOSS, SMOOTHING);
        chart.setCurves(curves);
        FlowPane legend = new FlowPane(14, 4);
        curves.forEach(curve -> legend.getChildren().add(entry(curve)));
        return page(stage.title() + ": loss in nats over steps", legend, chart);
    }

    private static Node weights(String run, StageId stage, List<WeightHistory.Snapshot> snapshots) {
        WeightHistory.Snapshot first = snapshots.getFirst();
        WeightHistory.Snapshot last = snapshots.getLast();
        HistogramChart chart = new HistogramChart();
        chart.setHistogram(last.histogram(), first.histogram(), "at step " + first.step());
        Label figures = new Label(String.format(Locale.ROOT,
                "%s. Steps %d and %d: zero fraction %s and %s, mass within 5 %% of δ of a boundary %s and %s", run, first.step(), last.step(),
                Units.percent(first.histogram().zeroFraction()), Units.percent(last.histogram().zeroFraction()),
                Units.percent(first.histogram().boundaryMass()), Units.percent(last.histogram().boundaryMass())));
        figures.getStyleClass().add("muted");
        return page(stage.title() + ": latent weights of all projections", figures, chart);
    }

    private static Node entry(Curve curve) {
        Region swatch = new Region();
        swatch.getStyleClass().addAll("swatch", curve.color().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        Label name = new Label(curve.name());
        name.getStyleClass().add("muted");
        HBox entry = new HBox(6, swatch, name);
        entry.setAlignment(javafx.geometry.Pos.CENTER_LEFT);
        return entry;
    }

    private static Node page(String title, Node below, Region chart) {
        Label heading = new Label(title);
        heading.getStyleClass().add("card-title");
        VBox.setVgrow(chart, Priority.ALWAYS);
        VBox page = new VBox(8, heading, below, chart);
        page.getStyleClass().addAll("workbench", "picture");
        return page;
    }

    private void picture(String name, java.util.concurrent.Callable<Node> content) throws IOException {
        FutureTask<java.awt.image.BufferedImage> task = new FutureTask<>(() -> {
            Scene scene = new Scene((VBox) content.call(), WIDTH, HEIGHT);
            Theme.LIGHT.apply(scene);
            scene.getRoot().applyCss();
            scene.getRoot().layout();
            return SwingFXUtils.fromFXImage(scene.snapshot(null), null);
        });
        Platform.runLater(task);
        Path file = to.resolve(name + ".png");
        try {
            ImageIO.write(task.get(), "png", file.toFile());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the drawing was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The picture " + name + " cannot be drawn", e.getCause());
        }
        written.add(file);
    }
}
