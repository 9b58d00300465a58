package org.bitdistillery.inference;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One kernel in several processes that take turns of a tenth of a second: what stays apart through all rounds is a process's own (what its compiler
/// made), what moves together is the machine's. Not a test; run by `mvn -q test-compile exec:exec -Dexec.classpathScope=test
/// -Dmain=org.bitdistillery.inference.KernelTurns -Dargs="TERNARY_2BIT 128 8 8"` (format, tokens, processes, rounds).
public final class KernelTurns {

    private static final int COLUMNS = 1024;
    private static final int CACHED_ROWS = 1024;
    private static final long BYTES = 256L << 20;
    private static final int WARM_UP_TURNS = 25;
    private static final long TURN_NANOS = 100_000_000L;

    private KernelTurns() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("turns")) {
            takeTurns(WeightFormat.valueOf(args[1]), Integer.parseInt(args[2]));
            return;
        }
        List<Turner> turners = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            turners.add(new Turner(args[0], args[1]));
        }
        for (Turner turner : turners) {
            for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
                turner.turn();
            }
        }
        System.out.println("G products/s; a row is a process, a column a round");
        List<StringBuilder> lines = turners.stream().map(_ -> new StringBuilder()).toList();
        for (int round = 0; round < Integer.parseInt(args[3]); round++) {
            for (int i = 0; i < turners.size(); i++) {
                lines.get(i).append(String.format(Locale.ROOT, "%7.1f", turners.get(i).turn()));
            }
        }
        lines.forEach(System.out::println);
        turners.forEach(Turner::close);
    }

    private static void takeTurns(WeightFormat format, int tokens) throws IOException {
        int rows = tokens == 1 ? KernelProbe.rows(format, BYTES, COLUMNS) : CACHED_ROWS;
        try (KernelProbe probe = new KernelProbe(format, rows, COLUMNS, tokens)) {
            while (System.in.read() >= 0) {
                long begin = cpuNanos();
                long nanos;
                double done = 0;
                do {
                    probe.run();
                    done += probe.products();
                    nanos = cpuNanos() - begin;
                } while (nanos < TURN_NANOS);
                System.out.println(done / nanos);
            }
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static final class Turner implements AutoCloseable {

        private final Process process;
        private final BufferedReader out;

        Turner(String format, String tokens) throws IOException {
            List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelTurns.class.getName(), "turns", format, tokens));
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            out = new BufferedReader(new InputStreamReader(process.getInputStream()));
        }

        double turn() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            String line = out.readLine();
            if (line == null) {
                throw new IOException("a process ended before its turn");
            }
            return Double.parseDouble(line);
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
