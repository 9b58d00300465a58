package org.bitdistillery.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// `worker.json`: the process that works on a run, or did last.
///
/// @param processStartedAt start of the process, because process ids are used again; null where the system does not tell
/// @param startedAt        when it took the run up; events before that are of earlier workers
record WorkerInfo(long processId, Instant processStartedAt, Instant startedAt) {

    static WorkerInfo ofThisProcess() {
        ProcessHandle self = ProcessHandle.current();
        return new WorkerInfo(self.pid(), self.info().startInstant().orElse(null), Instant.now());
    }

    static Optional<WorkerInfo> read(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(EventJson.MAPPER.readValue(Files.readString(file), WorkerInfo.class))
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    boolean isThisProcess() {
        WorkerInfo self = ofThisProcess();
        return processId == self.processId && (processStartedAt == null || processStartedAt.equals(self.processStartedAt));
    }
}
