package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Learning;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.TestingPacks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RecordsFaceTest {
    @TempDir
    Path dir;

    @Test
    void alarmsOfManyFacilitiesComeInTheOrderOfTheirConclusion() throws Exception {
        var log = new TestingTelemetry()
                .level("T2", 1, 90)
                .level("T1", 2, 90)
                .level("T2", 3, 20)
                .level("T1", 4, 20);

        assertThat(steps(log))
                .containsExactly("T2 hh RAISED 1", "T1 hh RAISED 2", "T2 hh CLEARED 3", "T1 hh CLEARED 4");
    }

    @Test
    void aTickConcludesTheDelaysOfAllFacilitiesInTheOrderOfTheirDeadlines() throws Exception {
        var log = new TestingTelemetry()
                .level("T2", 0, 20)
                .level("T1", 0, 20)
                .level("T2", 1, 60)
                .level("T1", 2, 60)
                .tick(10.5)
                .tick(20);

        assertThat(steps(log)).containsExactly("T2 h RAISED 11", "T1 h RAISED 12");
    }

    @Test
    void silenceIsConcludedByTicksAlone() throws Exception {
        var log = new TestingTelemetry().level("T1", 0, 20).level("T2", 0.1, 20);
        for (int i = 10; i <= 30; i += 10) {
            log.level("T2", i, 20);
        }
        log.tick(30.3);

        assertThat(steps(log)).containsExactly("T1 silent RAISED 30");
    }

    @Test
    void theTickThatEndsABreakGivesSilenceAFreshStart() throws Exception {
        var log = new TestingTelemetry()
                .level("T1", 0, 20)
                .tick(1)
                .tick(100, 99)
                .level("T1", 105, 20)
                .tick(106);

        assertThat(steps(log)).isEmpty();
    }

    @Test
    void theSameLogTwiceGivesTheSameBytes() throws Exception {
        var random = new Random(5);
        var log = new TestingTelemetry();
        for (int i = 0; i < 3000; i++) {
            var tank = "T" + random.nextInt(20);
            if (random.nextInt(50) == 0) {
                log.outOfRange(tank, i);
            } else {
                log.level(tank, i - random.nextInt(2), random.nextInt(100));
            }
            log.tick(i + 0.5);
        }
        // In the order of the log, as messages are written a moment after they were measured.
        log.records.sort(java.util.Comparator.comparingLong(record -> record.getLogMillis()));

        run(log);
        var alarms = Files.readAllBytes(dir.resolve("alarms"));
        var qualities = Files.readAllBytes(dir.resolve("quality"));
        run(log);

        assertThat(Files.readAllBytes(dir.resolve("alarms"))).isEqualTo(alarms).hasSizeGreaterThan(10_000);
        assertThat(Files.readAllBytes(dir.resolve("quality")))
                .isEqualTo(qualities)
                .isNotEmpty();
    }

    @Test
    void qualityChangesAreWrittenBesideTheAlarms() throws Exception {
        run(new TestingTelemetry().level("T1", 0, 20));
        try (var in = Files.newInputStream(dir.resolve("quality"))) {
            assertThat(PointQuality.parseDelimitedFrom(in))
                    .isEqualTo(PointQuality.newBuilder()
                            .setPoint("T1-A.test_level")
                            .setFacility("T1")
                            .setQuality("good")
                            .setSinceMillis(TestingTelemetry.at(0))
                            .setLearning(Learning.LEARNS)
                            .setReadyMillis(TestingTelemetry.at(2 * 86_400))
                            .build());
            assertThat(PointQuality.parseDelimitedFrom(in)).isNull();
        }
    }

    @Test
    void messagesOfUnknownFacilitiesAreCountedAndDisturbNothing() throws Exception {
        var said = run(new TestingTelemetry().level("nowhere", 1, 90).level("T1", 2, 90));
        assertThat(said).contains("1 message(s) were not judged");
        assertThat(alarms()).hasSize(1);
    }

    @Test
    void whatWasConcludedBeforeABrokenRecordIsKeptAndTheCommandFails() throws Exception {
        var bytes = new TestingTelemetry().level("T1", 1, 90).level("T1", 2, 20).bytes();
        Files.write(dir.resolve("log"), java.util.Arrays.copyOf(bytes, bytes.length - 3));
        // The testing pack is not bundled: nothing is judged, but everything is read.
        assets(TestingTelemetry.tank("T1"));
        var said = new StringWriter();
        int exit = new CommandLine(new Backtest())
                .setErr(new PrintWriter(said))
                .execute(
                        "--records", dir.resolve("log").toString(),
                        "--assets", dir.resolve("assets").toString(),
                        "--alarms", dir.resolve("alarms").toString());
        assertThat(exit).isEqualTo(1);
        assertThat(said.toString()).contains("record 2 at byte ").contains("ends within it");
        assertThat(dir.resolve("alarms")).exists();
    }

    @Test
    void aCommandThatLacksSomethingSaysWhat() {
        var said = new StringWriter();
        int exit = new CommandLine(new Backtest()).setErr(new PrintWriter(said)).execute("--records", "x");
        assertThat(exit).isEqualTo(2);
        assertThat(said.toString()).contains("--assets").contains("--alarms");
    }

    private List<String> steps(TestingTelemetry log) throws IOException {
        run(log);
        return alarms().stream()
                .map(alarm -> alarm.getFacility() + " "
                        + alarm.getRule().substring("test_level.".length()) + " " + alarm.getStep() + " "
                        + (alarm.getStep() == AlarmStep.RAISED
                                ? seconds(alarm.getRaisedMillis())
                                : seconds(alarm.getClearedMillis())))
                .toList();
    }

    private static long seconds(long millis) {
        return (millis - TestingTelemetry.START) / 1000;
    }

    private String run(TestingTelemetry log) throws IOException {
        var tanks = new ArrayList<Facility>();
        for (int i = 0; i < 20; i++) {
            tanks.add(TestingTelemetry.tank("T" + i));
        }
        assets(tanks.toArray(Facility[]::new));
        var said = new StringWriter();
        new RecordsFace(
                        TestingPacks.PACKS,
                        RuleBook.EMPTY,
                        ZoneId.of("Asia/Shanghai"),
                        CityClock.wallClock(),
                        dir.resolve("assets"),
                        dir.resolve("alarms"),
                        dir.resolve("quality"))
                .run(new ByteArrayInputStream(log.bytes()), "test", new PrintWriter(said));
        return said.toString();
    }

    private void assets(Facility... facilities) throws IOException {
        try (var out = Files.newOutputStream(dir.resolve("assets"))) {
            for (var facility : facilities) {
                facility.writeDelimitedTo(out);
            }
        }
    }

    private List<Alarm> alarms() throws IOException {
        var alarms = new ArrayList<Alarm>();
        try (var in = Files.newInputStream(dir.resolve("alarms"))) {
            for (var alarm = Alarm.parseDelimitedFrom(in); alarm != null; alarm = Alarm.parseDelimitedFrom(in)) {
                alarms.add(alarm);
            }
        }
        return alarms;
    }
}
