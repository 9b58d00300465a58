package org.bitdistillery.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.RunEvent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// How the small files of a run folder are written: compact JSON, fields in the order of the records, nulls left out.
public final class EventJson {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private EventJson() {}

    /// Any record of the event room as one line of JSON, without a line feed.
    public static String compact(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// The other way round.
    ///
    /// @throws InvalidInput where the text is something else
    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            if (e.getCause() instanceof InvalidInput told) {
                throw told;
            }
            throw new InvalidInput("What should be " + type.getSimpleName() + " is something else: the file or the answer is damaged.", e);
        }
    }

    static String line(RunEvent event) {
        return MAPPER.writeValueAsString(event) + "\n";
    }

    /// The event of one line, or nothing for a line that is none, for example one that a crash left half zeroed.
    static Optional<RunEvent> event(String line) {
        try {
            return Optional.ofNullable(MAPPER.readValue(line, RunEvent.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
