package org.bitdistillery.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.Reports;
import org.bitdistillery.bench.Workload;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFolderTest {

    private final BenchmarkReport report = Reports.synthetic();

    @TempDir
    Path folder;

    @Test
    void theJsonReadsBackAsTheSameReport() {
        ReportFolder.write(folder, report);
        assertThat(ReportFolder.read(folder.resolve(ReportFolder.JSON))).isEqualTo(report);
    }

    @Test
    void everyChartIsAPictureThatPicturesCanBeReadFrom() throws Exception {
        ReportFolder.write(folder, report);
        assertThat(ReportFolder.charts(report)).containsOnlyKeys("ratios", "prefill", "decode", "scaling", "memory", "time");
        for (Map.Entry<String, Drawing> chart : ReportFolder.charts(report).entrySet()) {
            var image = ImageIO.read(folder.resolve(chart.getKey() + ".png").toFile());
            assertThat(image.getWidth()).isEqualTo((int) (2 * chart.getValue().width()));
            var svg = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(folder.resolve(chart.getKey() + ".svg").toFile());
            assertThat(svg.getDocumentElement().getChildNodes().getLength()).isGreaterThan(chart.getValue().shapes().size());
        }
    }

    @Test
    void theMarkdownHasVerdictDoubtsAndBothMemories() throws IOException {
        ReportFolder.write(folder, report);
        assertThat(Files.readString(folder.resolve(ReportFolder.MARKDOWN)))
                .contains("**student against fp16 with 2 threads: prefill 128 ", "decode 64 FASTER, 3.", "![Ratios with 95 % intervals](ratios.svg)")
                .contains("| decode 64 | 2 | student |", "| weight files, without embeddings |",
                        "firefox 7.0 %", "Energy: this machine exposes no RAPL counters.");
    }

    @Test
    void aFileThatIsNoReportIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), "{\"runs\": []}");
        assertThatThrownBy(() -> ReportFolder.read(file)).isInstanceOf(InvalidInput.class).hasMessageContaining("x.json");
        assertThatThrownBy(() -> ReportFolder.read(folder.resolve("none.json"))).isInstanceOf(InvalidInput.class);
    }

    /// All tiles together fill the model's rectangle, and none leaves it or lies on another.
    @Test
    void areasOfTheTreemapAreBytes() {
        Drawing drawing = MemoryCharts.treemap(report, 800, 300);
        List<Drawing.Box> tiles = drawing.shapes().stream().filter(Drawing.Box.class::isInstance).map(Drawing.Box.class::cast).toList();
        List<BenchmarkReport.Model> known = report.models().subList(0, 2);
        assertThat(tiles).hasSize(known.stream().mapToInt(model -> model.memory().tensors().size()).sum());
        double total = known.stream().flatMap(model -> model.memory().tensors().values().stream()).mapToLong(Long::longValue).sum();
        double scale = (800 - 22) * (300 - 26) / total;
        // The largest tile of the first model is its embedding; tiles have a seam of one pixel on each side.
        Drawing.Box largest = tiles.getFirst();
        assertThat((largest.width() + 2) * (largest.height() + 2)).isCloseTo((311L << 20) * scale, within(1.0));
        assertThat(tiles).allSatisfy(tile -> {
            assertThat(tile.x()).isBetween(0.0, 800.0);
            assertThat(tile.x() + tile.width()).isLessThanOrEqualTo(800.01);
            assertThat(tile.y()).isGreaterThanOrEqualTo(26);
            assertThat(tile.y() + tile.height()).isLessThanOrEqualTo(300.01);
        });
        for (int i = 0; i < tiles.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(overlap(tiles.get(i), tiles.get(j))).isFalse();
            }
        }
    }

    private static boolean overlap(Drawing.Box a, Drawing.Box b) {
        return a.width() > 0.1 && b.width() > 0.1 && a.height() > 0.1 && b.height() > 0.1
                && a.x() < b.x() + b.width() - 0.01 && b.x() < a.x() + a.width() - 0.01
                && a.y() < b.y() + b.height() - 0.01 && b.y() < a.y() + a.height() - 0.01;
    }

    @Test
    void aBarIsAsHighAsItsMedian() {
        Drawing drawing = SpeedCharts.bars(report, Workload.Kind.DECODE, 800, 300);
        List<Drawing.Box> bars = drawing.shapes().stream().filter(Drawing.Box.class::isInstance).map(Drawing.Box.class::cast)
                .filter(box -> box.opacity() < 1).toList();
        // Two workloads × two thread counts × three models, in this order.
        assertThat(bars).hasSize(12);
        Workload decode = new Workload(Workload.Kind.DECODE, 0, 64);
        double fp16 = report.speed("fp16", 2, decode).orElseThrow().median();
        double student = report.speed("student", 2, decode).orElseThrow().median();
        assertThat(bars.get(4).height() / bars.get(3).height()).isCloseTo(student / fp16, within(1e-9));
    }
}
