package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;

/// Products in bfloat16 with float32 around them, as PyTorch's autocast has them: factors are rounded, the result and all
/// gradients are float32 again.
final class HalfProducts {

    /// 15 is bfloat16 among libtorch's types.
    private static final TorchProgram PRODUCT = TorchProgram.of("""
            def forward(self, x: Tensor, weight: Tensor) -> Tensor:
              return torch.type_as(torch.linear(torch.to(x, 15), torch.to(weight, 15)), x)
            """);

    private HalfProducts() {}

    /// `x · wᵀ`, part of the graph.
    static NDArray product(NDArray x, NDArray weight) {
        return PRODUCT.differentiable(x, weight);
    }
}
