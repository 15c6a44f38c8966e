package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench ingest} with so little load that only its counting is tried, not anybody's speed. */
class BenchIngestIT {
    @TempDir
    private Path data;

    @Test
    void everyCandidateBringsEveryMessageThrough() throws Exception {
        var json = data.resolve("result.json");

        int exit = Yiwang.commandLine()
                .execute(
                        "bench",
                        "ingest",
                        "--quick",
                        "--devices",
                        "20",
                        "--rate",
                        "100",
                        "--warm-up",
                        "3s",
                        "--duration",
                        "3s",
                        "--data",
                        data.toString(),
                        "--json",
                        json.toString());

        assertThat(exit).as("0 = valid, 1 = a slow machine made a round void").isBetween(0, 1);
        var report = JsonMapper.shared().readTree(Files.readString(json));
        var candidates = new ArrayList<String>();
        for (var turn : report.path("turns")) {
            candidates.add(turn.path("candidate").asString());
            assertThat(turn.path("messages").asLong()).as(turn.toString()).isPositive();
            for (var fault : turn.path("faults")) {
                // Late is what a busy machine may be; lost, doubled or unacknowledged is not.
                assertThat(fault.asString()).as(turn.toString()).matches("fell behind.*|the generator offered only.*");
            }
        }
        assertThat(candidates).contains("door", "floor door", "floor producer");
        if (report.path("remarks").isEmpty()) {
            assertThat(candidates).contains("bridge", "floor receiver", "camel");
            assertThat(report.path("ratios").size()).isEqualTo(4);
        }
        assertThat(data.resolve("bench")).isDirectoryContaining("glob:**/ingest-*.json");
        assertThat(data.resolve("bench")).isDirectoryNotContaining("glob:**/work*");
    }
}
