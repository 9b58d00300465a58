package org.bitdistillery.train;

import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where libtorch's time goes: own time by operator, from its own profiler. What no operator accounts for is Java's and the
/// profiler's own.
public final class OperatorProfile {

    /// @param calls   in the profiled stretch
    /// @param seconds own time, that of operators called by it left out
    public record Row(String operator, long calls, double seconds) {}

    /// An operator that runs: when it ends, and how long its callees take.
    private static final class Open {
        private final String name;
        private final double duration;
        private final double end;
        private double callees;

        Open(String name, double start, double duration) {
            this.name = name;
            this.duration = duration;
            this.end = start + duration;
        }
    }

    private OperatorProfile() {}

    /// @param work  what to look at
    /// @param named for what is left of the wall time
    /// @return operators, the longest first
    static List<Row> of(Runnable work, String named) {
        Path trace = temporaryFile();
        try {
            long start = System.nanoTime();
            JniUtils.startProfile(false, false, false);
            work.run();
            double seconds = (System.nanoTime() - start) / 1e9;
            JniUtils.stopProfile(trace.toString());
            List<Row> rows = ownTimes(JsonMapper.shared().readTree(Files.readAllBytes(trace)));
            double inside = rows.stream().mapToDouble(Row::seconds).sum();
            rows.add(new Row(named, 1, Math.max(0, seconds - inside)));
            rows.sort(Comparator.comparingDouble(Row::seconds).reversed());
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            trace.toFile().delete();
        }
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("bitdistillery", ".json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Events of one thread lie inside each other as calls do.
    ///
    /// @param trace as `chrome://tracing` reads it, times in microseconds
    static List<Row> ownTimes(JsonNode trace) {
        Map<String, List<JsonNode>> threads = new HashMap<>();
        JsonNode events = trace.isArray() ? trace : trace.path("traceEvents");
        events.forEach(event -> {
            if (event.path("ph").asString("").equals("X")) {
                threads.computeIfAbsent(event.path("tid").toString(), _ -> new ArrayList<>()).add(event);
            }
        });
        Map<String, double[]> sums = new HashMap<>();
        for (List<JsonNode> thread : threads.values()) {
            thread.sort(Comparator.comparingDouble((JsonNode event) -> event.path("ts").asDouble())
                    .thenComparingDouble(event -> -event.path("dur").asDouble()));
            ArrayDeque<Open> open = new ArrayDeque<>();
            for (JsonNode event : thread) {
                double start = event.path("ts").asDouble();
                while (!open.isEmpty() && open.peek().end <= start) {
                    close(open, sums);
                }
                Open next = new Open(event.path("name").asString(), start, event.path("dur").asDouble());
                if (!open.isEmpty()) {
                    open.peek().callees += next.duration;
                }
                open.push(next);
            }
            while (!open.isEmpty()) {
                close(open, sums);
            }
        }
        List<Row> rows = new ArrayList<>();
        sums.forEach((name, sum) -> rows.add(new Row(name, (long) sum[0], sum[1] / 1e6)));
        return rows;
    }

    private static void close(ArrayDeque<Open> open, Map<String, double[]> sums) {
        Open done = open.pop();
        double[] sum = sums.computeIfAbsent(done.name, _ -> new double[2]);
        sum[0]++;
        sum[1] += Math.max(0, done.duration - done.callees);
    }
}
