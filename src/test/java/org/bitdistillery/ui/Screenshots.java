package org.bitdistillery.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javafx.application.Platform;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.Scene;
import javafx.scene.image.WritableImage;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import org.bitdistillery.bench.Reports;
import org.bitdistillery.bench.report.ReportFolder;
import org.bitdistillery.hub.FakeHub;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.ui.SyntheticRun.Until;
import org.bitdistillery.ui.benchmark.BenchmarkViewModel;
import org.bitdistillery.ui.playground.ModelChoice;
import org.bitdistillery.ui.playground.PlaygroundViewModel;
import org.bitdistillery.ui.playground.PromptMode;
import org.bitdistillery.ui.run.RunPhase;

/// For developers: pictures of every screen, light and dark, small and large, without a display.
/// Arguments: the folder for the pictures and, if wanted, the part of a name that they must contain and the folder of a real
/// run, which is then the only one that is pictured, or a study's file and the folder beside which its runs are in `studies`.
public final class Screenshots {

    private static final int[][] SIZES = {{1280, 800}, {1920, 1080}};

    private final Path target;
    private final String wanted;
    private final Path runs;
    private Path studyFile;

    private Screenshots(Path target, String wanted, Path runs) throws IOException {
        this.target = Files.createDirectories(target);
        this.wanted = wanted;
        this.runs = runs;
    }

