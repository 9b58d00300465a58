package org.bitdistillery.platform;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Functions of the C library that Java has no counterpart for.
final class NativeFunctions {

    private NativeFunctions() {}

    /// A function of the default libraries, or nothing where the operating system does not have it.
    @SuppressWarnings("restricted")
    static Optional<MethodHandle> find(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name)
                .or(() -> SymbolLookup.loaderLookup().find(name))
                .map(address -> linker.downcallHandle(address, type));
    }
}
