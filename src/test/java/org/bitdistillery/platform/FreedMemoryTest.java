package org.bitdistillery.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class FreedMemoryTest {

    private static final long BLOCK = 64 << 10;
    private static final int BLOCKS = 4096;

    /// Blocks that the C library does not give back by itself, because one behind them is still in use.
    @Test
    void freedBlocksInFrontOfOneInUseAreGivenBack() throws Throwable {
        Optional<MethodHandle> trim = NativeFunctions.find("malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
        Assumptions.assumeTrue(trim.isPresent() && Machine.residentBytes() > 0, "this is no glibc");
        MethodHandle malloc = NativeFunctions.find("malloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG)).orElseThrow();
        MethodHandle free = NativeFunctions.find("free", FunctionDescriptor.ofVoid(ADDRESS)).orElseThrow();
        List<MemorySegment> blocks = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            MemorySegment block = ((MemorySegment) malloc.invokeExact(BLOCK)).reinterpret(BLOCK);
            blocks.add(block.fill((byte) 1));
        }
        MemorySegment behind = (MemorySegment) malloc.invokeExact(BLOCK);
        for (MemorySegment block : blocks) {
            free.invokeExact(MemorySegment.ofAddress(block.address()));
        }
        long before = Machine.residentBytes();
        FreedMemory.giveBack();
        assertThat(before - Machine.residentBytes()).as("bytes given back").isGreaterThan(BLOCK * BLOCKS / 2);
        free.invokeExact(behind);
    }
}
