package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.SplittableRandom;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.model.Bfloat16;
import org.bitdistillery.model.TensorArrays;
import org.bitdistillery.model.Torch;
import org.bitdistillery.model.TorchProgram;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.Tensor;

/// The running mean and variance of one weight's gradient, AdamW's state.
sealed interface Moments {

    double BETA1 = 0.9;
    double BETA2 = 0.999;

    /// Zeros.
    ///
    /// @param number of the weight among all
    /// @param owner  of the arrays
    static Moments of(NDArray weight, int number, Precision precision, NDManager owner) {
        return switch (precision) {
            case FLOAT32 -> new Single(
                    owner.zeros(weight.getShape(), weight.getDataType()), owner.zeros(weight.getShape(), weight.getDataType()));
            case BFLOAT16 -> new Half(number, Bfloat16.zerosLike(weight, owner), Bfloat16.zerosLike(weight, owner));
        };
    }

    double EPSILON = 1e-8;

    /// One step.
    ///
    /// @param number from 1
    /// @param decay  share of the weight that it loses a step, in rates
    /// @param scale  of the gradient
    record Step(long number, double rate, double decay, double scale) {

        private double varianceCorrection() {
            return Math.sqrt(1 - Math.pow(BETA2, number));
        }

        /// The rate with both bias corrections.
        double corrected() {
            return rate * varianceCorrection() / (1 - Math.pow(BETA1, number));
        }

        /// With the variance's bias correction.
        double epsilon() {
            return EPSILON * varianceCorrection();
        }
    }

    /// Arrays that all weights share in a step.
    ///
    /// @param number       of the step, float32
    /// @param inverseScale what gradients are divided by, float32
    /// @param noise        random bits; null where nothing is rounded
    record Shared(NDArray number, NDArray inverseScale, NDArray noise) {

        static Shared of(long number, double scale, Precision precision, NDManager owner) {
            return new Shared(
                    owner.create((float) number), owner.create((float) (1 / scale)),
                    precision == Precision.BFLOAT16 ? Half.noise(number, owner) : null);
        }
    }

    /// Moves a weight in place. The gradient's array may be used as scratch memory.
    void update(NDArray weight, NDArray gradient, Step step, Shared shared);

    Tensor mean();

    Tensor variance();

    float[] meanValues();

    /// Takes over what [#mean] and [#variance] wrote, in whatever type that was.
    void restore(SafetensorsFile file, String meanName, String varianceName);

    /// In the weight's own type.
    record Single(NDArray first, NDArray second) implements Moments {

        /// One pass through memory, where separate operators take a dozen. The weight is returned out of the list that it was put
        /// in: TorchScript's compiler drops writes to a list that nobody reads.
        private static final TorchProgram UPDATE = TorchProgram.of("""
                def forward(self, weight: Tensor, gradient: Tensor, mean: Tensor, variance: Tensor, number: Tensor, rate: float,
                            beta1: float, beta2: float, decay: float, epsilon: float, inverse_scale: Tensor) -> Tensor:
                  moved = [weight]
                  none = annotate(List[Tensor], [])
                  _0 = torch._fused_adamw_(moved, [gradient], [mean], [variance], none, [number], lr=rate, beta1=beta1, beta2=beta2,
                      weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=inverse_scale)
                  return moved[0]
                """);

        @Override
        public void update(NDArray weight, NDArray gradient, Step step, Shared shared) {
            UPDATE.run(shared.number.getManager(), weight, gradient, first, second, shared.number, step.rate, BETA1, BETA2, step.decay, EPSILON,
                    shared.inverseScale).close();
        }

        @Override
        public Tensor mean() {
            return TensorArrays.stored(first, DType.F32);
        }

        @Override
        public Tensor variance() {
            return TensorArrays.stored(second, DType.F32);
        }

        @Override
        public float[] meanValues() {
            return Torch.floats(first);
        }

        @Override
        public void restore(SafetensorsFile file, String meanName, String varianceName) {
            TensorArrays.restore(first, file, meanName);
            TensorArrays.restore(second, file, varianceName);
        }
    }

