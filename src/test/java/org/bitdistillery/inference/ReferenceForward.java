package org.bitdistillery.inference;

import java.util.Map;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.quant.Ternary;

/// A Llama decoder in plain double precision, written from the formulas and sharing nothing with the engine.
final class ReferenceForward {

    private final Architecture a;
    private final Map<String, float[]> weights;
    private final boolean ternary;

    ReferenceForward(Architecture architecture, Map<String, float[]> weights, boolean ternary) {
        this.a = architecture;
        this.weights = weights;
        this.ternary = ternary;
    }

    /// Logits of every token, [tokens][vocabulary].
    double[][] logits(int[] tokens) {
        double[][] x = new double[tokens.length][a.hiddenSize()];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < a.hiddenSize(); i++) {
                x[t][i] = weights.get("model.embed_tokens.weight")[tokens[t] * a.hiddenSize() + i];
            }
        }
        for (int layer = 0; layer < a.layers(); layer++) {
            block(x, "model.layers." + layer + ".");
        }
        double[][] logits = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            double[] h = norm(x[t], "model.norm.weight", a.rmsNormEps());
            logits[t] = product(weights.get(a.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight"), h);
        }
        return logits;
    }

    private void block(double[][] x, String prefix) {
        int n = x.length;
        int d = a.headDim();
        double[][] q = new double[n][];
        double[][] k = new double[n][];
        double[][] v = new double[n][];
        for (int t = 0; t < n; t++) {
            double[] h = norm(x[t], prefix + "input_layernorm.weight", a.rmsNormEps());
            q[t] = rotate(linear(prefix + "self_attn.q_proj", h, null), t);
            k[t] = rotate(linear(prefix + "self_attn.k_proj", h, null), t);
            v[t] = linear(prefix + "self_attn.v_proj", h, null);
        }
        for (int t = 0; t < n; t++) {
            double[] mixed = new double[a.heads() * d];
            for (int head = 0; head < a.heads(); head++) {
                attend(q[t], k, v, head, t, mixed);
            }
            add(x[t], linear(prefix + "self_attn.o_proj", mixed, prefix + "self_attn.attn_sub_norm.weight"));
            double[] h = norm(x[t], prefix + "post_attention_layernorm.weight", a.rmsNormEps());
            double[] gate = linear(prefix + "mlp.gate_proj", h, null);
            double[] up = linear(prefix + "mlp.up_proj", h, null);
            for (int i = 0; i < gate.length; i++) {
                gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
            }
            add(x[t], linear(prefix + "mlp.down_proj", gate, prefix + "mlp.ffn_sub_norm.weight"));
        }
    }

    private void attend(double[] q, double[][] k, double[][] v, int head, int last, double[] mixed) {
        int d = a.headDim();
        int shared = head * a.keyValueHeads() / a.heads() * d;
        double[] weight = new double[last + 1];
        double total = 0;
        for (int s = 0; s <= last; s++) {
            double score = 0;
            for (int i = 0; i < d; i++) {
                score += q[head * d + i] * k[s][shared + i];
            }
            weight[s] = Math.exp(score / Math.sqrt(d));
            total += weight[s];
        }
        for (int s = 0; s <= last; s++) {
            for (int i = 0; i < d; i++) {
                mixed[head * d + i] += weight[s] / total * v[s][shared + i];
            }
        }
    }

    private double[] rotate(double[] x, int position) {
        int d = a.headDim();
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int within = i % d;
            boolean first = within < d / 2;
            double angle = position * Math.pow(a.ropeTheta(), -2.0 * (within % (d / 2)) / d);
            double partner = first ? -x[i + d / 2] : x[i - d / 2];
            y[i] = x[i] * Math.cos(angle) + partner * Math.sin(angle);
        }
        return y;
    }

    private double[] linear(String name, double[] x, String paperNorm) {
        double[] input = x;
        if (a.subLn() == SubLnPlacement.ALL) {
            input = norm(x, name + ".rms_norm.weight", a.rmsNormEps());
        } else if (a.subLn() == SubLnPlacement.PAPER && paperNorm != null) {
            input = norm(x, paperNorm, a.rmsNormEps());
        }
        float[] w = weights.get(name + ".weight");
        return ternary ? product(Ternary.of(w).dequantized(), int8(input)) : product(w, input);
    }

    private static double[] int8(double[] x) {
        double gamma = 1e-5;
        for (double value : x) {
            gamma = Math.max(gamma, Math.abs(value));
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = Math.clamp(Math.rint(x[i] * 127 / gamma), -128, 127) * gamma / 127;
        }
        return y;
    }

    private static double[] product(float[] w, double[] x) {
        double[] y = new double[w.length / x.length];
        for (int row = 0; row < y.length; row++) {
            for (int i = 0; i < x.length; i++) {
                y[row] += w[row * x.length + i] * x[i];
            }
        }
        return y;
    }

    private double[] norm(double[] x, String gain, double eps) {
        double squares = 0;
        for (double value : x) {
            squares += value * value;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] / Math.sqrt(squares / x.length + eps) * weights.get(gain)[i];
        }
        return y;
    }

    private static void add(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] += y[i];
        }
    }
}
