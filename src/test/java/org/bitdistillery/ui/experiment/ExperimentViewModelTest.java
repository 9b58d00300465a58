package org.bitdistillery.ui.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.SettingDescriptor;
import org.bitdistillery.config.Settings;
import org.junit.jupiter.api.Test;

class ExperimentViewModelTest {

    private final ExperimentViewModel experiment = new ExperimentViewModel();

    @Test
    void opensWithTheQuickStart() {
        assertThat(experiment.experimentProperty().get()).isEqualTo(ExperimentFile.quickstart());
        assertThat(experiment.validProperty().get()).isTrue();
        assertThat(experiment.editedProperty().get()).isFalse();
    }

    @Test
    void takesNumbersAsResearchersTypeThem() {
        experiment.set("distill.optimization.learningRate", "1e-4");
        assertThat(experiment.experimentProperty().get().distill().optimization().learningRate()).isEqualTo(1e-4);
        assertThat(experiment.text("distill.optimization.learningRate")).isEqualTo("1e-4");
        assertThat(experiment.editedProperty().get()).isTrue();
    }

    @Test
    void aWrongValueIsReportedAtItsFieldAndKeepsTheLastExperiment() {
        int batch = experiment.experimentProperty().get().distill().optimization().batchSize();
        experiment.set("distill.optimization.batchSize", "many");
        assertThat(experiment.problems()).containsOnlyKeys("distill.optimization.batchSize");
        assertThat(experiment.validProperty().get()).isFalse();
        assertThat(experiment.experimentProperty().get().distill().optimization().batchSize()).isEqualTo(batch);
        assertThatThrownBy(experiment::toJson).isInstanceOf(ConfigException.class);
        experiment.set("distill.optimization.batchSize", "8");
        assertThat(experiment.problems()).isEmpty();
        assertThat(experiment.experimentProperty().get().distill().optimization().batchSize()).isEqualTo(8);
    }

    @Test
    void aProblemBetweenFieldsIsReportedToo() {
        experiment.set("task.source", "files");
        assertThat(experiment.problems()).containsOnlyKeys("task.train");
    }

    @Test
    void resetGoesBackToTheDefault() {
        experiment.set("distill.temperature", "7.5");
        assertThat(experiment.isDefault("distill.temperature")).isFalse();
        experiment.reset("distill.temperature");
        assertThat(experiment.text("distill.temperature")).isEqualTo("5");
        assertThat(experiment.isDefault("distill.temperature")).isTrue();
    }

    @Test
    void whatAFieldShowsReadsBackAsTheSameValue() {
        var before = experiment.experimentProperty().get();
        for (SettingDescriptor setting : Settings.all()) {
            experiment.set(setting.path(), experiment.text(setting.path()));
        }
        assertThat(experiment.problems()).isEmpty();
        assertThat(experiment.experimentProperty().get()).isEqualTo(before);
    }

    @Test
    void everySettingStandsOnExactlyOnePageOrIsItsSwitch() {
        Set<String> seen = new HashSet<>();
        for (FormSection section : FormSection.all()) {
            section.settings().forEach(setting -> assertThat(seen.add(setting.path())).as(setting.path()).isTrue());
            section.switchPath().ifPresent(seen::add);
        }
        List<String> all = Settings.all().stream().map(SettingDescriptor::path).toList();
        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void numbersAreShortAndExact() {
        assertThat(SettingValue.number(5e-5)).isEqualTo("5e-5");
        assertThat(SettingValue.number(1.25e-9)).isEqualTo("1.25e-9");
        assertThat(SettingValue.number(1e5)).isEqualTo("100000");
        assertThat(SettingValue.number(1e10)).isEqualTo("1e10");
        assertThat(SettingValue.number(0.05)).isEqualTo("0.05");
        assertThat(SettingValue.number(3)).isEqualTo("3");
        assertThat(SettingValue.number(0)).isEqualTo("0");
    }
}