    /// In bfloat16, rounded stochastically: up or down with probabilities that keep the expected value.
    ///
    /// Rounded to nearest, the variance would get stuck: a step moves it by at most 0.1 % of itself where the gradients become
    /// smaller, and bfloat16's neighbors are 0.4 to 0.8 % apart, so that it would never fall again. The weight moves by the moments
    /// before they are rounded.
    ///
    /// The random bits are a function of the step, shared by all weights, each beginning at another place: a resumed run
    /// draws the same ones.
    record Half(int number, NDArray first, NDArray second) implements Moments {

        /// Elements that are computed at once, so that what is in between stays in the processor's caches.
        private static final int PIECE = 1 << 17;
        private static final int NOISE = 1 << 19;
        /// Bits that bfloat16 lacks.
        private static final int LOW_BITS = 0xFFFF;

        private static final TorchProgram UPDATE = TorchProgram.of("""
                def forward(self, weight: Tensor, gradient: Tensor, mean: Tensor, variance: Tensor, start: int, end: int,
                            noise: Tensor, at: int, beta1: float, beta2: float, shrink: float, corrected: float, scale: float,
                            epsilon: float) -> Tensor:
                  w = torch.slice(torch.reshape(weight, [-1]), 0, start, end)
                  g = torch.mul(torch.slice(torch.reshape(gradient, [-1]), 0, start, end), scale)
                  half_m = torch.slice(torch.reshape(mean, [-1]), 0, start, end)
                  half_v = torch.slice(torch.reshape(variance, [-1]), 0, start, end)
                  m = torch.add_(torch.mul_(torch.to(half_m, 6), beta1), g, alpha=1. - beta1)
                  v = torch.addcmul_(torch.mul_(torch.to(half_v, 6), beta2), g, g, value=1. - beta2)
                  size = end - start
                  bits_m = torch.add_(torch.view_copy(m, dtype=3), torch.slice(noise, 0, at, at + size))
                  bits_v = torch.add_(torch.view_copy(v, dtype=3), torch.slice(noise, 0, at + size, at + 2 * size))
                  kept_m = torch.copy_(half_m, torch.view_copy(torch.bitwise_and(bits_m, -65536), dtype=6))
                  kept_v = torch.copy_(half_v, torch.view_copy(torch.bitwise_and(bits_v, -65536), dtype=6))
                  shrunk = torch.mul_(w, shrink)
                  return torch.addcdiv_(w, m, torch.add_(torch.sqrt_(v), epsilon), value=corrected)
                """);

        /// 16 random bits each, int32 [NOISE].
        static NDArray noise(long step, NDManager owner) {
            return owner.create(new SplittableRandom(step).ints(NOISE).map(bits -> bits & LOW_BITS).toArray());
        }

        @Override
        public void update(NDArray weight, NDArray gradient, Step step, Shared shared) {
            NDArray noise = shared.noise;
            SplittableRandom places = new SplittableRandom(step.number * 31 + number);
            long size = weight.size();
            for (long from = 0; from < size; from += PIECE) {
                long to = Math.min(size, from + PIECE);
                try (NDManager scratch = noise.getManager().newSubManager()) {
                    UPDATE.run(scratch, weight, gradient, first, second, from, to, noise, (long) places.nextInt(NOISE - 2 * PIECE), BETA1,
                            BETA2, 1 - step.rate * step.decay, -step.corrected(), step.scale, step.epsilon());
                }
            }
        }

        @Override
        public Tensor mean() {
            return Bfloat16.stored(first);
        }

        @Override
        public Tensor variance() {
            return Bfloat16.stored(second);
        }

        @Override
        public float[] meanValues() {
            return Bfloat16.floats(first);
        }

        @Override
        public void restore(SafetensorsFile file, String meanName, String varianceName) {
            Bfloat16.restore(first, file, meanName);
            Bfloat16.restore(second, file, varianceName);
        }
    }
}
