package org.bitdistillery.llamacpp;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.SelfProcess;

/// [LlamaCpp] in a process of its own, which may crash or be killed without harm. One sequence is asked for at a time.
///
/// The protocol over the child's standard streams, big endian: first the child says a vocabulary size, or -1 and a sentence.
/// A request is a byte (1: logits, 2: tokens of a text) with a count, then the first index wanted and ints, or a text; an answer is a
/// count and floats or ints, or -1 and a sentence.
public final class LlamaProcess implements AutoCloseable {

    private static final int LOGITS = 1;
    private static final int TOKENS = 2;
    private static final int REFUSED = -1;

    private final Process process;
    private final Path errors;
    private final DataInputStream answers;
    private final DataOutputStream requests;
    private final String program;
    private final String fileName;
    private final int vocabularySize;

    /// Starts the process and loads the model there.
    ///
    /// @throws InvalidInput where llama.cpp does not load the file or dies of it
    public LlamaProcess(LlamaLibrary library, Path gguf, int contextTokens, int threads) {
        program = library.name();
        fileName = gguf.getFileName().toString();
        try {
            errors = Files.createTempFile("llama", ".err");
            process = SelfProcess.command(LlamaProcess.class.getName(), List.of(), library.file().toString(), library.name(),
                    gguf.toAbsolutePath().toString(), Integer.toString(contextTokens), Integer.toString(threads))
                    .redirectError(errors.toFile()).start();
        } catch (IOException e) {
            throw new InvalidInput("A process for llama.cpp cannot be started (" + e.getMessage() + "): free some memory.", e);
        }
        answers = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        try {
            vocabularySize = count();
        } catch (IOException e) {
            close();
            throw died(e);
        } catch (InvalidInput e) {
            close();
            throw e;
        }
    }

    public int vocabularySize() {
        return vocabularySize;
    }

    /// Logits after the tokens of a new sequence, handed over one by one in their order.
    ///
    /// @param from index of the first token whose logits are wanted
    /// @throws InvalidInput where llama.cpp fails
    public void logits(int[] tokens, int from, LogitConsumer consumer) {
        try {
            requests.writeByte(LOGITS);
            requests.writeInt(tokens.length);
            requests.writeInt(from);
            for (int token : tokens) {
                requests.writeInt(token);
            }
            requests.flush();
            count();
            float[] row = new float[vocabularySize];
            byte[] bytes = new byte[4 * vocabularySize];
            for (int i = from; i < tokens.length; i++) {
                answers.readFully(bytes);
                ByteBuffer.wrap(bytes).asFloatBuffer().get(row);
                consumer.accept(i, row);
            }
        } catch (IOException e) {
            throw died(e);
        }
    }

    /// Receives logits; the array is used again for the next token.
    @FunctionalInterface
    public interface LogitConsumer {
        void accept(int index, float[] logits);
    }

    /// Token ids of a text by the tokenizer inside the file, nothing added in front.
    ///
    /// @throws InvalidInput where llama.cpp fails
    public int[] tokenize(String text) {
        try {
            requests.writeByte(TOKENS);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            requests.writeInt(bytes.length);
            requests.write(bytes);
            requests.flush();
            int[] tokens = new int[count()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = answers.readInt();
            }
            return tokens;
        } catch (IOException e) {
            throw died(e);
        }
    }

    private int count() throws IOException {
        int count = answers.readInt();
        if (count == REFUSED) {
            throw new InvalidInput(answers.readUTF());
        }
        return count;
    }

    private InvalidInput died(IOException e) {
        return new InvalidInput(program + " ended without an answer while it worked on " + fileName
                + ": try a newer version, or export in another format.", e);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            Files.deleteIfExists(errors);
        } catch (IOException e) {
            errors.toFile().deleteOnExit();
        }
    }

    /// The inside of the process; arguments are library, its name, model, context and threads in this order.
    public static void main(String[] args) throws IOException {
        OutputStream answers = new FileOutputStream(FileDescriptor.out);
        // What native code prints must not get into the answers.
        System.setOut(System.err);
        serve(args, new DataInputStream(new BufferedInputStream(System.in)), new DataOutputStream(new BufferedOutputStream(answers, 1 << 16)));
        Runtime.getRuntime().halt(0);
    }

    private static void serve(String[] args, DataInputStream requests, DataOutputStream answers) throws IOException {
        LlamaLibrary library = new LlamaLibrary(Path.of(args[0]), args[1]);
        try (LlamaCpp llama = new LlamaCpp(library, Path.of(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]))) {
            answers.writeInt(llama.vocabularySize());
            answers.flush();
            while (true) {
                answer(llama, requests.readUnsignedByte(), requests, answers);
                answers.flush();
            }
        } catch (EOFException e) {
            // The parent has closed the stream: done.
        } catch (InvalidInput e) {
            answers.writeInt(REFUSED);
            answers.writeUTF(e.getMessage());
            answers.flush();
        }
    }

    private static void answer(LlamaCpp llama, int request, DataInputStream requests, DataOutputStream answers) throws IOException {
        int length = requests.readInt();
        if (request == LOGITS) {
            int from = requests.readInt();
            int[] tokens = new int[length];
            for (int i = 0; i < length; i++) {
                tokens[i] = requests.readInt();
            }
            llama.reset();
            float[][] logits = llama.evaluateFrom(from, tokens);
            answers.writeInt(logits.length);
            ByteBuffer bytes = ByteBuffer.allocate(4 * llama.vocabularySize());
            for (float[] row : logits) {
                bytes.asFloatBuffer().put(row);
                answers.write(bytes.array());
            }
        } else {
            int[] tokens = llama.tokenize(new String(read(requests, length), StandardCharsets.UTF_8));
            answers.writeInt(tokens.length);
            for (int token : tokens) {
                answers.writeInt(token);
            }
        }
    }

    private static byte[] read(InputStream stream, int length) throws IOException {
        byte[] bytes = stream.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
