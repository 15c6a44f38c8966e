package io.yiwang.ingest.decode.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.decode.Decoded;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EdgeSessionsTest {
    private static EdgeSession weighing(EdgeSession session, int metrics) {
        return new EdgeSession(true, 1, 1, session.lastSeq() + 1, -1, -1, Map.of(), metrics);
    }

    private static EdgeSession.Step remember(EdgeSession session) {
        return new EdgeSession.Step(weighing(session, 9), new Decoded.Messages(List.of(), List.of()));
    }

    /** How many steps an edge node has taken in a row without being forgotten. */
    private static int steps(EdgeSessions sessions, String client, String edge) {
        return sessions.step(client, edge, EdgeSessionsTest::remember).session().lastSeq() + 1;
    }

    @Test
    void theLeastRecentlyUsedIsForgotten() {
        var sessions = new EdgeSessions(35);
        assertThat(steps(sessions, "bridge", "a")).isEqualTo(1);
        assertThat(steps(sessions, "bridge", "b")).isEqualTo(1);
        assertThat(steps(sessions, "bridge", "c")).isEqualTo(1);
        assertThat(steps(sessions, "bridge", "a")).isEqualTo(2);
        assertThat(steps(sessions, "bridge", "d")).isEqualTo(1);
        assertThat(steps(sessions, "bridge", "a")).as("was used").isEqualTo(3);
        assertThat(steps(sessions, "bridge", "b")).as("was not").isEqualTo(1);
        assertThat(sessions.weight()).isLessThanOrEqualTo(35);
    }

    @Test
    void aClientThatInventsNamesLosesItsOwn() {
        var sessions = new EdgeSessions(105);
        for (var honest : List.of("e1", "e2", "e3")) {
            steps(sessions, honest, "G/" + honest);
        }
        for (int i = 0; i < 1000; i++) {
            steps(sessions, "liar", "G" + i + "/liar");
        }
        assertThat(sessions.weight()).isLessThanOrEqualTo(105);
        for (var honest : List.of("e1", "e2", "e3")) {
            assertThat(steps(sessions, honest, "G/" + honest)).as(honest).isEqualTo(2);
        }
    }

    @Test
    void stepsOfOneEdgeNodeComeOneAfterAnotherWhateverThread() throws Exception {
        var sessions = EdgeSessions.within(512 << 20);
        var threads = Executors.newFixedThreadPool(4);
        for (int thread = 0; thread < 4; thread++) {
            threads.submit(() -> {
                for (int i = 0; i < 5000; i++) {
                    steps(sessions, "c", "e" + i % 3);
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(steps(sessions, "c", "e0") + steps(sessions, "c", "e1") + steps(sessions, "c", "e2"))
                .isEqualTo(20_003);
        assertThat(sessions.count()).isEqualTo(3);
        assertThat(sessions.weight()).isEqualTo(30);
    }
}
