package org.bitdistillery.ui.models;

import java.util.Comparator;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.transformation.SortedList;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.ModelFacts;

/// The models that the library shows, one a row.
final class ModelTable extends TableView<LibraryModel> {

    /// @param use called on a double click or Enter
    ModelTable(ModelsViewModel models, Consumer<LibraryModel> use) {
        setId("models-table");
        getStyleClass().add("models-table");
        setColumnResizePolicy(CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        SortedList<LibraryModel> sorted = new SortedList<>(models.shown());
        sorted.comparatorProperty().bind(comparatorProperty());
        setItems(sorted);
        getColumns().add(text("Model", 192, LibraryModel::name));
        getColumns().add(text("Family", 78, model -> ModelText.known(model.facts().family())));
        getColumns().add(number("Parameters", 114, ModelFacts::parameters, (facts, _) -> facts.size()));
        getColumns().add(number("On disk", 92, ModelFacts::folderBytes, (_, bytes) -> Units.bytes(bytes)));
        getColumns().add(text("Type", 66, model -> ModelText.known(String.join(", ", model.facts().types()))));
        getColumns().add(text("License", 96, model -> ModelText.known(model.facts().license())));
        getColumns().add(badges());
        Label nothing = new Label();
        nothing.setWrapText(true);
        nothing.textProperty().bind(javafx.beans.binding.Bindings.createStringBinding(
                () -> models.loadingProperty().get() ? "Looking for models…" : "No model is like that. Change the search, or show all.",
                models.loadingProperty()));
        setPlaceholder(nothing);
        getSelectionModel().selectedItemProperty().addListener((_, _, model) -> {
            if (model != null) {
                models.selectedProperty().set(model);
            }
        });
        models.selectedProperty().addListener((_, _, model) -> select(model));
        setRowFactory(_ -> {
            TableRow<LibraryModel> row = new TableRow<>();
            row.setOnMouseClicked(event -> {
                if (event.getClickCount() == 2 && !row.isEmpty() && row.getItem().facts().canTeach()) {
                    use.accept(row.getItem());
                }
            });
            return row;
        });
        setOnKeyPressed(event -> {
            LibraryModel model = getSelectionModel().getSelectedItem();
            if (event.getCode() == KeyCode.ENTER && model != null && model.facts().canTeach()) {
                use.accept(model);
            }
        });
    }

    private void select(LibraryModel model) {
        if (model == null) {
            getSelectionModel().clearSelection();
        } else if (getSelectionModel().getSelectedItem() != model) {
            getSelectionModel().select(model);
            scrollTo(model);
        }
    }

    private static TableColumn<LibraryModel, String> text(String title, double width, Function<LibraryModel, String> text) {
        TableColumn<LibraryModel, String> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(text.apply(row.getValue())));
        column.setComparator(String.CASE_INSENSITIVE_ORDER);
        return column;
    }

    private interface Shown {
        String text(ModelFacts facts, long number);
    }

    private static TableColumn<LibraryModel, Long> number(String title, double width, Function<ModelFacts, Long> value, Shown shown) {
        TableColumn<LibraryModel, Long> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setStyle("-fx-alignment: center-right;");
        column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(value.apply(row.getValue().facts())));
        column.setComparator(Comparator.nullsFirst(Comparator.naturalOrder()));
        column.setCellFactory(_ -> new TableCell<>() {
            @Override
            protected void updateItem(Long number, boolean empty) {
                super.updateItem(number, empty);
                LibraryModel model = getTableRow() == null ? null : getTableRow().getItem();
                setText(empty || model == null ? null : number == null ? Units.UNKNOWN : shown.text(model.facts(), number));
                setAlignment(Pos.CENTER_RIGHT);
            }
        });
        return column;
    }

    private static TableColumn<LibraryModel, LibraryModel> badges() {
        TableColumn<LibraryModel, LibraryModel> column = new TableColumn<>("Here");
        column.setPrefWidth(126);
        column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
        column.setComparator(Comparator.comparing(model -> ModelText.badge(model).text()));
        column.setCellFactory(_ -> new TableCell<>() {
            @Override
            protected void updateItem(LibraryModel model, boolean empty) {
                super.updateItem(model, empty);
                setGraphic(empty || model == null ? null : badge(model));
            }
        });
        return column;
    }

    static Label badge(LibraryModel model) {
        ModelText.Badge badge = ModelText.badge(model);
        Label label = new Label(badge.text());
        label.getStyleClass().addAll("badge", "badge-" + badge.mood());
        label.setMinWidth(USE_PREF_SIZE);
        if (!model.facts().isUsable()) {
            label.setTooltip(new Tooltip(model.facts().problem()));
        }
        return label;
    }
}
