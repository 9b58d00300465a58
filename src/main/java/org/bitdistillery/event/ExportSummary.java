package org.bitdistillery.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/// An export that passed its gate.
///
/// @param format                     as `export --format` names it
/// @param path                       of its folder; relative where it lies in the run's
/// @param bytes                      of all files of the folder together
/// @param maxRelativeLogitDifference of this program's reading of the files
/// @param engineAgreement            share of rows that the engine answers from these files as the student does, 0..1
/// @param comparedRows               rows answered
/// @param readings                   what each reader said; null in results of older versions
/// @param files                      the weights, with their hashes; null in results of older versions
/// @param notes                      what the user should know, for example of a license; null in results of older versions
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExportSummary(
        String format, String path, long bytes, double maxRelativeLogitDifference, double engineAgreement, int comparedRows,
        List<GateReading> readings, List<ExportedFile> files, List<String> notes) {

    public ExportSummary(String format, String path, long bytes, double maxRelativeLogitDifference, double engineAgreement, int comparedRows) {
        this(format, path, bytes, maxRelativeLogitDifference, engineAgreement, comparedRows, null, null, null);
    }
}
