package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import org.bitdistillery.config.SubLnPlacement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every family against float64 forward passes that were written in plain PyTorch 1.13 (BITNET in NumPy 2.4) with loops over heads
/// and tokens, `rotate_half` rotary embedding and explicit masks, from the published descriptions of the architectures, over
/// [FamilyModels] and [#IDS].
/// Constants: logits of tokens 0, 13, 26 and 39 after positions 0, 5 and 10. With `paper` and `all`: weights rounded by absmean,
/// activations by absmax to INT8.
class FamilyReferenceTest {

    private static final int[] IDS = {1, 7, 3, 39, 12, 0, 25, 25, 31, 2, 18};
    private static final int[] POSITIONS = {0, 5, 10};
    private static final int[] TOKENS = {0, 13, 26, 39};
    private static final int VOCABULARY = 40;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LLAMA        | 0.31007, -0.00886, 1.34189, -1.81096, 1.41053, 1.01047, 1.03112, -0.59861, 0.48685, 0.56979, 1.98323, -1.07293
            LLAMA3       | 0.11126, 0.36768, 2.44377, 0.10743, -0.09206, 0.86047, 1.64252, 0.71328, -0.02886, 1.06111, 1.70700, 0.72146
            LLAMA_LINEAR | -0.39666, -1.11373, -1.89138, -0.11112, 0.33708, 0.24549, -1.31599, -0.21846, 0.96392, -1.90392, -0.59968, -1.78938
            QWEN2        | -0.76676, -0.37485, -0.16011, -1.10502, -0.00493, 1.07911, -0.19280, 0.60481, -1.30256, 0.11032, 1.11969, -0.71486
            QWEN3        | -0.11921, 0.26561, -0.80347, 0.93374, 0.68028, -0.19103, -2.44388, 0.26293, 0.91177, 0.56297, -2.13503, -0.49469
            BITNET       | -0.15109, 0.24546, 1.07610, -1.23528, 1.40982, 0.83367, 0.29941, -0.40361, 0.50312, 0.40574, 1.73964, -0.68752
            QWEN3_UNTIED | -0.47140, -0.72405, -0.72641, -0.46540, -0.35025, -0.17060, -0.80931, -0.05222, 0.54545, 0.35527, 0.41659, 0.22028
            GEMMA3       | 0.70878, 2.77121, -0.76422, 1.00980, 2.85928, 0.63756, 0.90327, -0.03812, 1.32481, 0.38887, -0.78779, -0.87189
            """)
    void aFullPrecisionModelHasTheLogitsOfAnIndependentImplementation(FamilyModels model, String expected) {
        try (Decoder decoder = model.decoder(SubLnPlacement.OFF, LinearMode.FULL)) {
            assertThat(logits(decoder)).containsExactly(numbers(expected), within(2e-5f));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BITNET | PAPER | -1.81918, -0.29546, 0.16321, -0.86425, 0.88210, -0.30292, 0.48641, -1.33578, -0.66247, 1.07936, 0.49194, -0.63741
            LLAMA3 | PAPER | -1.05184, 0.43301, 0.40672, -0.70412, -1.10363, -1.00468, 0.67779, 0.48790, -0.19478, -0.97736, 2.22523, 1.28266
            QWEN2  | PAPER | -1.31525, -1.17544, 0.29134, -1.47181, -0.18819, 1.96056, -0.41283, 1.94603, -0.21729, 1.55196, 1.98355, 1.56595
            QWEN2  | ALL   | -0.91750, -0.99628, 1.25537, -1.79424, 1.04787, 2.31424, -0.00173, 2.00858, 0.30177, 2.17963, 1.14520, 1.56565
            QWEN3  | PAPER | 0.50691, -0.77503, -1.02770, -1.05821, 0.23301, -0.31997, -1.06764, 0.48610, 0.30234, 0.46393, -0.31387, 0.70275
            QWEN3  | ALL   | 0.52709, -1.39732, -1.85266, -1.25993, 0.70502, -0.13086, -1.48502, -0.45103, 0.98127, 1.23279, 0.27048, 0.59014
            GEMMA3 | PAPER | 1.28082, 1.79562, -1.34073, 0.31570, 2.33783, 1.22250, 0.85389, 0.69744, 0.60308, -0.30876, -0.10371, -1.51916
            GEMMA3 | ALL   | 1.64394, 1.66660, -1.10541, 0.33539, 2.33112, 1.05566, 1.02782, 0.32982, 0.84807, 0.20447, -0.60859, -1.67552
            GEMMA3 | OFF   | 1.61042, 2.04496, -1.19000, 0.36421, 2.54657, 1.43377, 0.92091, 0.51255, 1.34754, 0.12482, 0.24563, -1.22099
            """)
    void aStudentHasTheLogitsOfAnIndependentImplementation(FamilyModels model, SubLnPlacement placement, String expected) {
        try (Decoder decoder = model.decoder(placement, LinearMode.TERNARY)) {
            assertThat(logits(decoder)).containsExactly(numbers(expected), within(2e-5f));
        }
    }

    private static float[] logits(Decoder decoder) {
        try (DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            float[] all = graph.forward(work, new int[][] {IDS}).logits().toFloatArray();
            float[] chosen = new float[POSITIONS.length * TOKENS.length];
            for (int i = 0; i < chosen.length; i++) {
                chosen[i] = all[POSITIONS[i / TOKENS.length] * VOCABULARY + TOKENS[i % TOKENS.length]];
            }
            return chosen;
        }
    }

    private static float[] numbers(String list) {
        String[] parts = list.split(",");
        float[] numbers = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            numbers[i] = Float.parseFloat(parts[i].strip());
        }
        return numbers;
    }
}
