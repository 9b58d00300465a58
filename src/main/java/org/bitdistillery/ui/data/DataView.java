package org.bitdistillery.ui.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javafx.geometry.Bounds;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.DataReport;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The data page: columns and what they are for, rows, labels, lengths, and the prompts that the model will see.
public final class DataView extends ScrollPane {

    private static final String NONE = "(none)";
    private static final double SIDE = 0.42;

    private final DataViewModel data;
    private final VBox rows = new VBox(10);
    private final VBox side = new VBox(12);
    private final Label state = new Label();
    private String shown = "train";

    public DataView(DataViewModel data) {
        this.data = data;
        setId("data-page");
        getStyleClass().add("edge-to-edge");
        setFitToWidth(true);
        HBox.setHgrow(rows, Priority.ALWAYS);
        HBox body = new HBox(12, rows, side);
        VBox page = new VBox(12, head(), body);
        page.getStyleClass().add("page");
        page.minHeightProperty().bind(viewportBoundsProperty().map(Bounds::getHeight));
        rows.setMinWidth(0);
        side.setMinWidth(360);
        side.prefWidthProperty().bind(page.widthProperty().multiply(SIDE));
        side.maxWidthProperty().bind(side.prefWidthProperty());
        setContent(page);
        data.report().answerProperty().addListener(_ -> show());
        data.report().problemProperty().addListener(_ -> show());
        show();
        if (data.report().answerProperty().get() == null) {
            data.report().look();
        }
    }

    private Node head() {
        Label title = new Label("Data");
        title.getStyleClass().add("start-title");
        state.getStyleClass().add("muted");
        state.setId("data-state");
        state.setWrapText(true);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        ProgressIndicator busy = new ProgressIndicator();
        busy.setPrefSize(18, 18);
        busy.visibleProperty().bind(data.report().busyProperty());
        Button look = new Button("Look again", new FontIcon(Feather.REFRESH_CW));
        look.setId("data-look");
        look.setMinWidth(USE_PREF_SIZE);
        look.disableProperty().bind(data.report().busyProperty());
        look.setOnAction(_ -> data.report().look());
        HBox head = new HBox(10, title, state, gap, busy, look);
        head.setAlignment(Pos.CENTER_LEFT);
        return head;
    }

    private void show() {
        rows.getChildren().clear();
        side.getChildren().clear();
        DataReport report = data.report().answerProperty().get();
        if (report == null) {
            String problem = data.report().problemProperty().get();
            state.setText(problem.isEmpty() ? "Reading the files ..." : problem);
            return;
        }
        state.setText(report.tokenizer().isEmpty() ? "" : "Tokens of " + report.tokenizer());
        if (!report.problems().isEmpty()) {
            Label text = sentences(report.problems());
            text.setId("data-problems");
            HBox banner = new HBox(10, new FontIcon(Feather.ALERT_TRIANGLE), text);
            banner.getStyleClass().addAll("inset-message", "inset-error");
            rows.getChildren().add(banner);
        }
        if (!report.notes().isEmpty()) {
            side.getChildren().add(card("To know", sentences(report.notes())));
        }
        if (!report.splits().isEmpty()) {
            rows.getChildren().add(splits(report.splits()));
            List<String> columns = report.splits().getFirst().columns();
            if (!columns.isEmpty()) {
                side.getChildren().add(mapping(columns, report.mapping()));
            }
        }
        if (!report.prompts().isEmpty()) {
            side.getChildren().add(card("Prompts, the answer marked", report.prompts().stream().map(DataView::prompt).toArray(Node[]::new)));
        }
        for (DataReport.CorpusFacts corpus : report.corpora()) {
            Label sample = new Label(corpus.sample());
            sample.setWrapText(true);
            sample.getStyleClass().add("muted");
            String size = corpus.files().isEmpty() ? "starter" : corpus.files().size() + " files, " + Units.bytes(corpus.bytes());
            side.getChildren().add(card("Corpus of " + corpus.stage() + " · " + size, sample));
        }
    }

    private static Label sentences(List<String> lines) {
        Label text = new Label(String.join("\n", lines));
        text.setWrapText(true);
        text.setMinHeight(USE_PREF_SIZE);
        return text;
    }

