package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.Example;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskEncoder;
import org.bitdistillery.data.TaskPrompt;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;

/// The task's rows as token sequences of one model family.
///
/// @param answers answer tokens by label index; empty in a generation task
record TaskInputs(
        Task task, TextTokenizer tokenizer, List<int[]> answers, List<Example> train, List<Example> dev, List<Example> test)
        implements AutoCloseable {

    /// @param model a folder with the tokenizer and the ids of its special tokens
    static TaskInputs load(Task task, TaskData rows, Path model) {
        TextTokenizer tokenizer = TextTokenizer.load(model);
        try {
            TaskEncoder encoder = encoder(task, tokenizer, model);
            return new TaskInputs(
                    task, tokenizer, encoder.answers(), encoder.encode(rows.train()), encoder.encode(rows.dev()), encoder.encode(rows.test()));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /// A label's word needs no end: candidates are scored as wholes. A generated text has to end by itself, in a chat as its
    /// template ends a turn.
    static TaskEncoder encoder(Task task, TextTokenizer tokenizer, Path model) {
        return encoder(task, tokenizer, model, ConfigJson.read(model));
    }

    /// The same for a model whose weights stand elsewhere.
    ///
    /// @param companions folder with the tokenizer and perhaps a chat template
    static TaskEncoder encoder(Task task, TextTokenizer tokenizer, Path companions, Architecture architecture) {
        TaskPrompt prompt = TaskPrompt.of(task, companions, architecture.bosTokenId() >= 0);
        int turn = prompt.end(tokenizer);
        int eos = task.kind() != Task.Kind.GENERATION ? -1 : architecture.ends(turn) ? turn : architecture.eosTokenId();
        return new TaskEncoder(tokenizer, task, prompt, architecture.bosTokenId(), eos);
    }

    /// A task's prompt as a model gets it, with the places for the texts.
    static String prompt(Task task, Path model) {
        return TaskPrompt.of(task, model, ConfigJson.read(model).bosTokenId() >= 0).text();
    }

    boolean isGeneration() {
        return task.kind() == Task.Kind.GENERATION;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
