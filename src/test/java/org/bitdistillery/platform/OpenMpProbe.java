package org.bitdistillery.platform;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.bitdistillery.config.Compute;

/// Main class of a child process that sets the wait policy and loads libtorch afterwards.
final class OpenMpProbe {

    private OpenMpProbe() {}

    public static void main(String[] args) {
        System.out.println("set " + OpenMp.setWaitPolicy(Compute.WaitPolicy.valueOf(args[0])));
        System.setProperty("ai.djl.offline", "true");
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            System.out.println("sum " + manager.ones(new Shape(3)).sum().getFloat());
        }
    }
}