    private Node splits(List<DataReport.Split> splits) {
        VBox content = new VBox();
        ToggleButton[] buttons = splits.stream().map(split -> {
            ToggleButton button = new ToggleButton("%s · %s".formatted(split.name(), Units.count(split.rows())));
            button.setId("split-" + split.name());
            button.setUserData(split);
            return button;
        }).toArray(ToggleButton[]::new);
        SegmentedButton segments = new SegmentedButton(buttons);
        segments.getToggleGroup().selectedToggleProperty().addListener((_, before, now) -> {
            if (now == null) {
                before.setSelected(true);
            } else {
                DataReport.Split split = (DataReport.Split) now.getUserData();
                shown = split.name();
                content.getChildren().setAll(new RowsPane(split));
            }
        });
        for (ToggleButton button : buttons) {
            button.setSelected(((DataReport.Split) button.getUserData()).name().equals(shown));
        }
        if (segments.getToggleGroup().getSelectedToggle() == null) {
            buttons[0].setSelected(true);
        }
        return new VBox(10, segments, content);
    }

    private Node mapping(List<String> columns, DataReport.Mapping suggestion) {
        GridPane grid = new GridPane();
        grid.setHgap(10);
        grid.setVgap(6);
        int row = 0;
        for (DataViewModel.Part part : data.parts()) {
            ComboBox<String> choice = new ComboBox<>();
            choice.setId("column-" + part.name().toLowerCase(java.util.Locale.ROOT));
            if (part == DataViewModel.Part.PAIR) {
                choice.getItems().add(NONE);
            }
            choice.getItems().addAll(columns);
            String column = data.column(part, columns);
            choice.setValue(column.isEmpty() && part == DataViewModel.Part.PAIR ? NONE : column);
            choice.setMaxWidth(Double.MAX_VALUE);
            choice.disableProperty().bind(data.experiment().readOnlyProperty());
            choice.setOnAction(_ -> {
                data.choose(part, choice.getValue().equals(NONE) ? "" : choice.getValue());
                data.report().look();
            });
            GridPane.setHgrow(choice, Priority.ALWAYS);
            String name = part.name().charAt(0) + part.name().substring(1).toLowerCase(java.util.Locale.ROOT);
            Label label = new Label(name);
            label.setMinWidth(USE_PREF_SIZE);
            grid.addRow(row++, label, choice);
        }
        List<Node> content = new ArrayList<>(List.of(grid));
        if (suggestion != null && !data.isAdopted(suggestion)) {
            content.add(suggestion(suggestion));
        }
        return card("Columns", content.toArray(Node[]::new));
    }

    private Node suggestion(DataReport.Mapping mapping) {
        StringBuilder words = new StringBuilder(mapping.layout().isEmpty() ? "They seem to be:" : "They look like " + mapping.layout() + ":");
        for (Map.Entry<String, String> setting : mapping.settings().entrySet()) {
            words.append("\n").append(setting.getKey().replace("task.", "")).append(" = ").append(setting.getValue().replace("\n", " ⏎ "));
        }
        Label text = new Label(words.toString());
        text.setWrapText(true);
        text.getStyleClass().add("muted");
        text.setMinHeight(USE_PREF_SIZE);
        Button use = new Button("Use these");
        use.setId("use-mapping");
        use.getStyleClass().add("small");
        use.setMinWidth(USE_PREF_SIZE);
        use.disableProperty().bind(data.experiment().readOnlyProperty());
        use.setOnAction(_ -> {
            data.adopt(mapping);
            data.report().look();
        });
        return new VBox(6, text, use);
    }

    private static Node prompt(DataReport.Prompt prompt) {
        Text text = new Text(prompt.prompt());
        text.getStyleClass().add("prompt-text");
        Label answer = new Label(prompt.answer());
        answer.getStyleClass().add("answer-span");
        answer.setWrapText(true);
        TextFlow flow = new TextFlow(text, answer);
        flow.getStyleClass().add("prompt");
        Label size = new Label("%,d tokens%s".formatted(prompt.tokens(), prompt.cut() == 0 ? "" : ", %,d more did not fit".formatted(prompt.cut())));
        size.getStyleClass().add("setting-help");
        return new VBox(2, flow, size);
    }

    static VBox card(String title, Node... body) {
        Label label = new Label(title);
        label.getStyleClass().add("card-title");
        VBox card = new VBox(8, label);
        card.getChildren().addAll(body);
        card.getStyleClass().add("card");
        return card;
    }
}
