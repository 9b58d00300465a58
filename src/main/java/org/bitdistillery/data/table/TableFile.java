package org.bitdistillery.data.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bitdistillery.config.HeaderLine;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.TableFormat;
import org.bitdistillery.data.BadRow;
import org.bitdistillery.data.InputFiles;

/// A file of rows: its format, its columns, and how both were found out. Reading the rows is [#rows()].
///
/// @param format    never [TableFormat#AUTO]
/// @param separator between the cells of a CSV file; a tab in TSV, 0 elsewhere
/// @param header    whether the first line names the columns
/// @param reason    why a first line was taken for a header or for a row; empty where that was told or cannot be a question
/// @param columns   never empty
public record TableFile(Path file, TableFormat format, char separator, boolean header, String reason, List<String> columns) {

    private static final int LOOKED_AT = 200;
    private static final int PROBE_BYTES = 1 << 18;

    /// Looks at the beginning of a file.
    ///
    /// @throws InvalidInput where it cannot be read or has nothing in it
    public static TableFile of(Path file, TableFormat wanted, HeaderLine header) {
        TableFormat format = wanted == TableFormat.AUTO ? guess(file) : wanted;
        if (format != TableFormat.PARQUET && probe(file).isBlank()) {
            throw new InvalidInput(file + " is an empty data set: it has not even a header line.");
        }
        TableFile table = switch (format) {
            case TSV -> records(file, format, '\t', header);
            case CSV -> records(file, format, Separator.guess(probe(file)), header);
            case JSON, JSONL -> new TableFile(
                    file, format, (char) 0, false, "", JsonTable.columns(file, format == TableFormat.JSONL, LOOKED_AT));
            case PARQUET -> parquet(file);
            case AUTO -> throw new IllegalStateException("guessed already");
        };
        if (table.columns.isEmpty()) {
            throw new InvalidInput(file + " is an empty data set: no row of it has a column.");
        }
        return table;
    }

    /// The rows from the first one on, the header left out.
    public TableReader rows() {
        try {
            return switch (format) {
                case TSV -> new RecordTable(file, new TsvReader(file), columns, header, "tab-separated");
                case CSV -> new RecordTable(file, new CsvRecords(file, separator), columns, header, "separated");
                case JSON, JSONL -> JsonTable.open(file, format == TableFormat.JSONL, columns);
                case PARQUET -> ParquetTable.open(file);
                case AUTO -> throw new IllegalStateException("guessed already");
            };
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static TableFile parquet(Path file) {
        try (ParquetTable table = ParquetTable.open(file)) {
            return new TableFile(file, TableFormat.PARQUET, (char) 0, false, "", table.columns());
        }
    }

    private static TableFile records(Path file, TableFormat format, char separator, HeaderLine wanted) {
        List<List<String>> first = new ArrayList<>();
        try (RecordReader reader = format == TableFormat.TSV ? new TsvReader(file) : new CsvRecords(file, separator)) {
            while (first.size() < LOOKED_AT) {
                RecordReader.Record row = reader.next();
                if (row == null) {
                    break;
                }
                if (!row.isBlank()) {
                    first.add(row.cells().stream().map(String::strip).toList());
                }
            }
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        } catch (BadRow e) {
            if (first.isEmpty()) {
                throw e;
            }
        }
        if (first.isEmpty()) {
            throw new InvalidInput(file + " is an empty data set: it has no rows.");
        }
        HeaderGuess guess = switch (wanted) {
            case YES -> new HeaderGuess(true, "");
            case NO -> new HeaderGuess(false, "");
            case GUESS -> HeaderGuess.of(first);
        };
        return new TableFile(file, format, separator, guess.header(), guess.reason(), names(first.getFirst(), guess.header()));
    }

    /// A column without a name, or with one that an earlier column has, is called by its number.
    private static List<String> names(List<String> first, boolean header) {
        Set<String> used = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            String name = header ? first.get(i) : "";
            String number = Integer.toString(i + 1);
            names.add(!name.isEmpty() && used.add(name) ? name : number);
        }
        return List.copyOf(names);
    }

    private static TableFormat guess(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceAll("\\.(gz|gzip|zst|zstd)$", "");
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "tsv", "tab" -> TableFormat.TSV;
            case "csv" -> TableFormat.CSV;
            case "jsonl", "ndjson" -> TableFormat.JSONL;
            case "parquet", "pq" -> TableFormat.PARQUET;
            default -> byContent(file);
        };
    }

    private static TableFormat byContent(Path file) {
        String text = probe(file).stripLeading();
        if (text.startsWith("PAR1")) {
            return TableFormat.PARQUET;
        }
        String line = text.lines().findFirst().orElse("");
        if (text.startsWith("{")) {
            return JsonTable.isLines(text) ? TableFormat.JSONL : TableFormat.JSON;
        }
        if (text.startsWith("[")) {
            return TableFormat.JSON;
        }
        return line.contains("\t") ? TableFormat.TSV : TableFormat.CSV;
    }

    /// The beginning of a file as text, what is no UTF-8 in it replaced.
    private static String probe(Path file) {
        InputFiles.regular(file);
        try (InputStream in = Files.size(file) == 0 ? InputStream.nullInputStream() : InputFiles.unpacked(file)) {
            return new String(in.readNBytes(PROBE_BYTES), StandardCharsets.UTF_8).replace("\uFEFF", "");
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }
}
