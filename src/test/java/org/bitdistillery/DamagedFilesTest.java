package org.bitdistillery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bitdistillery.config.HeaderLine;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.config.TableFormat;
import org.bitdistillery.data.BadRow;
import org.bitdistillery.data.BpeTrainer;
import org.bitdistillery.data.ChatTemplate;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.data.table.ColumnGuess;
import org.bitdistillery.data.table.TableFile;
import org.bitdistillery.data.table.TableReader;
import org.bitdistillery.data.table.TableRow;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Seeded mutations of a file in each text format, of a tokenizer and of a model: it is read, or refused in a sentence;
/// nothing hangs, nothing else is thrown, and what is read is what stands there.
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DamagedFilesTest {

    /// 2,000 with `-Dbitdistillery.mutations=2000`; the usual build does fewer.
    private static final int MUTATIONS = Integer.getInteger("bitdistillery.mutations", 250);

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Reading {
        void read(Path file, byte[] bytes) throws IOException;
    }

    /// @return how many were read and not refused
    private int mutate(String name, byte[] original, Reading reading) throws IOException {
        Path file = folder.resolve(name);
        int read = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            byte[] bytes = Mutations.of(original, seed);
            Files.write(file, bytes);
            try {
                reading.read(file, bytes);
                read++;
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).as("seed " + seed).contains(name.substring(0, 4)).doesNotContain("\tat ", "Exception:");
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("seed " + seed + " of " + name, e);
            }
        }
        return read;
    }

    @Test
    void tsv() throws Exception {
        String text = "sentence\tlabel\tid\na lovely film .\t1\t0\nthe \"best, they said\t0\t1\ncrème brûlée\t1\t2\n";
        int read = mutate("rows.tsv", text.getBytes(StandardCharsets.UTF_8), (file, bytes) -> {
            Table table = Table.read(file, TableFormat.TSV);
            String all = new String(bytes, StandardCharsets.UTF_8);
            assertThat(table.rows()).allSatisfy(row -> assertThat(all).contains(String.join("\t", row.cells())));
        });
        assertThat(read).isGreaterThan(MUTATIONS / 2);
    }

    @Test
    void csv() throws Exception {
        String text = "id,sentence,label\n0,\"a, \"\"lovely\"\"\nfilm\",1\n1,dull,0\n2,\"crème\",1\n";
        int read = mutate("rows.csv", text.getBytes(StandardCharsets.UTF_8), (file, bytes) -> {
            Table table = Table.read(file, TableFormat.CSV);
            String all = new String(bytes, StandardCharsets.UTF_8).replace("\"", "").replace("\r\n", "\n");
            assertThat(table.rows().stream().flatMap(row -> row.cells().stream()))
                    .allSatisfy(cell -> assertThat(all).contains(cell.replace("\"", "").replace("\r\n", "\n")));
        });
        assertThat(read).isGreaterThan(MUTATIONS / 4);
    }

    @Test
    void jsonLines() throws Exception {
        String text = "{\"text\": \"a lovely film\", \"label\": 1}\n{\"text\": \"crème \\u00e9\", \"label\": 0, \"more\": {\"deep\": [1, 2]}}\n"
                + "{\"text\": \"third\", \"label\": null}\n";
        int read = mutate("rows.jsonl", text.getBytes(StandardCharsets.UTF_8), (file, bytes) -> {
            Table table = Table.read(file, TableFormat.JSONL);
            String[] lines = new String(bytes, StandardCharsets.UTF_8).replace("\uFEFF", "").split("\n");
            int column = table.columns().indexOf("text");
            for (TableRow row : table.rows()) {
                JsonNode same = JsonMapper.shared().readTree(lines[Integer.parseInt(row.where().replace("line ", "")) - 1]).path("text");
                if (column >= 0 && same.isString()) {
                    assertThat(row.cells().get(column)).isEqualTo(same.asString());
                }
            }
        });
        assertThat(read).isGreaterThan(MUTATIONS / 4);
    }

    @Test
    void json() throws Exception {
        String text = "[{\"text\": \"a lovely film\", \"label\": 1}, {\"text\": \"dull\", \"label\": 0}]";
        mutate("rows.json", text.getBytes(StandardCharsets.UTF_8), (file, _) -> Table.read(file, TableFormat.AUTO));
    }

    @Test
    void tokenizerJson() throws Exception {
        byte[] original = BpeTrainer.train(List.of("low lower lowest new newer newest wide wider widest"), 270).getBytes(StandardCharsets.UTF_8);
        mutate("tokenizer.json", original, (file, _) -> {
            try (TextTokenizer tokenizer = TextTokenizer.load(file.getParent())) {
                int[] ids = tokenizer.encode("the lowest, é 1");
                assertThat(IntStream.of(ids)).allMatch(id -> id >= 0 && id < tokenizer.vocabularySize());
                tokenizer.decode(ids);
            }
        });
    }

    @Test
    void configJson() throws Exception {
        ConfigJson.write(folder, Architecture.llama(512, 64, 5, 8, 4, 8, 172, 512, 1e-5, 1e4, true, SubLnPlacement.OFF, 1, 2),
                LinearMode.FULL, DType.F16);
        byte[] original = Files.readAllBytes(folder.resolve("config.json"));
        mutate("config.json", original, (file, _) -> {
            Architecture shape = ConfigJson.read(file.getParent());
            ConfigJson.readMode(file.getParent());
            assertThat(shape.heads() % shape.keyValueHeads()).isZero();
            assertThat(ParameterSpec.of(shape).stream().mapToDouble(ParameterSpec::elements).sum()).isPositive();
        });
    }

    @Test
    void tokenizerConfigJson() throws Exception {
        ConfigJson.write(folder, Architecture.llama(512, 64, 5, 8, 4, 8, 172, 512, 1e-5, 1e4, true, SubLnPlacement.OFF, 1, 2),
                LinearMode.FULL, DType.F16);
        String text = "{\"add_bos_token\": true, \"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\", \"added_tokens_decoder\":"
                + " {\"1\": {\"content\": \"<s>\"}, \"2\": {\"content\": \"</s>\"}}, \"chat_template\": \"{% for m in messages %}{{ m.content }}"
                + "{% endfor %}\"}";
        int read = mutate("tokenizer_config.json", text.getBytes(StandardCharsets.UTF_8), (file, _) -> {
            Architecture shape = ConfigJson.read(file.getParent());
            assertThat(shape.bosTokenId()).isBetween(-1, 511);
            assertThat(shape.endTokenIds()).allMatch(id -> id >= 0 && id < 512);
            ChatTemplate.of(file.getParent()).ifPresent(template -> template.question("why"));
        });
        assertThat(read).isGreaterThan(MUTATIONS / 25);
    }

    @Test
    void safetensors() throws Exception {
        String header = "{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"b.bias\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[24,32]}}   ";
        byte[] original = new byte[8 + header.length() + 32];
        original[0] = (byte) header.length();
        System.arraycopy(header.getBytes(StandardCharsets.US_ASCII), 0, original, 8, header.length());
        for (int i = 0; i < 32; i++) {
            original[8 + header.length() + i] = (byte) (i * 7);
        }
        mutate("model.safetensors", original, (file, bytes) -> {
            try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
                tensors.tensors().values().forEach(info -> {
                    assertThat(tensors.data(info.name()).byteSize()).isEqualTo(info.byteSize()).isLessThanOrEqualTo(bytes.length);
                    assertThat(tensors.data(info.name()).toArray(ValueLayout.JAVA_BYTE)).hasSize((int) info.byteSize());
                });
            }
        });
    }

    private record Table(List<String> columns, List<TableRow> rows) {

        static Table read(Path file, TableFormat format) {
            TableFile table = TableFile.of(file, format, HeaderLine.GUESS);
            List<TableRow> rows = new ArrayList<>();
            ColumnGuess.of(table);
            try (TableReader reader = table.rows()) {
                boolean more = true;
                while (more) {
                    try {
                        TableRow row = reader.next();
                        more = row != null;
                        if (more) {
                            assertThat(row.cells()).hasSameSizeAs(table.columns());
                            rows.add(row);
                        }
                    } catch (BadRow e) {
                        assertThat(e.getMessage()).contains("rows.");
                    }
                }
            }
            return new Table(table.columns(), rows);
        }
    }
}
