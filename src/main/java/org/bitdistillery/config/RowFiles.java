package org.bitdistillery.config;

/// How the files of a task are read and divided.
///
/// @param devShare  of the training file's rows, where no dev file is named; test likewise
public record RowFiles(
        @Setting(label = "Format", help = "Auto goes by the file's name and beginning; .gz and .zst are unpacked.", advanced = true)
                TableFormat format,
        @Setting(label = "Header line", help = "Of TSV and CSV. Without one, columns are called 1, 2, 3 ...", advanced = true)
                HeaderLine header,
        @Setting(label = "Share for dev", help = "Of the training rows, where no dev file is named; drawn by the seed, label by label.",
                        min = 0, max = 0.9)
                double devShare,
        @Setting(label = "Share for test", help = "The same for the test rows.", min = 0, max = 0.9) double testShare,
        @Setting(label = "Bad rows", help = "Of each file that may be left out; one more stops the run.", unit = "rows", min = 0)
                int badRows,
        @Setting(label = "Drop repeated rows", help = "Leaves training rows out whose text is among the dev or test rows.")
                boolean dropRepeated) {

    public static final RowFiles DEFAULTS = new RowFiles(TableFormat.AUTO, HeaderLine.GUESS, 0.1, 0.1, 0, false);
}
