package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backtest} needs no city. */
class BacktestIT {
    @TempDir
    Path dir;

    @Test
    void theExampleOfTheManualIsJudgedWithoutACity() throws Exception {
        var example = TestingCity.HOME.resolve("docs/examples/backtest");
        var alarms = dir.resolve("alarms.csv");
        var answer = TestingCity.run(TestingCity.command(List.of(
                "backtest",
                "--csv",
                example.resolve("inlet.csv").toString(),
                "--rules",
                example.resolve("inlet-rules.yaml").toString(),
                "--out",
                alarms.toString(),
                "--data",
                dir.resolve("no-city").toString())));
        assertThat(answer.code()).as(answer::output).isZero();
        assertThat(Files.readAllLines(alarms))
                .startsWith("series,start,end,peak,kind,grade,score")
                .anyMatch(line -> line.startsWith("turbidity,") && line.endsWith(",h,3,1.0000"))
                .anyMatch(line -> line.startsWith("flow,") && line.contains("Z,"));
        assertThat(dir.resolve("no-city")).doesNotExist();

        var refused = TestingCity.run(TestingCity.command(
                List.of("backtest", "--csv", dir.resolve("nothing.csv").toString(), "--out", alarms.toString())));
        assertThat(refused.code()).as(refused::output).isEqualTo(2);
        assertThat(refused.output()).contains("there is no file").doesNotContain("\tat ");
    }
}
