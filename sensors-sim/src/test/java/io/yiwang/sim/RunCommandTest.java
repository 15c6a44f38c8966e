package io.yiwang.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RunCommandTest {
    @TempDir
    private Path data;

    private static String run(int expected, String... arguments) {
        var said = new StringWriter();
        var exit = new CommandLine(new RunCommand())
                .setErr(new PrintWriter(said, true))
                .execute(arguments);
        assertThat(exit).isEqualTo(expected);
        return said.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "--colour, red, colour",
        "--facilities, 0, 1 to 100000",
        "--facilities, many, many",
        "--mqtt, ftp://x:1, tcp://host:1883",
        "--zone, Mars/Base, Mars/Base"
    })
    void aWrongOptionIsRefusedWithASentence(String option, String value, String word) {
        assertThat(run(2, "--data", data.toString(), option, value)).contains(word);
        assertThat(data).as("nothing was begun").isEmptyDirectory();
    }

    @Test
    void helpNamesTheOptions() {
        assertThat(new CommandLine(new RunCommand()).getUsageMessage()).contains("--admin-password-file", "--seed");
    }
}
