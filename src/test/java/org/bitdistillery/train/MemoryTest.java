package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Subln;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class MemoryTest {

    private static final Path STATUS = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;
    private static final long MEBIBYTE = 1 << 20;

    @Test
    void memoryStaysFlatOverFiveHundredSteps() throws Exception {
        Assumptions.assumeTrue(Files.exists(STATUS), "the operating system does not tell the resident set");
        Architecture shape = Architecture.llama(256, 64, 2, 4, 2, 16, 128, 64, 1e-5, 10_000, true, SubLnPlacement.OFF, 1, 2);
        Batch batch = Batch.of(Collections.nCopies(16, new Example(new int[] {1, 4, 9, 77, 6, 5}, new int[] {3}, 0)));
        try (Decoder teacher = Decoder.random(shape, 1);
                Decoder student = Subln.student(teacher, SubLnPlacement.PAPER);
                Distillation objective = new Distillation(DistillStage.DEFAULTS, teacher, 2);
                AdamW optimizer = new AdamW(student, 0.01, 1);
                Evaluator evaluator = new Evaluator(teacher, 16)) {
            OptimizerStep step = new OptimizerStep(student, objective, optimizer);
            run(step, evaluator, batch, 50);
            NDManager parameters = student.parameters().values().iterator().next().getManager();
            int arraysBefore = arrays(parameters);
            long heapBefore = heapBytes();
            long first = growthBesideHeap(() -> run(step, evaluator, batch, 250));
            long second = growthBesideHeap(() -> run(step, evaluator, batch, 250));
            assertThat(arrays(parameters)).isEqualTo(arraysBefore);
            assertThat(Math.min(first, second)).as("growth of the resident set beside Java's heap in bytes").isLessThan(12 * MEBIBYTE);
            assertThat(heapBytes() - heapBefore).as("growth of the used heap in bytes").isLessThan(8 * MEBIBYTE);
        }
    }

    /// What leaks does so again and again. Pages of the heap that tests before this one reserved and never touched count once, when they
    /// are touched.
    private static long growthBesideHeap(Runnable work) throws Exception {
        long before = residentBytes();
        long committedBefore = Runtime.getRuntime().totalMemory();
        work.run();
        long committed = Math.max(0, Runtime.getRuntime().totalMemory() - committedBefore);
        return residentBytes() - before - committed;
    }

    private static void run(OptimizerStep step, Evaluator evaluator, Batch batch, int steps) {
        for (int i = 0; i < steps; i++) {
            step.apply(List.of(batch), 1e-4);
            evaluator.meanLoss(List.of(new int[] {1, 2, 3, 4}));
        }
    }

    private static long residentBytes() throws Exception {
        System.gc();
        return PAGE * Long.parseLong(Files.readString(STATUS).split(" ")[1]);
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static int arrays(NDManager manager) {
        return manager.getManagedArrays().size();
    }
}
