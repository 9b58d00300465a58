package org.bitdistillery.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// What this process has freed and keeps for later: Java's heap, and the C library for native ones.
public final class FreedMemory {

    private FreedMemory() {}

    /// Gives it back to the operating system (a full collection and glibc's `malloc_trim`): arrays of a stage that is over would
    /// else count as this process's memory beside those of the next one, which often do not fit into the gaps. Where the C library is
    /// another, only Java's heap shrinks.
    public static void giveBack() {
        System.gc();
        MethodHandle trim = NativeFunctions.find("malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG)).orElse(null);
        if (trim == null) {
            return;
        }
        try {
            int _ = (int) trim.invokeExact(0L);
        } catch (Throwable e) {
            throw new IllegalStateException("Giving freed memory back failed.", e);
        }
    }
}
