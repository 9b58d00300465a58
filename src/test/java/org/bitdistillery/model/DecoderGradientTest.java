package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import java.nio.DoubleBuffer;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bitdistillery.config.SubLnPlacement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecoderGradientTest {

    private static final int[][] IDS = {{1, 7, 3, 9, 12}, {1, 30, 31, 2, 0}};

    @ParameterizedTest
    @EnumSource(SubLnPlacement.class)
    void gradientsEqualFiniteDifferencesInDoublePrecision(SubLnPlacement placement) {
        try (Decoder decoder = Decoder.random(Shapes.tiny(placement), 5, LinearMode.FULL, DataType.FLOAT64)) {
            decoder.parameters().forEach((name, parameter) -> enlarge(parameter, name.hashCode()));
            requireFiniteDifferences(decoder, 5);
        }
    }

    /// @param probes weights of each parameter that are looked at
    private static void requireFiniteDifferences(Decoder decoder, int probes) {
        try (DecoderGraph current = decoder.graph(true)) {
            Map<String, NDArray> gradients = gradients(current);
            decoder.parameters().forEach((name, parameter) -> {
                double[] values = parameter.toDoubleArray();
                double[] gradient = gradients.get(name).toDoubleArray();
                for (int i = 0; i < values.length; i += Math.max(1, values.length / probes)) {
                    double ahead = lossWith(decoder, parameter, values, i, 1e-5);
                    double slope = (ahead - lossWith(decoder, parameter, values, i, -1e-5)) / 2e-5;
                    assertThat(gradient[i]).as(name + "[" + i + "]").isCloseTo(slope, within(1e-7 + 1e-5 * Math.abs(slope)));
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(value = FamilyModels.class, names = {"QWEN2", "QWEN3", "GEMMA3"})
    void gradientsOfEveryFamilyEqualFiniteDifferences(FamilyModels model) {
        try (Decoder decoder = new Decoder(
                model.architecture().withSubLn(SubLnPlacement.PAPER), LinearMode.FULL, DataType.FLOAT64, FamilyModels::values)) {
            requireFiniteDifferences(decoder, 2);
        }
    }

    @Test
    void aTernaryDecoderHasTheGradientsOfOneThatHoldsTheRoundedWeights() {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 3);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                Decoder rounded = new Decoder(student.architecture(), LinearMode.TERNARY_FROZEN, DataType.FLOAT32,
                        spec -> spec.kind() == ParameterSpec.Kind.PROJECTION
                                ? student.ternary(spec.name()).dequantized() : student.floats(spec.name()));
                DecoderGraph latentGraph = student.graph(true);
                DecoderGraph roundedGraph = rounded.graph(true)) {
            Map<String, NDArray> expected = gradients(roundedGraph);
            gradients(latentGraph).forEach((name, gradient) -> assertThat(gradient.toFloatArray())
                    .as(name).containsExactly(expected.get(name).toFloatArray(), within(1e-5f)));
        }
    }

    private static void enlarge(NDArray parameter, long seed) {
        Random random = new Random(seed);
        double[] values = parameter.toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] + 0.3 * random.nextGaussian();
        }
        parameter.set(DoubleBuffer.wrap(values));
    }

    private static double lossWith(Decoder decoder, NDArray parameter, double[] values, int index, double shift) {
        double[] shifted = values.clone();
        shifted[index] += shift;
        parameter.set(DoubleBuffer.wrap(shifted));
        try (DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            return loss(graph, work).getDouble();
        } finally {
            parameter.set(DoubleBuffer.wrap(values));
        }
    }

    private static Map<String, NDArray> gradients(DecoderGraph graph) {
        try (NDManager work = graph.manager().newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            graph.backward(collector, loss(graph, work));
            return graph.gradients();
        }
    }

    /// A mean of log-probabilities and of squared attention states of both layers, so that every weight matters.
    private static NDArray loss(DecoderGraph graph, NDManager work) {
        DecoderGraph.Output output = graph.forward(work, IDS, null, Set.of(1));
        NDArray targets = work.create(new long[] {7, 3, 9, 12, 5, 30, 31, 2, 6, 8}).expandDims(1);
        return output.logits().logSoftmax(-1).gather(targets, 1).mean().neg()
                .add(output.states().get(1).query().square().mean())
                .add(output.states().get(1).value().mul(output.states().get(1).key()).mean());
    }
}
