package org.bitdistillery.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// An engine whose processes measure nothing: they do what their model's name says, or print the next of their model's speeds.
final class FakeWorker implements Engine {

    static final ModelMemory MEMORY = new ModelMemory(400, 100, 500, 200, Map.of("embedding", 300L, "down", 200L));

    private final Map<String, List<Double>> speeds;
    private final Map<String, Integer> taken = new HashMap<>();
    /// `model threads` of every process, in order.
    final List<String> journal = new ArrayList<>();

    /// @param speeds what the processes of a model print, in turn, for each thread count
    FakeWorker(Map<String, List<Double>> speeds) {
        this.speeds = speeds;
    }

    Benchmark benchmark() {
        return new Benchmark(_ -> Optional.of(this));
    }

    @Override
    public List<ProcessBuilder> commands(Job job) {
        String key = job.model().name() + " " + job.threads();
        journal.add(key);
        int turn = taken.merge(key, 1, Integer::sum) - 1;
        String output = switch (job.model().name()) {
            case "garbage" -> "Segmentation fault (core dumped)";
            case "cutoff" -> "{\"engine\": \"fake\", \"rates\": [";
            case "zero" -> measurement(job, 0);
            default -> "warming up\n" + measurement(job, speeds.getOrDefault(job.model().name(), List.of(1.0)).get(turn));
        };
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path classes = Path.of("target", "test-classes").toAbsolutePath();
        return List.of(new ProcessBuilder(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classes.toString(),
                Child.class.getName(), job.model().name(), output));
    }

    @Override
    public Measurement parse(Job job, List<String> outputs) {
        return OwnEngine.lastLine(outputs.getFirst());
    }

    private static String measurement(Job job, double speed) {
        List<Measurement.Rate> rates = job.workloads().stream().map(workload -> new Measurement.Rate(workload, speed, 0.5)).toList();
        return JsonMapper.shared().writeValueAsString(new Measurement("fake", job.threads(), 0.25, 0.75, rates,
                List.of(Workload.decode(512, 64)), MEMORY, 10L << 20,
                List.of(new Measurement.TimeShare(Workload.Kind.DECODE, Map.of("down", 1.0), List.of(0.5, 0.5)))));
    }

    /// The process itself; it needs nothing but the Java runtime, so that it is quick.
    static final class Child {
        public static void main(String[] args) throws InterruptedException {
            switch (args[0]) {
                case "crash" -> System.exit(7);
                case "killed" -> Runtime.getRuntime().halt(137);
                case "excuse" -> {
                    System.err.println("The file is damaged. Fetch it again.");
                    System.exit(1);
                }
                case "sleep" -> Thread.sleep(60_000);
                default -> System.out.println(args[1]);
            }
        }
    }
}
