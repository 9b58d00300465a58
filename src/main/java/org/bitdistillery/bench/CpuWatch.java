package org.bitdistillery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bitdistillery.bench.HostLoad.Program;

/// Watches from outside who uses the processor, by Linux' `/proc/stat` and `/proc/PID/stat`, all in clock ticks.
///
/// The measured process is a child of this one, so what it used is what this process's account of children that have ended
/// (`cutime`, `cstime`) grew by. Everything else that was busy is others.
final class CpuWatch {

    static final Path PROC = Path.of("/proc");
    private static final int MOST_PROGRAMS = 5;
    private static final double TOO_LITTLE = 0.002;
    /// Fields of `/proc/PID/stat` behind the name, which stands in parentheses.
    private static final int PARENT = 1;
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    private record Processor(long busy, long total) {}

    private record Used(String name, long parent, long ticks) {}

    private final Path proc;
    private final long self;
    private final long begin = System.nanoTime();
    private final Processor first;
    private final long childrenFirst;
    private final Map<Long, Used> before;
    private final Map<Long, Used> latest = new LinkedHashMap<>();
    private long measured = -1;

    CpuWatch() {
        this(PROC, ProcessHandle.current().pid());
    }

    /// @param proc a folder laid out like Linux' `/proc`; where it is not, nothing is told
    CpuWatch(Path proc, long self) {
        this.proc = proc;
        this.self = self;
        first = processor();
        childrenFirst = children();
        before = processes();
    }

    /// The process that is measured; it and its children are not others.
    void measures(long pid) {
        measured = pid;
    }

    /// Takes note of everybody now, so that those that end before the watch does are counted as far as they have come.
    void sample() {
        latest.putAll(processes());
    }

    /// To be called when the measured process has ended.
    HostLoad end() {
        double seconds = (System.nanoTime() - begin) * 1e-9;
        Processor last = processor();
        if (first == null || last == null || last.total <= first.total) {
            return new HostLoad(seconds, -1, List.of());
        }
        sample();
        double total = last.total - first.total;
        double others = Math.max(0, last.busy - first.busy - (children() - childrenFirst));
        Map<String, Long> byName = new HashMap<>();
        Set<Long> ours = family();
        latest.forEach((pid, now) -> {
            Used then = before.get(pid);
            long used = now.ticks - (then == null ? 0 : then.ticks);
            if (!ours.contains(pid) && used > 0) {
                byName.merge(pid == self ? "BitDistillery itself" : now.name, used, Long::sum);
            }
        });
        double unseen = others - byName.values().stream().mapToLong(Long::longValue).sum();
        List<Program> programs = new ArrayList<>();
        byName.forEach((name, ticks) -> programs.add(new Program(name, ticks / total)));
        programs.add(new Program(HostLoad.UNSEEN, Math.max(0, unseen) / total));
        programs.removeIf(program -> program.share() < TOO_LITTLE);
        programs.sort(Comparator.comparingDouble(Program::share).reversed());
        return new HostLoad(seconds, others / total, programs.subList(0, Math.min(MOST_PROGRAMS, programs.size())));
    }

    /// The measured process and its children.
    private Set<Long> family() {
        Set<Long> family = new HashSet<>(Set.of(measured));
        int size;
        do {
            size = family.size();
            latest.forEach((pid, used) -> {
                if (family.contains(used.parent)) {
                    family.add(pid);
                }
            });
        } while (family.size() > size);
        return family;
    }

    /// Line `cpu user nice system idle iowait irq softirq steal guest guest_nice`; guests are in user already.
    private Processor processor() {
        String[] fields = read(proc.resolve("stat")).lines().findFirst().orElse("").split("\\s+");
        if (fields.length < 9 || !fields[0].equals("cpu")) {
            return null;
        }
        long total = 0;
        for (int i = 1; i <= 8; i++) {
            total += Long.parseLong(fields[i]);
        }
        return new Processor(total - Long.parseLong(fields[4]) - Long.parseLong(fields[5]), total);
    }

    private long children() {
        String[] fields = behindName(read(proc.resolve(Long.toString(self)).resolve("stat")));
        return fields.length <= CHILDREN_SYSTEM ? 0 : Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM]);
    }

    private Map<Long, Used> processes() {
        Map<Long, Used> processes = new LinkedHashMap<>();
        try (Stream<Path> entries = Files.list(proc)) {
            entries.filter(entry -> entry.getFileName().toString().matches("\\d+")).forEach(entry -> {
                String stat = read(entry.resolve("stat"));
                String[] fields = behindName(stat);
                if (fields.length > SYSTEM) {
                    processes.put(Long.parseLong(entry.getFileName().toString()), new Used(
                            stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')), Long.parseLong(fields[PARENT]),
                            Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])));
                }
            });
        } catch (IOException e) {
            return Map.of();
        }
        return processes;
    }

    private static String[] behindName(String stat) {
        int end = stat.lastIndexOf(')');
        return end < 0 ? new String[0] : stat.substring(end + 1).strip().split(" ");
    }

    /// Processes end while one looks at them: then there is nothing to read.
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
