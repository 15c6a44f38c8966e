package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the script builds: it alone, in a tree of its own, with programs that only say that they were called. */
class ScriptTest {
    @TempDir
    Path dir;

    private Path tree;
    private Path programs;

    private record Answer(int code, String out, String err) {}

    @BeforeEach
    void aBuiltTree() throws IOException {
        tree = Files.createDirectories(dir.resolve("tree")).toRealPath();
        programs = Files.createDirectories(dir.resolve("programs"));
        Files.copy(TestingCity.HOME.resolve("yiwang"), tree.resolve("yiwang"), StandardCopyOption.COPY_ATTRIBUTES);
        for (var module : List.of("city-model", "ingest", "stream-jobs", "dashboard-api", "sensors-sim", "deploy")) {
            Files.createDirectories(tree.resolve(module));
        }
        Files.createFile(tree.resolve("pom.xml"));
        Files.createFile(
                Files.createDirectories(tree.resolve("deploy/launcher/target")).resolve("launcher-0.1.0.jar"));
        Files.createFile(Files.createDirectories(tree.resolve("target")).resolve("built"));
        program("java", "case \"$*\" in *-version*) echo 'openjdk version \"17.0.1\"' >&2;; *) echo launched;; esac");
        program("javac", "");
        program("node", "echo v20.1.0");
        program("npm", "");
        program("mvn", "echo packaged");
        changed("pom.xml", Instant.now().minusSeconds(60));
    }

    private void program(String name, String does) throws IOException {
        var file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + does + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void changed(String file, Instant when) throws IOException {
        Files.setLastModifiedTime(tree.resolve(file), FileTime.from(when));
    }

    private Answer yiwang(String... words) throws IOException, InterruptedException {
        var command =
                new ArrayList<>(List.of("/bin/bash", tree.resolve("yiwang").toString()));
        command.addAll(List.of(words));
        var err = dir.resolve("err");
        var builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().remove("YIWANG_BUILT");
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), out, Files.readString(err));
    }

    private void theSourcesChange() throws IOException {
        changed("pom.xml", Instant.now().plusSeconds(60));
    }

    @Test
    void whatIsBuiltFromTheseSourcesIsUsed() throws Exception {
        var answer = yiwang("bench", "detection");
        assertThat(answer).isEqualTo(new Answer(0, "launched\n", ""));
    }

    @Test
    void whatNeedsNoCityIsBuiltFirstWhenTheSourcesChanged() throws Exception {
        for (var words : List.of("bench detection --quick", "bench load", "backtest --csv x", "city", "day")) {
            theSourcesChange();
            var answer = yiwang(words.split(" "));
            assertThat(answer.code).as(answer.err).isZero();
            assertThat(answer.out)
                    .as("%s: standard output is the command's", words)
                    .isEqualTo("launched\n");
            assertThat(answer.err).as(words).contains("Building", "packaged");
        }
    }

    @Test
    void whatLooksAtARunningCityUsesWhatIsBuilt() throws Exception {
        theSourcesChange();
        for (var words : List.of("status", "fault --list", "bench", "bench end-to-end")) {
            assertThat(yiwang(words.split(" "))).as(words).isEqualTo(new Answer(0, "launched\n", ""));
        }
    }

    @Test
    void nothingIsBuiltUnderARunningCity() throws Exception {
        theSourcesChange();
        // Its command line is all that the script looks at.
        var city = new ProcessBuilder("/bin/sh", "-c", "read line", tree.resolve("ingest/target/") + "/ingest.jar")
                .start();
        try {
            var answer = yiwang("backtest", "--csv", "x");
            assertThat(answer.code).isZero();
            assertThat(answer.out).isEqualTo("launched\n");
            assertThat(answer.err).hasLineCount(1).contains("is running", "uses what is built");
            var refused = yiwang("build");
            assertThat(refused.code).isEqualTo(1);
            assertThat(refused.err).contains("yiwang: ", "./yiwang down");
        } finally {
            city.destroy();
            city.waitFor();
        }
        assertThat(yiwang("backtest").err).contains("packaged");
    }
}
