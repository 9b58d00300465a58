package org.bitdistillery.ui.models;

import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.TitledPane;
import javafx.scene.control.Tooltip;
import javafx.scene.control.cell.CheckBoxTableCell;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.hub.DownloadPlan;
import org.bitdistillery.hub.DownloadProgress;
import org.bitdistillery.ui.models.DownloadViewModel.Row;
import org.bitdistillery.ui.models.DownloadViewModel.State;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// A download, from the name to the last byte. It goes on while other pages are shown.
final class DownloadPane extends VBox {

    private final DownloadViewModel download;
    private final VBox message = new VBox(8);
    private final Label facts = new Label();
    private final Label note = new Label();
    private final Label progressText = new Label();
    private final ProgressBar bar = new ProgressBar(0);
    private final Button action = new Button();
    private final Button cancel = new Button("Cancel", new FontIcon(Feather.X));

    DownloadPane(DownloadViewModel download, Runnable close) {
        this.download = download;
        setId("download-pane");
        getStyleClass().addAll("card", "details-card", "download-pane");
        setSpacing(12);
        facts.getStyleClass().add("muted");
        facts.setWrapText(true);
        facts.setMinHeight(Region.USE_PREF_SIZE);
        note.getStyleClass().add("muted");
        note.setWrapText(true);
        getChildren().addAll(header(close), nameRow(), suggestions(), server(), message, listed(facts), listed(files()), progress(), buttons(close));
        download.stateProperty().addListener((_, _, _) -> refresh());
        download.progressProperty().addListener((_, _, now) -> show(now));
        download.noteProperty().addListener((_, _, text) -> note.setText(text));
        refresh();
    }

