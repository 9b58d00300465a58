package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bitdistillery.platform.SelfProcess;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No row is ever summed across lanes, so vectors of every width give the same bits.
class VectorWidthTest {

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void narrowerVectorsGiveTheSameBits(int bytes) throws Exception {
        ProcessBuilder command = SelfProcess.command(VectorWidthTest.class.getName(), List.of("-XX:MaxVectorSize=" + bytes));
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        int bits = Math.min(8 * bytes, PeakProbe.vectorBits());
        assertThat(output.lines().toList()).contains(bits + " bits").containsAll(digests());
    }

    private static List<String> digests() {
        return List.of(WeightFormat.values()).stream().flatMap(format -> List.of(1, 7, 13).stream().map(tokens -> {
            try (var probe = new KernelProbe(format, 70, 290, tokens)) {
                probe.run();
                return format + " " + tokens + " " + probe.digest();
            }
        })).toList();
    }

    public static void main(String[] args) {
        System.out.println(PeakProbe.vectorBits() + " bits");
        digests().forEach(System.out::println);
    }
}
