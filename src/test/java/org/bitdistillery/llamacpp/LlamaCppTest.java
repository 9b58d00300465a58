package org.bitdistillery.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.llamacpp.LlamaLibrary.Program;
import org.bitdistillery.quant.BlockFormats;
import org.bitdistillery.quant.TernaryFormats;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaCppTest {

    private static final Path GOLDEN = Path.of("../shared/data/golden-gguf");
    private static final int BLOCKS = 40;

    private static LlamaLibrary library;

    @TempDir
    private Path folder;

    @BeforeAll
    static void prepare() throws Throwable {
        library = LlamaLibrary.find(Program.LLAMA_CPP).orElse(null);
        assumeTrue(library != null, "no llama.cpp comes along for this machine");
        fillTables();
    }

    /// The files' `.txt` hold the largest logit after each token, printed by a program of its own that decoded token by token;
    /// a prompt at once is summed in another order.
    @ParameterizedTest
    @ValueSource(strings = {"tiny-bitnet-f16", "tiny-bitnet-tq1_0", "tiny-bitnet-tq2_0", "tiny-llama-tq2", "tiny-qwen3-f16"})
    void logitsAreThoseOfTheRecordedRun(String name) throws IOException {
        Path file = GOLDEN.resolve(name + ".gguf");
        assumeTrue(Files.exists(file), "needs " + GOLDEN + ", which is not there");
        assumeTrue(!name.contains("qwen3") || !library.isBundled(), "the llama.cpp that comes along does not know qwen3");
        int[] tokens = {104, 101, 108, 108, 111, 32, 119};
        Pattern line = Pattern.compile("after (\\d+): argmax (\\d+) logit (\\S+)");
        Matcher recorded = line.matcher(Files.readString(GOLDEN.resolve(name + ".txt")));
        try (LlamaProcess llama = new LlamaProcess(library, file, 64, 1)) {
            assertThat(llama.vocabularySize()).isEqualTo(512);
            llama.logits(tokens, 0, (i, logits) -> {
                assertThat(recorded.find()).isTrue();
                assertThat(Integer.parseInt(recorded.group(1))).isEqualTo(tokens[i]);
                assertThat(logits[Integer.parseInt(recorded.group(2))])
                        .as("after token %d", i).isCloseTo(Float.parseFloat(recorded.group(3)), within(0.015f));
            });
            assertThat(llama.tokenize("hello w")).containsExactly(tokens);
        }
    }

    @Test
    void whatLlamaCppRefusesIsSaidInItsOwnWords() throws IOException {
        Path file = folder.resolve("no.gguf");
        Files.writeString(file, "GGUF, but not really one of them");

        assertThatThrownBy(() -> new LlamaProcess(library, file, 64, 1).close())
                .isInstanceOf(InvalidInput.class).hasMessageMatching(".* does not load no\\.gguf \\(.*error.*");
        assertThatThrownBy(() -> LlamaLibrary.at(Program.LLAMA_CPP, folder.resolve("none.so")))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("none.so does not exist");
    }

    @Test
    void theLibraryOfEachSystemIsFound() {
        assertThat(LlamaLibrary.resource("Linux", "amd64")).isEqualTo("/de/kherud/llama/Linux/x86_64/libjllama.so");
        assertThat(LlamaLibrary.resource("Mac OS X", "aarch64")).isEqualTo("/de/kherud/llama/Mac/aarch64/libjllama.dylib");
        assertThat(LlamaLibrary.resource("Windows 11", "amd64")).isEqualTo("/de/kherud/llama/Windows/x86_64/jllama.dll");
    }

    /// ggml fills its table of half-precision numbers when its first context is made.
    @SuppressWarnings("restricted")
    private static void fillTables() throws Throwable {
        StructLayout parameters = MemoryLayout.structLayout(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(parameters);
            values.set(ValueLayout.JAVA_LONG, 0, 1 << 20);
            MethodHandle init = Linker.nativeLinker().downcallHandle(
                    SymbolLookup.libraryLookup(library.file(), Arena.global()).find("ggml_init").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, parameters));
            MemorySegment context = (MemorySegment) init.invokeExact(values);
            assertThat(context).isNotEqualTo(MemorySegment.NULL);
        }
    }

    /// Random bytes, so every code and every scale occurs, read by ggml's own functions and by ours.
    @Test
    void everyLayoutIsReadBitForBitAsGgmlReadsIt() throws Throwable {
        compare("dequantize_row_q8_0", 34, 32, BlockFormats::q8, 30);
        compare("dequantize_row_q4_0", 18, 32, BlockFormats::q4, 0);
        compare("dequantize_row_q6_K", 210, 256, BlockFormats::q6, 208);
        compare("dequantize_row_tq1_0", 54, 256, packed -> TernaryFormats.tq1(packed).floats(), 52);
        compare("dequantize_row_tq2_0", 66, 256, packed -> TernaryFormats.tq2(packed).floats(), 64);
    }

    /// Values are written by ggml's reference functions and by ours.
    @Test
    void q8AndTernaryLayoutsAreWrittenBitForBitAsGgmlWritesThem() throws Throwable {
        Random random = new Random(6);
        float[] values = new float[256 * BLOCKS];
        byte[] codes = new byte[values.length];
        float[] ternary = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
            codes[i] = (byte) (random.nextInt(3) - 1);
            ternary[i] = 0.25f * codes[i];
        }
        assertThat(BlockFormats.packQ8(values)).isEqualTo(quantized("quantize_row_q8_0_ref", values, values.length / 32 * 34));
        assertThat(TernaryFormats.packTq1(codes, 0.25f)).isEqualTo(quantized("quantize_row_tq1_0_ref", ternary, BLOCKS * 54));
        assertThat(TernaryFormats.packTq2(codes, 0.25f)).isEqualTo(quantized("quantize_row_tq2_0_ref", ternary, BLOCKS * 66));
    }

    /// Not the same search for scales, so not the same bytes, but no larger error than ggml's.
    @Test
    void q6IsAsCloseAsGgmls() throws Throwable {
        Random random = new Random(8);
        float[] values = new float[256 * BLOCKS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        double ours = error(values, BlockFormats.q6(BlockFormats.packQ6(values)));
        double theirs = error(values, BlockFormats.q6(quantized("quantize_row_q6_K_ref", values, BLOCKS * 210)));

        assertThat(ours).isLessThan(1.02 * theirs);
    }

    private static double error(float[] values, float[] back) {
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            squares += (back[i] - values[i]) * (back[i] - values[i]);
        }
        return squares;
    }

    private static void compare(String function, int blockBytes, int block, Function<byte[], float[]> ours, int scaleAt) throws Throwable {
        byte[] packed = new byte[BLOCKS * blockBytes];
        new Random(5).nextBytes(packed);
        for (int i = 0; i < BLOCKS; i++) {
            // A finite scale, and no two bits of TQ2_0 that hold 3.
            int scale = function.contains("q8") || function.contains("q4") ? i * blockBytes : i * blockBytes + scaleAt;
            packed[scale + 1] &= (byte) 0xBB;
        }
        if (function.contains("tq2")) {
            for (int i = 0; i < packed.length; i++) {
                packed[i] &= i % blockBytes < 64 ? (byte) (~(packed[i] << 1) | 0x55) : (byte) 0xFF;
            }
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(4L * BLOCKS * block);
            call(function, arena, arena.allocateFrom(ValueLayout.JAVA_BYTE, packed), values, (long) BLOCKS * block);
            assertThat(ours.apply(packed)).as(function).isEqualTo(values.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    private static byte[] quantized(String function, float[] values, int bytes) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate(bytes, 16);
            call(function, arena, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values), packed, values.length);
            return packed.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @SuppressWarnings("restricted")
    private static void call(String function, Arena arena, MemorySegment from, MemorySegment to, long count) throws Throwable {
        var address = SymbolLookup.libraryLookup(library.file(), arena).find(function).orElseThrow();
        Linker.nativeLinker()
                .downcallHandle(address, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG))
                .invokeExact(from, to, count);
    }
}
