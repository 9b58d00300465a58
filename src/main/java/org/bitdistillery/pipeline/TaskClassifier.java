package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.TaskEncoder;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.export.ModelCompanions;
import org.bitdistillery.inference.CausalModel;

/// Answers a classification's texts with a model on the CPU, by the prompts and label tokens that the model was trained and evaluated with.
///
/// Not for use by several threads at once.
public final class TaskClassifier implements AutoCloseable {

    private final Task task;
    private final List<String> labels;
    private final List<String> words;
    private final TextTokenizer tokenizer;
    private final TaskEncoder encoder;
    private final CausalModel model;
    private final EngineReader reader;

    /// What a model says to a text.
    ///
    /// @param label         the likeliest one as the task's files have it
    /// @param word          what the model answers for it
    /// @param probabilities by word, in the order of the task's labels: `softmax` over the labels alone, they add up to 1
    /// @param promptTokens  that the text became with the task's prompt around it, cut where it was too long
    /// @param seconds       from the text to the answer
    public record Answer(String label, String word, Map<String, Double> probabilities, int promptTokens, double seconds) {}

    /// @param model   a Hugging Face folder, a packed file or a GGUF file
    /// @param threads 0 for every core
    /// @throws InvalidInput where the task is no classification, the model cannot be read, or its tokenizer is missing or does not suit
    ///                      the task
    public static TaskClassifier open(Path model, Task task, int threads) {
        requireClassification(task);
        return ModelCompanions.read(model, folder -> new TaskClassifier(model, task, threads, folder));
    }

    /// @throws InvalidInput where the task is another one
    public static void requireClassification(Task task) {
        if (task.kind() != Task.Kind.CLASSIFICATION) {
            throw new InvalidInput("task.kind is generation, whose answers are texts and no labels: name a classification, or use generate.");
        }
    }

    private TaskClassifier(Path path, Task task, int threads, Path companions) {
        this.task = task;
        labels = List.copyOf(task.labels().keySet());
        words = List.copyOf(task.labels().values());
        tokenizer = TextTokenizer.load(companions);
        CausalModel engine = null;
        try {
            engine = CausalModel.load(path, threads);
            encoder = TaskInputs.encoder(task, tokenizer, companions, engine.architecture());
            reader = new EngineReader(engine, task.maxTokens());
            this.model = engine;
        } catch (RuntimeException e) {
            if (engine != null) {
                engine.close();
            }
            tokenizer.close();
            throw e;
        }
    }

    public CausalModel model() {
        return model;
    }

    /// @param pair the second text of a task of pairs, else empty
    /// @throws InvalidInput where a text is missing or one too many
    public Answer classify(String text, String pair) {
        long begin = System.nanoTime();
        int[] prompt = encoder.prompt(row(text.strip(), pair.strip()));
        double[] shares = softmax(reader.scores(prompt, encoder.answers()));
        Map<String, Double> probabilities = new LinkedHashMap<>();
        int best = 0;
        for (int label = 0; label < shares.length; label++) {
            probabilities.put(words.get(label), shares[label]);
            best = shares[label] > shares[best] ? label : best;
        }
        return new Answer(labels.get(best), words.get(best), probabilities, prompt.length, (System.nanoTime() - begin) / 1e9);
    }

    private TaskRow row(String text, String pair) {
        boolean pairs = !task.pairColumns().isEmpty();
        if (text.isEmpty()) {
            throw new InvalidInput("The text to classify is empty: give it some words.");
        }
        if (pairs == pair.isEmpty()) {
            throw new InvalidInput(pairs ? "The task asks about pairs of texts (task.pairColumns): give the second text, too."
                    : "The task asks about single texts (task.pairColumns is empty): leave the second text out.");
        }
        return TaskRow.labeled(text, pair, TaskRow.NO_LABEL);
    }

    private static double[] softmax(double[] scores) {
        double largest = Arrays.stream(scores).max().orElseThrow();
        double[] shares = Arrays.stream(scores).map(score -> Math.exp(score - largest)).toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    @Override
    public void close() {
        reader.close();
        tokenizer.close();
    }
}
