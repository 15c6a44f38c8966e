package io.yiwang.launcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code status} says of the doors: how fast, how late, how much is rejected, waits and comes back. */
final class IngestFigures {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int SECONDS_A_MINUTE = 60;

    private IngestFigures() {}

    /** Lines for people; none when ingest does not answer, which its state says already. */
    static List<String> ask(String address) {
        // Down is an answer with another status; it is shown as the part's state.
        return Probe.get(address + "/health", Duration.ofSeconds(2))
                .flatMap(IngestFigures::of)
                .orElse(List.of());
    }

    static Optional<List<String>> of(String health) {
        JsonNode said;
        try {
            said = JSON.readTree(health);
        } catch (JacksonException e) {
            return Optional.empty();
        }
        var lines = new ArrayList<String>();
        var gauges = said.path("gauges");
        lines.add(String.format(
                Locale.ROOT,
                "ingest     %.1f msg/s, %s, %.1f rejected/min, %d in flight (%d kB for Kafka), %d connections, %.1f reconnects/min",
                said.path("perSecond").asDouble(0),
                said.path("lagMillis").isNumber()
                        ? String.format(
                                Locale.ROOT,
                                "%.0f ms from reading to Kafka",
                                said.path("lagMillis").asDouble())
                        : "nothing comes",
                said.path("rejectedPerSecond").asDouble(0) * SECONDS_A_MINUTE,
                said.path("inFlight").asLong(0),
                gauges.path("kafka.bytes.in.flight").asLong(0) >> 10,
                gauges.path("connections").asLong(0),
                said.path("reconnectsPerMinute").asDouble(0)));
        long missing = gauges.path("sequence.missing").asLong(0);
        long gaps = said.at("/sequence/gap").asLong(0);
        if (missing + gaps > 0) {
            lines.add("ingest     devices left out " + missing + " messages that may still come and " + gaps
                    + " that did not come within an hour");
        }
        said.path("parts").properties().forEach(part -> {
            var state = part.getValue().path("status").asString("");
            if (!state.equals("UP")) {
                lines.add("ingest     " + part.getKey() + " is " + state.toLowerCase(Locale.ROOT) + ": "
                        + part.getValue().path("detail").asString(""));
            }
        });
        return Optional.of(lines);
    }
}
