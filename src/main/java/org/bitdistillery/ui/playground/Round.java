package org.bitdistillery.ui.playground;

import java.util.List;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.generation.TextAgreement;
import org.bitdistillery.ui.playground.Answer.Phase;

/// One prompt and what each model answered, one after the other.
///
/// @param pair the second text of a pair to classify, else empty
public record Round(String prompt, String pair, PromptMode mode, List<Answer> answers) {

    /// Whether there are two answers to compare.
    boolean isComparable() {
        return answers.size() > 1 && answers.stream().allMatch(answer -> answer.phaseProperty().get() == Phase.DONE);
    }

    /// What differs between the two answers.
    String comparison() {
        Answer left = answers.getFirst();
        Answer right = answers.getLast();
        String speed = left.speed() <= 0 || right.speed() <= 0 ? ""
                : " Here the right one made " + Units.ratio(right.speed() / left.speed()) + (mode == PromptMode.TASK ? " the texts" : " the tokens")
                        + " a second of the left one; the Bench page measures.";
        return agreement(left.textProperty().get(), right.textProperty().get()) + speed;
    }

    private String agreement(String left, String right) {
        if (mode == PromptMode.TASK) {
            return left.equals(right) ? "The same label." : "Another label.";
        }
        String words = TextAgreement.words(left, right);
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }
}
