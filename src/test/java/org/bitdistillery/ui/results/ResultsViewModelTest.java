package org.bitdistillery.ui.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.bitdistillery.event.MetricScore;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.SamplePrediction;
import org.junit.jupiter.api.Test;

class ResultsViewModelTest {

    private final ResultsViewModel model = new ResultsViewModel(new Results(
            1, "news", score(0.31), score(0.2), score(0.305), null, null,
            List.of(new SamplePrediction("A long story.", "Short.", Map.of("fp16Sft", "Shorter.", "bitDistill", "Short."))), null, null,
            Map.of(), 1));

    @Test
    void generatedTextsAreComparedByRougeLsum() {
        assertThat(model.isGeneration()).isTrue();
        assertThat(model.metric()).isEqualTo("ROUGE-Lsum");
        assertThat(model.headlines()).extracting(ResultsViewModel.Headline::value).containsExactly("−0.5 pt", "+10.5 pt");
        assertThat(model.headlines().getFirst().detail()).isEqualTo("30.5 instead of 31.0");
        assertThat(model.headlines().getFirst().good()).isTrue();
        assertThat(model.intervals()).extracting(ResultsViewModel.Interval::value).containsExactly(0.31, 0.2, 0.305);
    }

    @Test
    void everyMetricHasARowWithItsIntervalAndTheStudentsGap() {
        assertThat(model.table()).extracting(ResultsViewModel.Row::name).containsExactly(
                "BLEU", "  95 % CI", "ROUGE-1", "  95 % CI", "ROUGE-2", "  95 % CI", "ROUGE-L", "  95 % CI",
                "ROUGE-Lsum", "  95 % CI", "Loss, nats");
        assertThat(model.table().get(8)).isEqualTo(new ResultsViewModel.Row("ROUGE-Lsum", "31.0", "20.0", "30.5", "−0.5 pt"));
        assertThat(model.table().get(9).fp16Sft()).isEqualTo("30.0–32.0");
    }

    @Test
    void samplesAreSourceReferenceAndAnswers() {
        ResultsViewModel.Sample sample = model.samples().getFirst();
        assertThat(sample.text()).isEqualTo("A long story.");
        assertThat(sample.label()).isEqualTo("Short.");
        assertThat(sample.answer("fp16Sft")).isEqualTo("Shorter.");
        assertThat(sample.answer("bitnetSft")).isEmpty();
    }

    private static ModelScore score(double rougeLsum) {
        Map<String, MetricScore> text = Map.of("bleu", metric(rougeLsum / 2), "rouge1", metric(rougeLsum), "rouge2", metric(rougeLsum / 3),
                "rougeL", metric(rougeLsum), "rougeLsum", metric(rougeLsum));
        return new ModelScore(null, null, null, null, text, 2.5, List.of());
    }

    private static MetricScore metric(double value) {
        return new MetricScore(value, List.of(value - 0.01, value + 0.01));
    }
}
