package org.bitdistillery.event;

import com.fasterxml.jackson.annotation.JsonInclude;

/// What one reader of an export said, compared with the student.
///
/// @param reader            the program that loaded the files again
/// @param largestDifference of any logit, absolute
/// @param relativeDifference the same over the largest logit of the student
/// @param tokenAgreement    share of positions whose most likely token is the same, 0..1
/// @param perplexityRatio   perplexity of the compared tokens over the student's
/// @param answerAgreement   share of rows that are answered alike, 0..1; null where the task has no labels
/// @param accuracy          on these rows; null where the task has no labels
/// @param studentAccuracy   of the student on the same rows
/// @param tokens            positions compared
/// @param rows              rows answered
/// @param failure           why the gate is closed; null where this reading passes
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GateReading(
        String reader, double largestDifference, double relativeDifference, double tokenAgreement, double perplexityRatio,
        Double answerAgreement, Double accuracy, Double studentAccuracy, int tokens, int rows, String failure) {

    public boolean passed() {
        return failure == null;
    }
}
