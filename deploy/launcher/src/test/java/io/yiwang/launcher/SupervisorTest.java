package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.yiwang.launcher.RunState.PartState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {
    @TempDir
    Path dir;

    private final AtomicReference<List<PartState>> published = new AtomicReference<>(List.of());
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private Supervisor supervisor;

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectories(dir.resolve("log"));
        supervisor = supervise(List.of());
    }

    @AfterEach
    void stop() {
        supervisor.stop();
    }

    @Test
    void aPartStartsOnlyWhenThoseItNeedsAreUp() {
        supervisor = supervise(List.of(
                part(
                        "second",
                        List.of("first"),
                        "test -f first.ready || touch too-early; touch second.ready; sleep 600"),
                part("first", List.of(), "touch first.ready; sleep 600")));
        supervisor.start();
        assertThat(dir.resolve("too-early")).doesNotExist();
        assertThat(said.get(0)).contains("first");
        assertThat(published.get()).extracting(PartState::state).containsOnly("up");
    }

    @Test
    void aPartThatEndsIsStartedAgainAndItsNeighboursAreNot() {
        supervisor = supervise(List.of(
                part("steady", List.of(), "touch steady.ready; sleep 600"),
                part("dying", List.of(), "touch dying.ready; echo $$ >> dying.pids; sleep 600")));
        supervisor.start();
        var before = published.get();
        var watching = new Thread(supervisor::watch);
        watching.start();
        ProcessHandle.of(pid(before, "dying")).orElseThrow().destroyForcibly();
        await().untilAsserted(() -> assertThat(published.get())
                .filteredOn(p -> p.name().equals("dying"))
                .allMatch(p -> p.state().equals("up") && p.pid() != pid(before, "dying"))
                .extracting(PartState::lastError)
                .containsExactly("ended by signal 9"));
        assertThat(pid(published.get(), "steady")).isEqualTo(pid(before, "steady"));
        supervisor.stop();
        await().until(() -> !watching.isAlive());
    }

    @Test
    void aPartThatNeverComesUpEndsTheStartWithTheReasonAndItsLog() {
        supervisor = supervise(List.of(part("broken", List.of(), "echo cannot find my data; exit 3")));
        assertThatThrownBy(supervisor::start)
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("'broken'")
                .hasMessageContaining("ended with code 3")
                .hasMessageContaining("cannot find my data");
    }

    @Test
    void stoppingEndsEveryProcessLastStartedFirst() {
        supervisor = supervise(List.of(
                part("first", List.of(), "touch first.ready; trap 'echo first >> order; exit' TERM; sleep 600 & wait"),
                part(
                        "second",
                        List.of("first"),
                        "touch second.ready; trap 'echo second >> order; exit' TERM; sleep 600 & wait")));
        supervisor.start();
        var running = published.get();
        supervisor.stop();
        assertThat(dir.resolve("order")).hasContent("second\nfirst\n");
        assertThat(running).allMatch(p -> ProcessHandle.of(p.pid()).isEmpty());
        assertThat(published.get()).extracting(PartState::state).containsOnly("stopped");
    }

    private Supervisor supervise(List<Part> parts) {
        return new Supervisor(parts, DataFolder.of(dir), System.nanoTime(), published::set, said::add);
    }

    /** A shell script in the test's folder; ready once it has made {@code <name>.ready}. */
    private Part part(String name, List<String> needs, String script) {
        var program = ChildProcess.of(List.of("sh", "-c", "cd '" + dir + "' && " + script), Map.of());
        return new Part(name, needs, program, () -> Files.exists(dir.resolve(name + ".ready")), 0);
    }

    private static long pid(List<PartState> states, String name) {
        return states.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow()
                .pid();
    }
}
