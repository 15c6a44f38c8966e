package io.yiwang.dashboard.pipeline;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What ingest counts, since its start unless said otherwise.
 *
 * @param received payloads that its doors took
 * @param accepted messages that went on
 * @param rejected records in {@code telemetry.rejected}
 * @param perSecond payloads a second over the last ten seconds
 * @param lagMillis mean over ten seconds from a reading's time to Kafka; null while nothing comes
 * @param rejectedPerMinute at the pace of the last ten seconds
 * @param inFlight payloads that are taken and neither stored nor given back
 * @param connections that are open now; null without a door of its own
 * @param reconnectsPerMinute at the pace of the last ten seconds; devices that came back
 * @param missing counters of devices' messages that were left out and are still awaited
 * @param gaps those that were not awaited any longer: lost before they reached a door
 * @param refused publishes and connections turned away
 */
public record Ingest(
        long received,
        long accepted,
        long rejected,
        double perSecond,
        @Nullable Double lagMillis,
        double rejectedPerMinute,
        long inFlight,
        @Nullable Long connections,
        double reconnectsPerMinute,
        long missing,
        long gaps,
        long refused) {
    private static final int SECONDS_A_MINUTE = 60;

    /** @param health the answer to {@code GET /health}; what an older ingest does not say is zero or null */
    static Ingest of(JsonNode health) {
        var lag = health.path("lagMillis");
        var gauges = health.path("gauges");
        var connections = gauges.path("connections");
        long refused = 0;
        for (var count : health.path("refused")) {
            refused += count.asLong(0);
        }
        return new Ingest(
                health.path("received").asLong(0),
                health.path("accepted").asLong(0),
                health.path("rejected").asLong(0),
                health.path("perSecond").asDouble(0),
                lag.isNumber() ? lag.asDouble() : null,
                health.path("rejectedPerSecond").asDouble(0) * SECONDS_A_MINUTE,
                health.path("inFlight").asLong(0),
                connections.isNumber() ? connections.asLong() : null,
                health.path("reconnectsPerMinute").asDouble(0),
                gauges.path("sequence.missing").asLong(0),
                health.at("/sequence/gap").asLong(0),
                refused);
    }
}
