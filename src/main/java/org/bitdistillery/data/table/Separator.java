package org.bitdistillery.data.table;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.Iterator;

/// What stands between the cells of a CSV file.
final class Separator {

    private static final String CANDIDATES = ",;\t|";
    private static final int LOOKED_AT = 20;

    private Separator() {}

    /// The candidate that gives the first rows the same number of cells, more than one; a comma where none does.
    static char guess(String text) {
        char best = ',';
        int bestScore = 0;
        for (char candidate : CANDIDATES.toCharArray()) {
            int score = score(text, candidate);
            if (score > bestScore) {
                bestScore = score;
                best = candidate;
            }
        }
        return best;
    }

    private static int score(String text, char separator) {
        Iterator<CsvRecord> records = CsvRecords.of(text, separator);
        int cells = 0;
        int equal = 0;
        try {
            for (int i = 0; i < LOOKED_AT && records.hasNext(); i++) {
                int count = records.next().getFieldCount();
                cells = i == 0 ? count : cells;
                equal += count == cells ? 1 : 0;
            }
        } catch (RuntimeException e) {
            // Not well formed with this separator: what was seen until here counts.
        }
        return cells < 2 ? 0 : equal;
    }
}
