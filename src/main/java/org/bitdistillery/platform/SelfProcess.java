package org.bitdistillery.platform;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts this program again in a process of its own: same Java, same class path, same flags.
public final class SelfProcess {

    private static final String MAIN_CLASS = "org.bitdistillery.Main";

    /// Flags without which the engines do not start, whatever flags this process got.
    private static final List<String> NEEDED = List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /// Debuggers, profilers and recordings belong to one process: a second one would fight for the same port or file.
    private static final List<String> NOT_INHERITED = List.of(
            "-agentlib:", "-agentpath:", "-javaagent:", "-Xrunjdwp", "-Xdebug", "-XX:StartFlightRecording", "-XX:ErrorFile",
            "-Dcom.sun.management.");

    private SelfProcess() {}

    /// A process builder that runs the program with these arguments; nothing is redirected yet.
    public static ProcessBuilder command(String... args) {
        return command(MAIN_CLASS, List.of(), args);
    }

    /// The same for another main class of the class path and with additional JVM flags.
    public static ProcessBuilder command(String mainClass, List<String> jvmFlags, String... args) {
        List<String> command = new ArrayList<>();
        command.add(javaExecutable());
        command.addAll(flags(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        command.addAll(jvmFlags);
        command.add("-classpath");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    /// The flags that a child inherits out of those that a JVM was started with, and those that it needs.
    static List<String> flags(List<String> ownFlags) {
        List<String> flags = new ArrayList<>();
        for (String flag : ownFlags) {
            if (NOT_INHERITED.stream().noneMatch(flag::startsWith)) {
                flags.add(flag);
            }
        }
        for (String needed : NEEDED) {
            if (!flags.contains(needed)) {
                flags.add(needed);
            }
        }
        return flags;
    }

    private static String javaExecutable() {
        String name = File.separatorChar == '\\' ? "java.exe" : "java";
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }
}
