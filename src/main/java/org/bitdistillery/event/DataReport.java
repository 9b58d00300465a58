package org.bitdistillery.event;

import java.util.List;
import java.util.Map;

/// What a task's rows look like to the model that will learn from them.
///
/// @param splits    train, dev and test, as far as they could be read
/// @param prompts   a few training rows as the model sees them
/// @param mapping   what the columns of the training file seem to be
/// @param corpora   of the stages that train on text
/// @param problems  what kept parts of this report from being made, one sentence each
/// @param notes     what should be known of the rows
/// @param tokenizer whose tokens are counted; empty where there is none yet
public record DataReport(
        List<Split> splits, List<Prompt> prompts, Mapping mapping, List<CorpusFacts> corpora, List<String> problems,
        List<String> notes, String tokenizer) {

    /// @param file      empty for the starter data
    /// @param format    how the file is written; empty where the rows come from no file of their own
    /// @param header    whether its first line names the columns
    /// @param reason    why the first line was taken for a header or for a row
    /// @param preview   the first rows, cell by cell, in the order of the columns
    /// @param rows      good ones, before sampling
    /// @param problems  what is wrong with the first bad rows
    /// @param labels    rows by label word, in the order of the labels; empty in a generation task
    /// @param repeated  rows that ask what an earlier row of the split asks
    /// @param inTrain   rows that ask what a training row asks; 0 for the training rows
    /// @param lengths   in tokens; null where there is no tokenizer yet
    public record Split(
            String name, String file, String format, boolean header, String reason, List<String> columns, List<List<String>> preview,
            long rows, long badRows, List<String> problems, Map<String, Long> labels, long repeated, long inTrain, TokenLengths lengths) {}

    /// Lengths of prompt and answer together, before anything is cut.
    ///
    /// @param sampled rows that were measured: all of a small split, else a sample and the longest by characters
    /// @param binWidth tokens a bin
    /// @param bins     measured rows by length, from 0 on
    /// @param longest  the longest measured
    /// @param limit    tokens that the task lets a row have
    /// @param tooLong  measured rows of the sample that are longer than that
    public record TokenLengths(int sampled, int binWidth, List<Integer> bins, double mean, int longest, int limit, int tooLong) {}

    /// One row rendered.
    ///
    /// @param prompt what stands before the answer, shortened as the model gets it
    /// @param answer what the loss is taken on
    /// @param tokens of both together
    /// @param cut    tokens of the row that did not fit
    public record Prompt(String prompt, String answer, int tokens, int cut) {}

    /// @param layout   name of the layout that the columns are known from, for example `QNLI`; empty where they are guessed
    /// @param settings by dotted path, for example `task.textColumns`
    public record Mapping(String layout, Map<String, String> settings) {}

    /// @param stage  whose text it is
    /// @param tokens where they are counted already, else -1
    /// @param sample the beginning of its first document
    public record CorpusFacts(String stage, List<String> files, long bytes, long tokens, String sample) {}
}
