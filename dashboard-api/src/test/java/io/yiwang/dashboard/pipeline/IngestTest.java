package io.yiwang.dashboard.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class IngestTest {
    private static Ingest of(String health) {
        return Ingest.of(JsonMapper.shared().readTree(health));
    }

    @Test
    void theFiguresComeFromIngestsHealth() {
        var ingest = of("""
                {"status": "UP", "received": 100, "accepted": 90, "rejected": 12, "perSecond": 5.5, "rejectedPerSecond": 0.5,
                 "lagMillis": 123.5, "inFlight": 3, "reconnectsPerMinute": 6,
                 "gauges": {"connections": 17, "sequence.missing": 4.0, "kafka.bytes.in.flight": 0},
                 "sequence": {"gap": 2, "repeat": 1, "backwards": 0}, "refused": {"QOS": 1, "CREDENTIAL": 2}}
                """);
        assertThat(ingest).isEqualTo(new Ingest(100, 90, 12, 5.5, 123.5, 30, 3, 17L, 6, 4, 2, 3));
    }

    @Test
    void whatIsNotSaidIsNotKnown() {
        assertThat(of("{\"lagMillis\": null}")).isEqualTo(new Ingest(0, 0, 0, 0, null, 0, 0, null, 0, 0, 0, 0));
    }
}
