package org.bitdistillery.data;

/// One task row after tokenization: what the model reads, what it should answer, and which label that answer is.
///
/// @param prompt token ids that are masked out of the loss, the beginning-of-sequence token included
/// @param answer token ids of the label word (and of the end-of-sequence token, where the vocabulary has one)
/// @param label  index into the task's labels
public record Example(int[] prompt, int[] answer, int label) {

    public int length() {
        return prompt.length + answer.length;
    }
}
