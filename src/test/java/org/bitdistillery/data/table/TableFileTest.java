package org.bitdistillery.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.bitdistillery.config.HeaderLine;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.TableFormat;
import org.bitdistillery.data.BadRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableFileTest {

    @TempDir
    Path folder;

    @Test
    void tsvTakesQuotesAsTheyStandAndSkipsBlankLines() throws Exception {
        Path file = write("a.tsv", "\uFEFFid\tsentence\r\n1\tthe \"best film\r\n\r\n2\tcrème\r\n");
        assertThat(table(file).columns()).containsExactly("id", "sentence");
        assertThat(rows(file)).containsExactly(
                new TableRow("line 2", List.of("1", "the \"best film")), new TableRow("line 4", List.of("2", "crème")));
    }

    @Test
    void csvKeepsLineBreaksQuotesAndSeparatorsInsideOfQuotes() throws Exception {
        Path file = write("a.csv", "text,label\n\"one\ntwo, \"\"three\"\"\",1\nplain,0\n");
        assertThat(rows(file)).containsExactly(
                new TableRow("line 2", List.of("one\ntwo, \"three\"", "1")), new TableRow("line 4", List.of("plain", "0")));
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void theSeparatorOfCsvIsGuessed(String separator) throws Exception {
        Path file = write("a.csv", "text;label;n\na b;1;2\n\"c;d\";0;3\n".replace(";", separator));
        assertThat(table(file).columns()).containsExactly("text", "label", "n");
        assertThat(cells(file)).containsExactly(List.of("a b", "1", "2"), List.of("c" + separator + "d", "0", "3"));
    }

    @Test
    void jsonIsAnArrayALinePerObjectOrAnObjectAroundTheArray() throws Exception {
        List<List<String>> expected = List.of(List.of("a", "1", "x"), List.of("b", "", "[1,2]"));
        String first = "{\"text\": \"a\", \"label\": 1, \"more\": {\"deep\": \"x\"}}";
        String second = "{\"text\": \"b\", \"label\": null, \"more\": {\"deep\": [1, 2]}}";
        for (Path file : List.of(write("a.json", "[" + first + "," + second + "]"), write("b.jsonl", first + "\n\n" + second),
                write("c.json", first + "\n" + second + "\n"), write("d.txt", "{\"version\": 2, \"data\": [" + first + "," + second + "]}"))) {
            assertThat(table(file).columns()).as(file.toString()).containsExactly("text", "label", "more.deep");
            assertThat(cells(file)).as(file.toString()).isEqualTo(expected);
        }
    }

    /// Files written by DuckDB 1.4.4 (`COPY t TO ... (FORMAT parquet, COMPRESSION ...)`).
    @ParameterizedTest
    @ValueSource(strings = {"uncompressed", "snappy", "gzip", "zstd", "v2"})
    void parquetIsReadInEveryUsualCodecWithItsNulls(String name) throws Exception {
        Path file = resource(name + ".parquet");
        assertThat(table(file).columns()).containsExactly("idx", "sentence", "label", "score", "ok", "note");
        assertThat(cells(file)).containsExactly(
                List.of("0", "a lovely film .", "1", "0.5", "true", ""), List.of("1", "dull , \"so dull\"", "0", "-1.25", "false", "x"),
                List.of("2", "crème\nbrûlée 中文", "1", "3.0", "", "y"));
    }

    @Test
    void parquetRowsCrossRowGroupsAndBytesWithoutATypeAreText() throws Exception {
        Path groups = resource("groups.parquet");
        assertThat(table(groups).columns()).as("lists and structures are no columns").containsExactly("text", "label");
        List<List<String>> rows = cells(groups);
        assertThat(rows).hasSize(5000);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).containsExactly("document " + i, Integer.toString(i % 2));
        }
        assertThat(cells(resource("binary.parquet"))).containsExactly(List.of("bytes 0"), List.of("bytes 1"), List.of("bytes 2"));
    }

    @Test
    void aCodecThatIsMissingIsNamed() throws Exception {
        Path file = resource("lz4.parquet");
        assertThatThrownBy(() -> cells(file)).isInstanceOf(InvalidInput.class).hasMessageContainingAll("lz4.parquet", "LZ4", "zstd");
    }

    @Test
    void gzipAndZstandardAreUnpackedWhateverTheirName() throws Exception {
        byte[] text = "text\tlabel\nfine\t1\n".getBytes(StandardCharsets.UTF_8);
        Path gz = folder.resolve("a.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
            out.write(text);
        }
        Path zst = folder.resolve("b.tsv");
        try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(zst))) {
            out.write(text);
        }
        assertThat(cells(gz)).containsExactly(List.of("fine", "1"));
        assertThat(cells(zst)).containsExactly(List.of("fine", "1"));
        for (Path file : List.of(gz, zst)) {
            byte[] packed = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(packed, packed.length - 12));
            assertThatThrownBy(() -> cells(file)).isInstanceOf(InvalidInput.class).hasMessageContaining(file.toString());
        }
    }

    @Test
    void headersAreGuessedForTheLayoutsOfGlue() throws Exception {
        assertHeader(true, "sentence\tlabel\nhide new secretions\t0\n");
        assertHeader(true, "index\tquestion\tsentence\tlabel\n0\tWhen?\tThen.\tentailment\n");
        assertHeader(true, "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tA?\tB?\t0\n");
        assertHeader(true, "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t702876\t702977\tA .\tB .\n");
        assertHeader(true, "Urteil\tSatz\npositiv\tEin schöner, ruhiger und trauriger Film.\nnegativ\tEin viel zu langer Film.\n");
        assertHeader(false, "gj04\t1\t\tOur friends won't buy this analysis.\ngj04\t0\t*\tThey drank the pub.\n");
        assertHeader(false, "pos\tgreat\nneg\tbad\npos\tfine\n");
        assertHeader(false, "__label__1\tI bought this for my son and he has loved it ever since\n");
        Path cola = write("cola.tsv", "gj04\t1\t\tOur friends.\ngj04\t0\t*\tThey drank.\n");
        assertThat(table(cola).columns()).containsExactly("1", "2", "3", "4");
        assertThat(table(cola).reason()).contains("number 1");
        assertThat(TableFile.of(cola, TableFormat.AUTO, HeaderLine.YES).columns()).as("told, and a nameless column is its number")
                .containsExactly("gj04", "1", "3", "Our friends.");
    }

    @Test
    void aBadRowIsNamedAndTheNextOneIsRead() throws Exception {
        Path tsv = write("a.tsv", "text\tlabel\na\t1\nb\nc\t0\n");
        assertThat(problems(tsv)).singleElement().asString().contains("a.tsv, line 3", "1 tab-separated columns", "2");
        Path jsonl = write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \n[1]\n"
                + "{\"text\": \"b\", \"text\": \"c\"}\n{\"text\": \"d\"} e\n{\"text\": \"f\"}\n");
        assertThat(problems(jsonl)).hasSize(4).allMatch(message -> message.matches("(?s).*a\\.jsonl, line [2345] is n.*"));
        assertThat(cells(write("b.jsonl", "{\"text\": \"a\"}\n{\"text\": \"f\"}"))).containsExactly(List.of("a"), List.of("f"));
        Path latin = folder.resolve("latin.tsv");
        Files.write(latin, "text\tlabel\né\t1\nb\t0\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(latin)).singleElement().asString().contains("line 2 is not UTF-8");
        Path open = write("open.csv", "text,label\n\"a\",1\nb,\"0\nc,1\nd,0\n");
        assertThat(problems(open)).singleElement().asString().contains("open.csv, line 3 opens a quote");
    }

    @Test
    void whatCannotBeReadIsOneSentence() throws Exception {
        expect(folder.resolve("none.csv"), "does not exist");
        expect(write("empty.csv", ""), "empty data set");
        expect(write("sheet.csv", "PK\u0003\u0004..."), "save the sheet as CSV");
        expect(write("a.json", "[{\"text\": \"a\"}, {\"text\": "), "a.json, line 1 is not valid JSON");
        expect(write("b.json", "{\"text\": \n\"a\"}"), "no list of rows");
        expect(write("a.parquet", "PAR1 and then nothing"), "no Parquet file");
        expect(write("a.csv", "text,label\n\"a\" b,1\n"), "no correct CSV");
    }

    /// The numbers and hashes are those of Python's `csv` and `json` modules.
    @Test
    void realFilesAreReadLikeTheirReferenceReaders() throws Exception {
        Path data = Path.of("..", "shared", "data");
        assumeTrue(Files.exists(data), "needs ../shared/data");
        Path cnn = data.resolve("cnn-dailymail");
        assertThat(table(cnn.resolve("sample-200.csv")).columns()).containsExactly("1", "text", "y");
        assertThat(hash(cnn.resolve("sample-100.csv"), "highlights", 100)).startsWith("e99d495e4536");
        assertThat(hash(cnn.resolve("sample-200.csv"), "y", 200)).startsWith("d3238d41ab71");
        assertThat(hash(data.resolve("mnli/train.jsonl"), "hypothesis", 8999)).startsWith("3c714ffbd16b");
        assertThat(hash(data.resolve("mnli/dev.jsonl"), "hypothesis", 9815)).startsWith("c1392b1b7c38");
        assertThat(rows(data.resolve("sst2/train.tsv"))).hasSize(67_349);
    }

    private static String hash(Path file, String column, int rows) throws Exception {
        int index = table(file).columns().indexOf(column);
        List<List<String>> cells = cells(file);
        assertThat(cells).hasSize(rows);
        String all = cells.stream().map(row -> row.get(index)).collect(Collectors.joining("\0"));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8)));
    }

    private void assertHeader(boolean expected, String content) throws Exception {
        TableFile table = table(write("header.tsv", content));
        assertThat(table.header()).as(content + table.reason()).isEqualTo(expected);
        assertThat(table.reason()).isNotBlank();
    }

    private void expect(Path file, String part) {
        assertThatThrownBy(() -> cells(file)).isInstanceOf(InvalidInput.class)
                .hasMessageContainingAll(file.getFileName().toString(), part);
    }

    private Path write(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    private Path resource(String name) throws Exception {
        return Path.of(TableFileTest.class.getResource("/tables/" + name).toURI());
    }

    private static TableFile table(Path file) {
        return TableFile.of(file, TableFormat.AUTO, HeaderLine.GUESS);
    }

    private static List<List<String>> cells(Path file) {
        return rows(file).stream().map(TableRow::cells).toList();
    }

    private static List<TableRow> rows(Path file) {
        List<TableRow> rows = new ArrayList<>();
        try (TableReader reader = table(file).rows()) {
            for (TableRow row = reader.next(); row != null; row = reader.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<String> problems(Path file) {
        List<String> problems = new ArrayList<>();
        try (TableReader reader = table(file).rows()) {
            TableRow row = null;
            boolean more = true;
            while (more) {
                try {
                    row = reader.next();
                    more = row != null;
                } catch (BadRow e) {
                    problems.add(e.getMessage());
                }
            }
        }
        return problems;
    }
}
