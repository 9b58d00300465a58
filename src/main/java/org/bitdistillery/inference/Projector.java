package org.bitdistillery.inference;

import java.util.Arrays;

/// Runs linear layers on a session's buffers, shared out among the workers.
final class Projector {

    private final Workers workers;
    private final Operands operands;
    private final Scratch[] scratch;
    private final float[] normed;
    private final Workers.Range load = this::load;
    private final Workers.Range multiply = this::multiply;
    private final Workers.Range norm = this::norm;

    private final float subLnEps;
    private Projection[] group;
    private int first;
    private int last;
    private Operand operand;
    private float[] input;
    private int inputStride;
    private float[] source;
    private int sourceStride;
    private float[][] outputs;
    private int[] strides;

    Projector(Workers workers, double subLnEps, int maxTokens, int maxColumns) {
        this.workers = workers;
        this.subLnEps = (float) subLnEps;
        operands = new Operands(maxTokens, maxColumns);
        scratch = new Scratch[workers.threads()];
        Arrays.setAll(scratch, i -> new Scratch(maxTokens, maxColumns));
        normed = new float[maxTokens * maxColumns];
    }

    /// `outputs[i] = group[i] · input` for each token. Neighbors that share input and kernel share one pass.
    ///
    /// @param input  [tokens, stride]
    /// @param strides of the outputs
    void project(Projection[] group, float[] input, int stride, int tokens, float[][] outputs, int[] strides) {
        this.group = group;
        this.input = input;
        this.inputStride = stride;
        this.outputs = outputs;
        this.strides = strides;
        for (first = 0; first < group.length; first = last) {
            last = first + 1;
            while (last < group.length && sharesInput(group[first], group[last])) {
                last++;
            }
            run(tokens);
        }
    }

    private static boolean sharesInput(Projection one, Projection other) {
        return !one.normed() && !other.normed() && Operands.kind(one.matrix()) == Operands.kind(other.matrix());
    }

    private void run(int tokens) {
        int columns = group[first].matrix().columns();
        source = input;
        sourceStride = inputStride;
        if (group[first].normed()) {
            source = normed;
            sourceStride = columns;
            each(tokens, norm);
        }
        operand = operands.of(group[first].matrix());
        each(operand.prepare(tokens, columns), load);
        int units = 0;
        for (int i = first; i < last; i++) {
            units += group[i].matrix().units();
        }
        workers.split(units, multiply);
        addBiases(tokens);
    }

    private void addBiases(int tokens) {
        for (int i = first; i < last; i++) {
            float[] bias = group[i].bias();
            for (int token = 0; bias != null && token < tokens; token++) {
                VectorMath.add(outputs[i], token * strides[i], bias, 0, bias.length);
            }
        }
    }

    /// A single token is not worth a barrier.
    private void each(int count, Workers.Range body) {
        if (count == 1) {
            body.run(0, 0, 1);
        } else {
            workers.split(count, body);
        }
    }

    private void norm(int worker, int from, int to) {
        for (int token = from; token < to; token++) {
            VectorMath.rmsNorm(input, token * inputStride, group[first].subNorm(), subLnEps,
                    normed, token * sourceStride);
        }
    }

    private void load(int worker, int from, int to) {
        operand.load(source, sourceStride, scratch[worker], from, to);
    }

    private void multiply(int worker, int from, int to) {
        int before = 0;
        for (int i = first; i < last; i++) {
            Matrix matrix = group[i].matrix();
            int begin = Math.max(from - before, 0);
            int end = Math.min(to - before, matrix.units());
            if (begin < end) {
                matrix.multiply(operand, outputs[i], strides[i], scratch[worker], begin, end);
            }
            before += matrix.units();
        }
    }
}
