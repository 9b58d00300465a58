package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.Example;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskEncoder;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;

/// The task's rows as token sequences of one model family.
///
/// @param answers answer tokens by label index
record TaskInputs(
        TextTokenizer tokenizer, List<int[]> answers, List<Example> train, List<Example> dev, List<Example> test)
        implements AutoCloseable {

    /// @param model a folder with the tokenizer and the ids of its special tokens
    static TaskInputs load(Task task, TaskData rows, Path model) {
        Architecture architecture = ConfigJson.read(model);
        TextTokenizer tokenizer = TextTokenizer.load(model);
        try {
            TaskEncoder encoder = new TaskEncoder(tokenizer, task, architecture.bosTokenId(), -1);
            return new TaskInputs(
                    tokenizer, encoder.answers(), encoder.encode(rows.train()), encoder.encode(rows.dev()), encoder.encode(rows.test()));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
