package org.bitdistillery.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.bitdistillery.config.Compute;

/// OpenMP's settings for the libtorch that this process is going to load.
///
/// OpenMP reads its environment when its library is loaded, so a Java system property is too late and too far away: the
/// variable has to stand in the environment of the process itself.
public final class OpenMp {

    private static final String VARIABLE = "OMP_WAIT_POLICY";
    private static final FunctionDescriptor SETENV = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final FunctionDescriptor PUTENV = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

    private OpenMp() {}

    /// Sets `OMP_WAIT_POLICY` for this process, unless the user has exported one. Has no effect once libtorch is loaded.
    ///
    /// @return the policy that holds now, or an empty text where the operating system has no function to set one
    public static String setWaitPolicy(Compute.WaitPolicy policy) {
        String exported = System.getenv(VARIABLE);
        if (exported != null && !exported.isBlank()) {
            return exported;
        }
        return setVariable(VARIABLE, policy.name()) ? policy.name() : "";
    }

    private static boolean setVariable(String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cName = arena.allocateFrom(name);
            MemorySegment cValue = arena.allocateFrom(value);
            MethodHandle setenv = NativeFunctions.find("setenv", SETENV).orElse(null);
            if (setenv != null) {
                return (int) setenv.invokeExact(cName, cValue, 1) == 0;
            }
            MethodHandle putenv = NativeFunctions.find("_putenv_s", PUTENV).orElse(null);
            return putenv != null && (int) putenv.invokeExact(cName, cValue) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("Setting " + name + " in the environment of the process failed.", e);
        }
    }
}