    private Node header(Runnable close) {
        Label title = new Label("Download a model");
        title.getStyleClass().add("details-title");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button back = new Button(null, new FontIcon(Feather.X));
        back.setId("download-close");
        back.getStyleClass().addAll("button-icon", "flat");
        back.setTooltip(new Tooltip("Back to the models; a download goes on"));
        back.setOnAction(_ -> close.run());
        HBox line = new HBox(8, title, gap, back);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private Node nameRow() {
        TextField name = new TextField();
        name.setId("download-name");
        name.setPromptText("org/name or org/name@revision");
        name.textProperty().bindBidirectional(download.nameProperty());
        name.disableProperty().bind(busy());
        name.setOnAction(_ -> download.list());
        HBox.setHgrow(name, Priority.ALWAYS);
        Button list = new Button("List files", new FontIcon(Feather.LIST));
        list.setId("download-list");
        list.setMinWidth(USE_PREF_SIZE);
        list.disableProperty().bind(busy().or(Bindings.createBooleanBinding(
                () -> download.nameProperty().get().isBlank(), download.nameProperty())));
        list.setOnAction(_ -> download.list());
        return new HBox(8, name, list);
    }

    private Node suggestions() {
        FlowPane flow = new FlowPane(4, 2);
        Label words = new Label("Small ones:");
        words.getStyleClass().add("muted");
        flow.getChildren().add(words);
        for (String name : DownloadViewModel.suggestions()) {
            Hyperlink link = new Hyperlink(name);
            link.getStyleClass().add("suggestion");
            link.setOnAction(_ -> {
                download.nameProperty().set(name);
                download.list();
            });
            flow.getChildren().add(link);
        }
        BooleanBinding naming = Bindings.createBooleanBinding(() -> {
            State state = download.stateProperty().get();
            return state == State.NAMING || state == State.FAILED && download.planProperty().get() == null;
        }, download.stateProperty(), download.planProperty());
        flow.visibleProperty().bind(naming);
        flow.managedProperty().bind(naming);
        return flow;
    }

    private Node server() {
        TextField server = new TextField();
        server.setId("download-server");
        server.setPromptText("https://huggingface.co, or HF_ENDPOINT");
        server.textProperty().bindBidirectional(download.endpointProperty());
        server.disableProperty().bind(busy());
        Label help = new Label("Models go into the cache that Hugging Face's tools share. "
                + "A token is read from HF_TOKEN or the hub's token file, never from here; a proxy from HTTPS_PROXY.");
        help.getStyleClass().add("setting-help");
        help.setWrapText(true);
        TitledPane pane = new TitledPane("Another server", new VBox(6, server, help));
        pane.setId("download-server-pane");
        pane.getStyleClass().addAll("dense");
        pane.setAnimated(false);
        pane.setExpanded(!download.endpointProperty().get().isEmpty());
        return pane;
    }

    private Node files() {
        TableView<Row> table = new TableView<>(download.rows());
        table.setId("download-files");
        table.getStyleClass().add("dense");
        table.editableProperty().bind(busy().not());
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_NEXT_COLUMN);
        TableColumn<Row, Boolean> wanted = new TableColumn<>();
        wanted.setCellValueFactory(row -> row.getValue().wanted());
        wanted.setCellFactory(CheckBoxTableCell.forTableColumn(wanted));
        fixed(wanted, 38);
        TableColumn<Row, String> path = new TableColumn<>("File");
        path.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue().item().file().path()));
        TableColumn<Row, Long> size = new TableColumn<>("Size");
        size.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue().item().file().size()));
        size.setCellFactory(_ -> new TableCell<>() {
            @Override
            protected void updateItem(Long bytes, boolean empty) {
                super.updateItem(bytes, empty);
                setText(empty || bytes == null ? null : Units.bytes(bytes));
                setAlignment(Pos.CENTER_RIGHT);
            }
        });
        size.setStyle("-fx-alignment: center-right;");
        fixed(size, 84);
        TableColumn<Row, String> here = new TableColumn<>("Here");
        here.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(here(row.getValue().item())));
        fixed(here, 72);
        table.getColumns().add(wanted);
        table.getColumns().add(path);
        table.getColumns().add(size);
        table.getColumns().add(here);
        table.setMinHeight(120);
        table.setPrefHeight(240);
        VBox.setVgrow(table, Priority.ALWAYS);
        download.rows().addListener((javafx.collections.ListChangeListener<Row>) _ -> download.rows().forEach(
                row -> row.wanted().addListener((_, _, _) -> refresh())));
        return table;
    }

    private static String here(DownloadPlan.Item item) {
        return item.isPresent() ? "yes" : item.presentBytes() > 0 ? Math.floorDiv(100 * item.presentBytes(), item.file().size()) + " %" : "";
    }

    private static void fixed(TableColumn<?, ?> column, double width) {
        column.setMinWidth(width);
        column.setMaxWidth(width);
    }

    private Node progress() {
        bar.setId("download-bar");
        bar.setMaxWidth(Double.MAX_VALUE);
        progressText.setId("download-progress");
        VBox box = new VBox(6, bar, progressText, note);
        box.visibleProperty().bind(busy());
        box.managedProperty().bind(busy());
        note.managedProperty().bind(note.textProperty().isNotEmpty());
        return box;
    }

    private Node buttons(Runnable close) {
        action.setId("download-start");
        action.getStyleClass().add("accent");
        action.setOnAction(_ -> {
            switch (download.stateProperty().get()) {
                case DONE -> {
                    close.run();
                    download.startOver();
                }
                default -> download.retry();
            }
        });
        cancel.setId("download-cancel");
        cancel.setOnAction(_ -> download.cancel());
        cancel.visibleProperty().bind(busy());
        cancel.managedProperty().bind(busy());
        HBox row = new HBox(8, action, cancel);
        row.setAlignment(Pos.CENTER_LEFT);
        return row;
    }

    private void refresh() {
        State state = download.stateProperty().get();
        DownloadPlan plan = download.planProperty().get();
        message.getChildren().clear();
        if (!download.problemProperty().get().isEmpty()) {
            message.getChildren().add(ModelDetails.problem(download.problemProperty().get()));
        } else if (state == State.DONE) {
            message.getChildren().add(inset("inset-good", Feather.CHECK_CIRCLE, plan.model() + " has arrived and is in the list."));
        } else if (state == State.CANCELLED) {
            message.getChildren().add(inset("inset-warning", Feather.PAUSE_CIRCLE,
                    "Cancelled. What has arrived is kept; the download goes on from there."));
        } else if (plan != null && plan.concern() != null) {
            message.getChildren().add(inset("inset-warning", Feather.ALERT_TRIANGLE, plan.concern()));
        }
        message.setManaged(!message.getChildren().isEmpty());
        if (plan != null && state == State.DONE) {
            facts.setText("Commit " + plan.commit().substring(0, 8) + " from " + plan.server() + ".");
        } else if (plan != null) {
            facts.setText("Commit " + plan.commit().substring(0, 8) + " on " + plan.server()
                    + (plan.license() == null ? "" : ", license " + plan.license()) + ". " + Units.bytes(download.missingBytes()) + " to fetch, "
                    + Units.bytes(plan.freeBytes()) + " free on the disk."
                    + (plan.refused().isEmpty() ? "" : " Left out: " + plan.refused().size() + " files that could run code."));
        }
        if (state == State.LISTING) {
            bar.setProgress(ProgressBar.INDETERMINATE_PROGRESS);
            progressText.setText("Asking the server for the list of files…");
        } else if (state == State.CANCELLING) {
            progressText.setText("Ending…");
        }
        boolean offers = state == State.LISTED || state == State.CANCELLED || state == State.DONE || state == State.FAILED;
        action.setVisible(offers);
        action.setManaged(offers);
        action.setDisable(state == State.LISTED && download.rows().stream().noneMatch(row -> row.wanted().get()));
        action.setText(switch (state) {
            case DONE -> "Show the model";
            case FAILED -> "Try again";
            case CANCELLED -> "Go on";
            default -> download.missingBytes() == 0 ? "Complete the model" : "Download " + Units.bytes(download.missingBytes());
        });
        action.setGraphic(new FontIcon(state == State.DONE ? Feather.CHECK : state == State.FAILED ? Feather.ROTATE_CW : Feather.DOWNLOAD));
    }

    private void show(DownloadProgress now) {
        if (now != null) {
            bar.setProgress(now.fraction());
            progressText.setText(text(now));
        }
    }

    /// `41 %, 492 MiB of 1.11 GiB, 12.3 MiB/s, 50 s left · model.safetensors`.
    static String text(DownloadProgress now) {
        String left = now.secondsLeft() < 0 ? "" : ", " + Units.bytes(Math.round(now.bytesPerSecond())) + "/s, "
                + Units.duration(now.secondsLeft()) + " left";
        boolean checking = now.fileSize() > 0 && now.fileBytes() == now.fileSize();
        return (int) (100 * now.fraction()) + " %, " + Units.bytes(now.bytes()) + " of " + Units.bytes(now.size()) + left + "\n"
                + (checking ? "Checking " : "") + now.file();
    }

    static Node inset(String style, Feather icon, String sentence) {
        Label text = new Label(sentence);
        text.setWrapText(true);
        text.setMinHeight(Region.USE_PREF_SIZE);
        HBox.setHgrow(text, Priority.ALWAYS);
        HBox box = new HBox(10, new FontIcon(icon), text);
        box.getStyleClass().addAll("inset-message", style);
        return box;
    }

    private Node listed(Node node) {
        BooleanBinding listed = download.planProperty().isNotNull();
        node.visibleProperty().bind(listed);
        node.managedProperty().bind(listed);
        return node;
    }

    private BooleanBinding busy() {
        return Bindings.createBooleanBinding(() -> download.stateProperty().get().isBusy(), download.stateProperty());
    }
}
