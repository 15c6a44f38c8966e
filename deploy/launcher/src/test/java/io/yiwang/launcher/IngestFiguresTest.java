package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IngestFiguresTest {
    @Test
    void whatOperatorsNeedIsOneLine() {
        assertThat(IngestFigures.of("""
                {"parts": {"kafka": {"status": "UP", "detail": "0 records on their way"}}, "perSecond": 250.04, "lagMillis": 118.2,
                 "rejectedPerSecond": 0.5, "inFlight": 12, "reconnectsPerMinute": 3,
                 "gauges": {"kafka.bytes.in.flight": 40960, "connections": 500, "sequence.missing": 0}, "sequence": {"gap": 0}}
                """))
                .hasValueSatisfying(lines -> assertThat(lines)
                        .containsExactly(
                                "ingest     250.0 msg/s, 118 ms from reading to Kafka, 30.0 rejected/min, 12 in flight"
                                        + " (40 kB for Kafka), 500 connections, 3.0 reconnects/min"));
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(IngestFigures.of("""
                {"parts": {"bridge": {"status": "DEGRADED", "detail": "not connected"}}, "lagMillis": null,
                 "gauges": {"sequence.missing": 4}, "sequence": {"gap": 2}}
                """))
                .hasValueSatisfying(lines -> assertThat(lines)
                        .hasSize(3)
                        .anyMatch(line -> line.contains("nothing comes"))
                        .contains(
                                "ingest     devices left out 4 messages that may still come and 2 that did not come within an hour",
                                "ingest     bridge is degraded: not connected"));
    }

    @Test
    void anotherProgramOnThePortSaysNothing() {
        assertThat(IngestFigures.of("<html>")).isEmpty();
    }
}