    public static void main(String[] args) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        Platform.startup(started::countDown);
        started.await();
        Platform.setImplicitExit(false);
        Path runs = args.length > 3 ? Path.of(args[3]) : Files.createTempDirectory("screenshots");
        Screenshots screenshots = new Screenshots(Path.of(args[0]), args.length > 1 ? args[1] : "", runs);
        if (args.length > 2) {
            screenshots.takeRun(Path.of(args[2]));
        } else {
            screenshots.takeAll();
        }
        Platform.exit();
        System.exit(0);
    }

    private void takeRun(Path run) throws Exception {
        for (int[] size : SIZES) {
            for (Theme theme : Theme.values()) {
                if (Files.isRegularFile(run)) {
                    studyFile = run;
                    take("studies-run", size, theme, null, null);
                    continue;
                }
                take("live-run", size, theme, run, "distill");
                take("results-run", size, theme, run, "evaluate");
                take("export-run", size, theme, run, "export");
                take("export-failed", size, theme, run, "export");
                take("playground-run", size, theme, run, null);
            }
        }
    }

    private void takeAll() throws Exception {
        Path failed = SyntheticRun.write(runs.resolve("20261121-171500-quickstart"), Until.FAILED);
        Path finished = SyntheticRun.write(runs.resolve("20261121-104200-quickstart"), Until.FINISHED);
        for (int[] size : SIZES) {
            for (Theme theme : Theme.values()) {
                take("start", size, theme, null, null);
                take("settings", size, theme, null, "distill");
                take("task", size, theme, null, "task");
                take("problem", size, theme, null, "teacher");
                take("running", size, theme, null, "distill");
                take("failed", size, theme, failed, "distill");
                take("results", size, theme, finished, "evaluate");
                take("live-finished", size, theme, finished, "pretrain");
                take("studies", size, theme, null, null);
                for (String state : List.of("data", "data-files", "data-busy", "data-failed")) {
                    take(state, size, theme, null, null);
                }
                take("preflight", size, theme, null, null);
                for (String state : List.of("playground-empty", "playground-busy", "playground-failed", "playground-done", "playground-task")) {
                    take(state, size, theme, null, null);
                }
                for (ModelsScene scene : ModelsScene.values()) {
                    takeModels(scene, size, theme);
                }
                for (String state : List.of("empty", "busy", "failed", "finished", "middle", "bottom")) {
                    take("benchmark-" + state, size, theme, state.equals("empty") ? null : finished, null);
                }
            }
        }
    }

    private void take(String name, int[] size, Theme theme, Path run, String page) throws Exception {
        String file = name + "-" + size[0] + "-" + theme.name().toLowerCase(java.util.Locale.ROOT) + ".png";
        if (!file.contains(wanted)) {
            return;
        }
        WorkbenchViewModel workbench = onFx(() -> new WorkbenchViewModel(
                new RunExecutor(_ -> new ProcessBuilder("sleep", "60")), runs, Platform::runLater));
        Stage stage = onFx(() -> {
            WorkbenchView view = new WorkbenchView(workbench);
            Stage window = new Stage();
            view.setTheme(theme);
            view.installIn(window, new Scene(view, size[0], size[1]));
            view.lookForRuns();
            window.show();
            return window;
        });
        if (page != null) {
            onFx(() -> {
                workbench.rail().sections().stream().filter(section -> section.key().equals(page)).findFirst()
                        .ifPresent(workbench.rail().selectedProperty()::set);
                return null;
            });
        }
        if (name.equals("problem")) {
            problem(workbench);
        }
        if (run != null) {
            onFx(() -> {
                workbench.openRun(run);
                return null;
            });
            waitFor(() -> workbench.run().phaseProperty().get().canResume() || workbench.run().phaseProperty().get() == RunPhase.FINISHED);
        }
        bringAlive(name, workbench, stage);
        if (name.startsWith("benchmark")) {
            onFx(() -> {
                showBenchmark(name, (WorkbenchView) stage.getScene().getRoot());
                return null;
            });
        }
        Thread.sleep(700);
        if (name.equals("benchmark-middle") || name.equals("benchmark-bottom")) {
            onFx(() -> {
                ((javafx.scene.control.ScrollPane) stage.getScene().lookup("#benchmark-results")).setVvalue(name.endsWith("middle") ? 0.5 : 1);
                return null;
            });
            Thread.sleep(300);
        }
        WritableImage image = onFx(() -> stage.getScene().snapshot(null));
        ImageIO.write(SwingFXUtils.fromFXImage(image, null), "png", target.resolve(file).toFile());
        onFx(() -> {
            stage.close();
            workbench.playground().close();
            workbench.run().close();
            return null;
        });
    }

    private void takeModels(ModelsScene scene, int[] size, Theme theme) throws Exception {
        String file = scene.fileName() + "-" + size[0] + "-" + theme.name().toLowerCase(java.util.Locale.ROOT) + ".png";
        if (!file.contains(wanted)) {
            return;
        }
        try (FakeHub server = new FakeHub()) {
            WorkbenchViewModel workbench = onFx(() -> new WorkbenchViewModel(
                    new RunExecutor(), runs, scene.hub(runs.resolve("home-" + scene), server), Platform::runLater));
            Stage stage = onFx(() -> {
                WorkbenchView view = new WorkbenchView(workbench);
                Stage window = new Stage();
                view.setTheme(theme);
                view.installIn(window, new Scene(view, size[0], size[1]));
                view.showPage("models");
                window.show();
                return window;
            });
            waitFor(() -> !workbench.models().loadingProperty().get());
            onFx(() -> {
                scene.begin(workbench.models(), stage.getScene());
                return null;
            });
            waitFor(() -> scene.isThere(workbench.models()));
            onFx(() -> {
                scene.goOn(workbench.models());
                return null;
            });
            Thread.sleep(1500);
            WritableImage image = onFx(() -> stage.getScene().snapshot(null));
            ImageIO.write(SwingFXUtils.fromFXImage(image, null), "png", target.resolve(file).toFile());
            onFx(() -> {
                workbench.models().download().cancel();
                stage.close();
                return null;
            });
        }
    }

    private static void export(Stage stage, boolean fails) throws Exception {
        onFx(() -> {
            ((javafx.scene.control.ToggleButton) stage.getScene().lookup("#tab-export")).setSelected(true);
            return null;
        });
        waitFor(() -> stage.getScene().lookup("#export-target") != null);
        onFx(() -> {
            ((javafx.scene.control.TableView<?>) stage.getScene().lookup("#export-formats")).getSelectionModel().select(fails ? 5 : 3);
            if (fails) {
                ((javafx.scene.control.TextField) stage.getScene().lookup("#export-library")).setText("/opt/bitnet/libllama.so");
            }
            ((javafx.scene.control.TextField) stage.getScene().lookup("#export-target"))
                    .setText(Files.createTempDirectory("screenshots").resolve("exported").toString());
            ((javafx.scene.control.Button) stage.getScene().lookup("#export-start")).fire();
            return null;
        });
        if (fails) {
            waitFor(() -> ((javafx.scene.control.Label) stage.getScene().lookup("#export-message")).getText().contains("libllama.so"));
        } else {
            waitFor(() -> stage.getScene().lookup("#export-readings") != null);
        }
        Thread.sleep(1000);
    }

    private static void data(String name, WorkbenchViewModel workbench, Stage stage) throws Exception {
        onFx(() -> {
            if (!name.equals("data")) {
                workbench.experiment().open(Path.of("sample-configs/tickets.json"));
            }
            if (name.equals("data-failed")) {
                workbench.experiment().set("task.train", "reviews/train.csv");
                workbench.experiment().set("task.chatTemplate", "on");
            }
            ((WorkbenchView) stage.getScene().getRoot()).showPage("data");
            return null;
        });
        waitFor(() -> name.equals("data-busy") || !workbench.data().report().busyProperty().get());
    }

    private static void problem(WorkbenchViewModel workbench) throws Exception {
        onFx(() -> {
            workbench.experiment().set("teacher.tokens", "-4");
            workbench.experiment().set("teacher.optimization.learningRate", "fast");
            return null;
        });
    }

    private static void playground(String name, WorkbenchViewModel workbench, Stage stage) throws Exception {
        PlaygroundViewModel playground = workbench.playground();
        onFx(() -> {
            ((WorkbenchView) stage.getScene().getRoot()).showPage("playground");
            return null;
        });
        if (name.equals("playground-empty")) {
            return;
        }
        ModelChoice starter = ModelChoice.of(Path.of("resources/starter-teacher"));
        List<ModelChoice> choices = onFx(workbench::playgroundChoices);
        onFx(() -> {
            playground.seats().getFirst().choiceProperty().set(choices.isEmpty() ? starter : choices.get(0));
            playground.seats().getLast().choiceProperty().set(choices.size() > 1 ? choices.get(1) : name.equals("playground-failed")
                    ? new ModelChoice("student", "runs/20261121-104200-quickstart/export/huggingface", "") : starter);
            playground.modeProperty().set(name.equals("playground-task") || name.equals("playground-run") ? PromptMode.TASK : PromptMode.TEXT);
            playground.sampling().tokensProperty().set(name.equals("playground-busy") ? "1000" : "48");
            playground.promptProperty().set(name.equals("playground-run") ? "A warm and funny film that never drags." : "The film was");
            playground.send();
            return null;
        });
        if (name.equals("playground-busy")) {
            waitFor(() -> playground.rounds().getFirst().answers().getFirst().textProperty().get().length() > 300);
            return;
        }
        waitFor(() -> !playground.busyProperty().get());
        onFx(() -> {
            playground.promptProperty().set(name.equals("playground-run") ? "The film was a disaster. I sulked all the way home." : "The waiter");
            playground.sampling().temperatureProperty().set(name.equals("playground-failed") ? "hot" : "0.9");
            playground.send();
            return null;
        });
        waitFor(() -> !playground.busyProperty().get());
    }

    private void bringAlive(String name, WorkbenchViewModel workbench, Stage stage) throws Exception {
        if (name.equals("running")) {
            onFx(() -> {
                workbench.start();
                Path folder = workbench.run().folder().orElseThrow().path();
                Files.writeString(folder.resolve("events.jsonl"), SyntheticRun.lines(SyntheticRun.eventsUntilNow(Until.DISTILLING)));
                return null;
            });
            waitFor(() -> workbench.run().phaseProperty().get() == RunPhase.RUNNING);
            Thread.sleep(1500);
        }
        if (name.startsWith("studies")) {
            onFx(() -> {
                ((javafx.scene.control.ToggleButton) stage.getScene().lookup("#page-studies")).setSelected(true);
                return null;
            });
        }
        if (name.startsWith("studies-run")) {
            onFx(() -> {
                workbench.study().open(studyFile);
                return null;
            });
            waitFor(() -> workbench.study().reportProperty().get() != null);
            onFx(() -> {
                ((javafx.scene.control.TableView<?>) stage.getScene().lookup("#study-runs")).getSelectionModel().selectIndices(0, 1, 2, 3);
                return null;
            });
            Thread.sleep(4000);
        }
        if (name.equals("preflight")) {
            onFx(() -> {
                workbench.data().preflight().look();
                return null;
            });
            waitFor(() -> !workbench.data().preflight().busyProperty().get());
        }
        if (name.startsWith("data")) {
            data(name, workbench, stage);
        }
        if (name.startsWith("playground")) {
            playground(name, workbench, stage);
        }
        if (name.startsWith("export")) {
            export(stage, name.startsWith("export-failed"));
        }
        if (name.startsWith("live")) {
            onFx(() -> {
                ((javafx.scene.control.ToggleButton) stage.getScene().lookup("#tab-live")).setSelected(true);
                workbench.live().choose(org.bitdistillery.event.StageId.PRETRAIN);
                return null;
            });
        }
    }

    private static void showBenchmark(String name, WorkbenchView view) {
        BenchmarkViewModel benchmark = view.benchmark();
        view.showPage("benchmark");
        switch (name) {
            case "benchmark-busy" -> {
                benchmark.add("runs/20261121-104200-quickstart");
                benchmark.add("exports/student-tq2_0.gguf");
                benchmark.add("own:exports/student-tq2_0.gguf");
                benchmark.show((listener, _) -> {
                    listener.measured(7, 30,
                            "round 2/5 student, 2 threads: prefill 128 141, prefill 512 119, decode 64 61.0, decode 64 after 512 52.5 tokens/s");
                    LockSupport.parkNanos(3_000_000_000L);
                    return Reports.synthetic();
                });
            }
            case "benchmark-failed" -> {
                benchmark.add("runs/nowhere");
                benchmark.start();
            }
            case "benchmark-finished", "benchmark-middle", "benchmark-bottom" -> {
                benchmark.add("runs/20261121-104200-quickstart");
                try {
                    Path folder = Files.createTempDirectory("report");
                    ReportFolder.write(folder, Reports.synthetic());
                    benchmark.open(folder.resolve(ReportFolder.JSON));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            default -> { }
        }
    }

    private static void waitFor(BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!onFx(condition::getAsBoolean) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
    }

    private static <T> T onFx(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        Platform.runLater(task);
        return task.get();
    }
}
