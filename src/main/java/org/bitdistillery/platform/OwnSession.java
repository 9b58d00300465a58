package org.bitdistillery.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// Cuts this process loose from the terminal of the one that started it.
public final class OwnSession {

    private OwnSession() {}

    /// Makes this process the leader of a session of its own (POSIX `setsid`), so that neither Ctrl-C in the terminal of
    /// the window nor closing that terminal reaches it. Does nothing on Windows, where children outlive their parents.
    public static void detach() {
        MethodHandle setsid = NativeFunctions.find("setsid", FunctionDescriptor.of(JAVA_INT)).orElse(null);
        if (setsid == null) {
            return;
        }
        try {
            // Fails, and may, for a process that leads a group already: a shell's job is cut loose by the shell.
            int _ = (int) setsid.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("Leaving the terminal's session failed.", e);
        }
    }
}
