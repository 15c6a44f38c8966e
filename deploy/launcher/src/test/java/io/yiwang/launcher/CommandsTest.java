package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    @TempDir
    Path dir;

    @Test
    void aUsedPortIsNamedWithItsPart() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var said = refusal("up", "--data", dir.toString(), "--port", "kafka=" + taken.getLocalPort());
            assertThat(said)
                    .contains("Port " + taken.getLocalPort())
                    .contains("'kafka'")
                    .contains("--port kafka=");
        }
    }

    @Test
    void theDoorForDataLoggersIsOpenedOnlyWhereItsPortIsNamed() throws Exception {
        var quiet = new UpOptions();
        UpOptions.DEFAULT_PORTS.keySet().stream()
                .filter(part -> !part.equals("hj212"))
                .forEach(part -> quiet.ports.put(part, 0));
        assertThat(quiet.choosePorts()).doesNotContainKey("hj212");
        quiet.ports.put("hj212", 0);
        assertThat(quiet.choosePorts()).containsKey("hj212");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(refusal(
                            "up",
                            "--data",
                            dir.toString(),
                            "--port",
                            "mqtt=0",
                            "--port",
                            "hj212=" + taken.getLocalPort()))
                    .contains("'hj212'", "--port hj212=");
        }
    }

    @Test
    void aFileInsteadOfAFolderIsRefused() throws Exception {
        var file = Files.createFile(dir.resolve("file"));
        assertThat(refusal("up", "--data", file.toString()))
                .contains("is a file")
                .contains("--data DIR");
    }

    @Test
    void commandsOnACityThatDoesNotRunSaySo() {
        assertThat(refusal("status", "--data", dir.toString()))
                .contains("not running")
                .contains("./yiwang up");
        assertThat(refusal("fault", "--list", "--data", dir.toString())).contains("not running");
    }

    @Test
    void aWrongPackIsRefusedWithFileLineAndReasonBeforeAnythingStarts() throws Exception {
        var packs = Files.createDirectories(dir.resolve("packs"));
        Files.writeString(packs.resolve("bridges.yaml"), "id: bridges\ncolour: red\n");
        var said = refusal("up", "--data", dir.resolve("var").toString(), "--domains", packs.toString());
        assertThat(said)
                .contains("bridges.yaml line ")
                .contains("nothing was started")
                .contains("colour");
        assertThat(dir.resolve("var/run/state.json")).doesNotExist();
    }

    @Test
    void theFolderOfPacksIsRememberedAndMissedWhenItIsGone() throws Exception {
        var data = DataFolder.of(dir.resolve("var"));
        data.prepare();
        var packs = Files.createDirectories(dir.resolve("packs"));
        assertThatThrownBy(() -> new KeptDomains(data).settle(packs))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no domain pack");
        Files.writeString(data.of("domains-folder"), packs + "\n");
        Files.delete(packs);
        assertThatThrownBy(() -> new KeptDomains(data).settle(null))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(packs.toString())
                .hasMessageContaining("--domains FOLDER");
        assertThat(new KeptDomains(DataFolder.of(dir.resolve("fresh"))).settle(null))
                .isNull();
    }

    @Test
    void aCityThatCannotBeIsRefused() {
        assertThat(refusal("up", "--data", dir.toString(), "--facilities", "100001"))
                .contains("1 to 100000");
        assertThat(refusal("up", "--data", dir.toString(), "--pace", "quick")).contains("demo or natural");
    }

    @Test
    void resetRefusesAFolderThatIsNotOurs() throws Exception {
        Files.createFile(dir.resolve("precious"));
        assertThat(refusal("reset", "--yes", "--data", dir.toString())).contains("nothing was deleted");
        assertThat(dir.resolve("precious")).exists();
    }

    @Test
    void secretsAreReadableByTheirOwnerOnly() throws Exception {
        var data = DataFolder.of(dir);
        data.prepare();
        var file = data.writeSecret("run/kafka.args", "--token x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)))
                .isEqualTo("rwx------");
    }

    @Test
    void theStateIsReadBackAsWritten() {
        var data = DataFolder.of(dir);
        data.prepare();
        var state = new RunState(
                7,
                "2026-01-01T00:00:00Z",
                "http://127.0.0.1:8080",
                Map.of("kafka", "127.0.0.1:9092"),
                List.of(new RunState.PartState("kafka", "up", 8, "2026-01-01T00:00:01Z", 9092, null)));
        data.publish(state);
        assertThat(data.state()).contains(state);
    }

    @Test
    void durationsAreReadAsPeopleWriteThem() {
        assertThat(FaultCommand.parse("90s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(FaultCommand.parse("1h30m")).isEqualTo(Duration.ofMinutes(90));
        assertThatThrownBy(() -> FaultCommand.parse("soon")).isInstanceOf(Refusal.class);
    }

    @Test
    void onlyAValueYoungerThanTheStartIsALiveValue() {
        var start = Instant.parse("2026-01-01T00:00:10Z");
        assertThat(FirstValue.since(start, "[{\"lastTime\":null},{\"lastTime\":\"2026-01-01T00:00:09Z\"}]"))
                .isFalse();
        assertThat(FirstValue.since(start, "[{\"lastTime\":\"2026-01-01T00:00:11Z\"}]"))
                .isTrue();
    }

    /** Runs a command that must fail with one sentence and without a stack trace. */
    private static String refusal(String... arguments) {
        var said = new StringWriter();
        int code = Yiwang.commandLine().setErr(new PrintWriter(said, true)).execute(arguments);
        assertThat(code).isEqualTo(1);
        assertThat(said.toString()).startsWith("yiwang: ").doesNotContain("\tat ");
        return said.toString();
    }
}
