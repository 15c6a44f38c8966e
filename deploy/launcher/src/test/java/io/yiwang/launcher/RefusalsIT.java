package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on people's machines ends in a sentence, without a stack trace and without a process left behind. */
class RefusalsIT {
    @TempDir
    Path dir;

    @Test
    void upTwiceIsRefusedAndCtrlCInTheMiddleOfAStartLeavesNothing() throws Exception {
        var data = dir.resolve("var");
        var city = TestingCity.starting(data, "--no-demo");
        await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(data.resolve("run/state.json")));

        var second = city.yiwang("up", "--port", "dashboard=0");
        assertSentence(second, "already running", "./yiwang down");

        // What a terminal does on Ctrl-C.
        TestingCity.run(
                new ProcessBuilder("kill", "-INT", String.valueOf(city.process().pid())));
        assertThat(city.process().waitFor(60, TimeUnit.SECONDS))
                .as(city::output)
                .isTrue();
        assertThat(city.output()).contains("Stopped.").doesNotContain("\tat ");
        assertThat(TestingCity.processesOn(data)).isEmpty();
    }

    @Test
    void aFullDiskIsRefusedBeforeAnythingStarts() throws Exception {
        var small = dir.resolve("small");
        Files.createDirectories(small);
        // Only root may mount; everyone else has this checked by the machines that run as root.
        org.junit.jupiter.api.Assumptions.assumeTrue(
                TestingCity.run(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", small.toString()))
                                .code()
                        == 0);
        try {
            var answer = TestingCity.run(TestingCity.command(
                    List.of("up", "--data", small.resolve("var").toString())));
            assertSentence(answer, "MiB free", "--data DIR");
        } finally {
            TestingCity.run(new ProcessBuilder("umount", small.toString()));
        }
    }

    @Test
    void aMachineWithoutNodeIsToldWhatToInstall() throws Exception {
        var answer = script(List.of("node", "npm"), "up");
        assertSentence(answer, "Node.js", "20");
    }

    @Test
    void aPersonWhoMayNotInstallPackagesIsToldWhatToAskFor() throws Exception {
        var tools = tools(List.of("chromium", "mosquitto", "mosquitto_pub", "sudo", "id"));
        var id = Files.writeString(tools.resolve("id"), "#!/bin/sh\necho 1000\n");
        Files.setPosixFilePermissions(id, PosixFilePermissions.fromString("rwxr-xr-x"));
        var answer = script(tools, "test");
        assertSentence(answer, "chromium", "may not install");
    }

    private static void assertSentence(TestingCity.Answer answer, String... parts) {
        assertThat(answer.code()).as(answer::output).isEqualTo(1);
        assertThat(answer.output())
                .contains("yiwang: ")
                .contains(parts)
                .doesNotContain("\tat ")
                .doesNotContain("Exception");
    }

    private TestingCity.Answer script(List<String> without, String command) throws IOException, InterruptedException {
        return script(tools(without), command);
    }

    /** Runs a copy of the script in an unbuilt tree on a machine that has only {@code tools}. */
    private TestingCity.Answer script(Path tools, String command) throws IOException, InterruptedException {
        var copy = Files.createDirectories(dir.resolve("clone")).resolve("yiwang");
        Files.copy(TestingCity.HOME.resolve("yiwang"), copy, StandardCopyOption.COPY_ATTRIBUTES);
        var builder = new ProcessBuilder("/bin/bash", copy.toString(), command);
        builder.environment().put("PATH", tools.toString());
        return TestingCity.run(builder);
    }

    /** A folder with this machine's programs except some. */
    private Path tools(List<String> without) throws IOException {
        var tools = Files.createDirectories(dir.resolve("bin"));
        for (var folder : System.getenv("PATH").split(":")) {
            if (!Files.isDirectory(Path.of(folder))) {
                continue;
            }
            try (var programs = Files.list(Path.of(folder))) {
                for (var program : programs.toList()) {
                    var link = tools.resolve(program.getFileName());
                    if (!without.contains(program.getFileName().toString())
                            && Files.notExists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, program);
                    }
                }
            }
        }
        return tools;
    }
}
