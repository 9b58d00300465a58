package org.bitdistillery.ui.playground;

import java.util.List;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.generation.GenerationEvent.Answered;

/// One prompt and what each model answered, one after the other.
///
/// @param chat whether the prompt was asked as a question
public record Round(String prompt, boolean chat, List<Answer> answers) {

    boolean isOver() {
        return answers.stream().allMatch(answer -> answer.phaseProperty().get().isOver());
    }

    /// What differs between two answers, in a sentence; empty where there are no two.
    String comparison() {
        List<Answer> complete = answers.stream().filter(answer -> answer.answeredProperty().get() != null).toList();
        if (complete.size() < 2) {
            return "";
        }
        Answered first = complete.getFirst().answeredProperty().get();
        Answered second = complete.getLast().answeredProperty().get();
        String agreement = Character.toUpperCase(first.agreement(second).charAt(0)) + first.agreement(second).substring(1) + ".";
        if (first.tokensPerSecond() <= 0 || second.tokensPerSecond() <= 0) {
            return agreement;
        }
        return agreement + " In this answer the right one made " + Units.ratio(second.tokensPerSecond() / first.tokensPerSecond())
                + " the tokens a second of the left one; the Bench page measures.";
    }
}
