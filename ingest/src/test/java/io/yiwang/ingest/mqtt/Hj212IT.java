package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.hj212.TestingPlant.DUST;
import static io.yiwang.ingest.hj212.TestingPlant.DUST_MN;
import static io.yiwang.ingest.hj212.TestingPlant.OUTLET;
import static io.yiwang.ingest.hj212.TestingPlant.OUTLET_MN;
import static io.yiwang.ingest.hj212.TestingPlant.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.decode.hj212.Checksum;
import io.yiwang.ingest.decode.hj212.Frames;
import io.yiwang.ingest.decode.hj212.LoggerTime;
import io.yiwang.ingest.hj212.LoggerDoorSettings;
import io.yiwang.ingest.hj212.TestingLogger;
import io.yiwang.ingest.hj212.TestingPlant;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import io.yiwang.servers.KafkaServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data loggers by TCP and by MQTT, with a real broker and a real Kafka that goes away and comes back. */
class Hj212IT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long MINUTE = 60_000;

    @TempDir
    private Path folder;

    private Ingest ingest(String bootstrap) throws Exception {
        return Ingest.start(
                new IngestSettings(
                        bootstrap,
                        folder.resolve("ingest"),
                        0,
                        DoorSettings.of("127.0.0.1", 0, folder.resolve("door")),
                        null,
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT,
                        LoggerDoorSettings.of("127.0.0.1", 0)),
                fault -> {
                    throw new AssertionError(fault);
                });
    }

    private static void register(String bootstrap, Ingest ingest) throws Exception {
        TestingCity.publish(bootstrap, TestingPlant.plant());
        TestingCity.publish(bootstrap, TestingPlant.site());
        await().atMost(PATIENCE)
                .until(() -> ingest.catalogue().device(OUTLET) != null
                        && ingest.catalogue().device(DUST) != null);
    }

    private static String frame(long millis, String system, String command, String mn, String area) {
        return "QN=" + LoggerTime.number(millis) + ";ST=" + system + ";CN=" + command + ";PW=" + PASSWORD + ";MN=" + mn
                + ";Flag=5;CP=&&" + area + "&&";
    }

    private static Telemetry at(List<Telemetry> all, String device, long millis, int interval) {
        return all.stream()
                .filter(message -> message.getDevice().equals(device)
                        && message.getEventTimeMillis() == millis
                        && message.getIntervalSeconds() == interval)
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("no message of " + millis + " over " + interval + " s in " + all));
    }

    private static Value value(Telemetry message, String metric) {
        return message.getValuesList().stream()
                .filter(value -> value.getMetric().equals(metric))
                .findFirst()
                .orElseThrow(() -> new AssertionError(metric + " is not in " + message));
    }

    /** What a logger sends in a day, by TCP and the same by MQTT. */
    @Test
    void everyKindOfDataArrivesWithItsUnitsAndTimes() throws Exception {
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var ingest = ingest(kafka.bootstrap())) {
            register(kafka.bootstrap(), ingest);
            long now = System.currentTimeMillis() / 1000 * 1000;
            long minute = now / (10 * MINUTE) * (10 * MINUTE) - 10 * MINUTE;
            long hour = now / (60 * MINUTE) * (60 * MINUTE) - 60 * MINUTE;
            // Midnight in China.
            long day = (now + 8 * 60 * MINUTE) / (1440 * MINUTE) * (1440 * MINUTE) - 8 * 60 * MINUTE - 1440 * MINUTE;
            long sample = now - 30 * MINUTE;
            var means = ";w00000-Cou=109.5,w00000-Min=176.2,w00000-Avg=182.5,w00000-Max=190.4,w00000-Flag=N;"
                    + "w01018-Cou=2.56,w01018-Min=23.1,w01018-Avg=23.4,w01018-Max=23.9,w01018-Flag=M";
            var frames = List.of(
                    Frames.of(frame(
                            now,
                            "32",
                            "2011",
                            OUTLET_MN,
                            "DataTime=" + LoggerTime.seconds(now) + ";w00000-Rtd=10,w00000-Flag=N;w01018-SampleTime="
                                    + LoggerTime.seconds(sample) + ",w01018-Rtd=31.5,w01018-Flag=N")),
                    Frames.of(frame(now, "32", "2051", OUTLET_MN, "DataTime=" + LoggerTime.seconds(minute) + means)),
                    Frames.of(frame(now, "32", "2061", OUTLET_MN, "DataTime=" + LoggerTime.seconds(hour) + means)),
                    Frames.of(frame(now, "32", "2031", OUTLET_MN, "DataTime=" + LoggerTime.seconds(day) + means)),
                    Frames.of(frame(
                            now, "32", "2041", OUTLET_MN, "DataTime=" + LoggerTime.seconds(day) + ";SB1-RT=23.5")),
                    Frames.of(frame(now, "32", "2021", OUTLET_MN, "DataTime=" + LoggerTime.seconds(now) + ";SB1-RS=4")),
                    // The monitor of the building site sends Modbus' checksum, and milligrams by the ledger.
                    Frames.of(
                            frame(
                                    now,
                                    "39",
                                    "2011",
                                    DUST_MN,
                                    "DataTime=" + LoggerTime.seconds(now) + ";a34002-Rtd=0.096,a34002-Flag=N;"
                                            + "a34004-Rtd=41,a34004-Flag=D;LA-Rtd=63.4,LA-Flag=N;a01001-Rtd=3.1"),
                            Checksum.MODBUS));
            try (var logger = new TestingLogger(ingest.hj212Port())) {
                for (var frame : frames) {
                    logger.send(frame);
                    assertThat(logger.answerText()).contains("CN=9014");
                }
                // Acknowledged last: what has an answer is in Kafka already.
                assertThat(TestingCity.rejected(kafka.bootstrap())).isEmpty();
                var stored = TestingCity.telemetry(kafka.bootstrap());
                assertThat(stored).hasSize(8);
                var flow = value(at(stored, OUTLET, now, 0), "sg_flow_out");
                assertThat(flow.getNumber()).as("10 L/s in m3/h").isCloseTo(36, within(1e-9));
                assertThat(value(at(stored, OUTLET, sample, 0), "sg_cod_out").getNumber())
                        .isEqualTo(31.5);
                for (var interval :
                        List.of(new long[] {minute, 600}, new long[] {hour, 3_600}, new long[] {day, 86_400})) {
                    var mean = at(stored, OUTLET, interval[0], (int) interval[1]);
                    var flowMean = value(mean, "sg_flow_out");
                    assertThat(flowMean.getNumber()).isCloseTo(657, within(1e-9));
                    assertThat(flowMean.getMin()).isCloseTo(634.32, within(1e-9));
                    assertThat(flowMean.getMax()).isCloseTo(685.44, within(1e-9));
                    assertThat(flowMean.getTotal()).isEqualTo(109.5);
                    assertThat(value(mean, "sg_cod_out").getQuality()).isEqualTo(Quality.DEVICE_BAD);
                }
                assertThat(stored).anySatisfy(message -> {
                    assertThat(message.getIntervalSeconds()).isEqualTo(86_400);
                    assertThat(value(message, "dev_run_hours").getNumber()).isEqualTo(23.5);
                });
                assertThat(stored)
                        .anySatisfy(message -> assertThat(
                                        value(message, "sg_blower_state").getNumber())
                                .isEqualTo(4));
                var dust = at(stored, DUST, now, 0);
                assertThat(value(dust, "cd_pm10").getNumber()).as("0.096 mg/m3").isCloseTo(96, within(1e-9));
                assertThat(value(dust, "cd_pm25").getQuality()).isEqualTo(Quality.DEVICE_BAD);
                assertThat(value(dust, "cd_noise").getNumber()).isEqualTo(63.4);
            }

            // The same frames, one a message, at the door for MQTT: the same telemetry.
            try (var device = new TestingDevice(ingest.mqttPort(), OUTLET, OUTLET, PASSWORD).connect();
                    var dust = new TestingDevice(ingest.mqttPort(), DUST, DUST, PASSWORD).connect()) {
                for (var frame : frames.subList(0, 6)) {
                    device.send("city/v1/sewage/plant-1/" + OUTLET + "/hj212", frame)
                            .waitForCompletion(PATIENCE.toMillis());
                }
                dust.send("city/v1/construction_dust/site-1/" + DUST + "/hj212", frames.get(6))
                        .waitForCompletion(PATIENCE.toMillis());
                // A frame of somebody else's is not taken from it.
                device.send("city/v1/sewage/plant-1/" + OUTLET + "/hj212", frames.get(6))
                        .waitForCompletion(PATIENCE.toMillis());
            }
            var twice = TestingCity.telemetry(kafka.bootstrap());
            assertThat(twice).hasSize(16);
            assertThat(twice.stream()
                            .map(message ->
                                    message.toBuilder().clearReceivedMillis().build())
                            .distinct())
                    .hasSize(8);
            assertThat(TestingCity.rejected(kafka.bootstrap())).singleElement().satisfies(record -> {
                assertThat(record.getReason()).isEqualTo("FOREIGN_DEVICE");
                assertThat(record.getPayload().toStringUtf8()).doesNotContain(PASSWORD);
            });

            var metrics = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ingest.healthPort() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(metrics)
                    .contains("yiwang_ingest_hj212_frames_total{checksum=\"modbus\"} 3.0")
                    .contains("yiwang_ingest_hj212_commands_total{cn=\"2011\"} 2.0")
                    .contains("yiwang_ingest_hj212_answers_total 7.0")
                    .contains("yiwang_ingest_hj212_connections 0.0");
            var health = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ingest.healthPort() + "/health"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(health).contains("\"hj212\":{", "port " + ingest.hj212Port());
        }
    }

    /** The shell lines of docs/protocols.md as they stand there, but for the port and for nc, which not every machine has. */
    @Test
    void theLinesOfTheManualWork() throws Exception {
        var manual = Files.readString(Path.of("..", "docs", "protocols.md"));
        int from = manual.indexOf("hj212() {");
        var lines = manual.substring(from, manual.indexOf("```", from));
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var ingest = ingest(kafka.bootstrap())) {
            register(kafka.bootstrap(), ingest);
            var shell = new ProcessBuilder(
                            "bash",
                            "-c",
                            "nc() { exec 3<>/dev/tcp/$2/$3; cat >&3; IFS= read -r -t 60 answer <&3; echo \"$answer\"; }\n"
                                    + lines.replace("9212", String.valueOf(ingest.hj212Port())))
                    .redirectErrorStream(true)
                    .start();
            shell.getOutputStream().close();
            var said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said.lines().toList()).as(said).hasSize(2);
            assertThat(said.lines().toList().get(0)).contains("CN=9014", OUTLET_MN);
            assertThat(said.lines().toList().get(1)).contains("QN=20260115081530000", "CN=9013", "Flag=8");
            assertThat(TestingCity.telemetry(kafka.bootstrap())).singleElement().satisfies(message -> {
                assertThat(value(message, "sg_cod_out").getNumber()).isEqualTo(23.4);
                assertThat(message.getDevice()).isEqualTo(OUTLET);
            });
        }
    }

    @Test
    void strangersAreRefusedAndWhatTheUnknownSaysIsKept() throws Exception {
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var ingest = ingest(kafka.bootstrap())) {
            register(kafka.bootstrap(), ingest);
            long now = System.currentTimeMillis() / 1000 * 1000;
            var good = frame(now, "32", "2011", OUTLET_MN, "DataTime=" + LoggerTime.seconds(now) + ";w01018-Rtd=31.5");
            try (var logger = new TestingLogger(ingest.hj212Port())) {
                logger.send(Frames.of(good.replace("PW=" + PASSWORD, "PW=000000")));
                assertThat(logger.answerText()).contains("CN=9011", "QnRtn=3");
                logger.send(Frames.of(good.replace(OUTLET_MN, "UNHEARDOF")));
                assertThat(logger.answerText()).contains("CN=9011", "QnRtn=4");
                logger.send(Frames.of(good));
                assertThat(logger.answerText()).contains("CN=9014");
            }
            assertThat(TestingCity.telemetry(kafka.bootstrap())).hasSize(1);
            assertThat(TestingCity.rejected(kafka.bootstrap()))
                    .extracting(Rejected::getReason, Rejected::getClient)
                    .containsExactly(org.assertj.core.api.Assertions.tuple("UNKNOWN_DEVICE", "UNHEARDOF"));
        }
    }

    @Test
    void withoutKafkaNothingIsAnsweredAndConnectionsStayUntilItIsBack() throws Exception {
        var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        int port =
                Integer.parseInt(kafka.bootstrap().substring(kafka.bootstrap().indexOf(':') + 1));
        try (var ingest = ingest(kafka.bootstrap())) {
            register(kafka.bootstrap(), ingest);
            long now = System.currentTimeMillis() / 1000 * 1000;
            try (var logger = new TestingLogger(ingest.hj212Port());
                    var late = new TestingLogger(ingest.hj212Port())) {
                logger.send(reading(now, 0));
                assertThat(logger.answerText()).contains("CN=9014");
                kafka.close();
                int frames = 200;
                for (int i = 1; i <= frames; i++) {
                    logger.send(reading(now, i));
                }
                // A logger that is not answered sends again; that is one message more, and the same one.
                logger.send(reading(now, frames));
                late.send(reading(now, frames + 1));
                await().atMost(PATIENCE).until(() -> ingest.meter().receivedMessages() > 16);
                await().during(Duration.ofSeconds(2))
                        .atMost(PATIENCE)
                        .until(() -> logger.hasNoAnswer()
                                && late.hasNoAnswer()
                                && ingest.meter().storedMessages() == 1
                                && ingest.meter().failedMessages() == 0);
                kafka = KafkaServer.start(folder.resolve("kafka"), port);
                for (int i = 1; i <= frames; i++) {
                    assertThat(logger.answerText())
                            .startsWith("QN=" + LoggerTime.number(now + i))
                            .contains("CN=9014");
                }
                assertThat(logger.answerText()).startsWith("QN=" + LoggerTime.number(now + frames));
                assertThat(late.answerText()).contains("CN=9014");
                var stored = TestingCity.telemetry(kafka.bootstrap());
                assertThat(stored).hasSize(frames + 3);
                assertThat(stored.stream().map(Telemetry::getEventTimeMillis).distinct())
                        .hasSize(frames + 2);
            }
        } finally {
            kafka.close();
        }
    }

    /** The {@code i}th of a second's readings, a millisecond each. */
    private static byte[] reading(long second, int i) {
        return Frames.of(frame(
                second + i,
                "32",
                "2011",
                OUTLET_MN,
                "DataTime=" + LoggerTime.number(second + i) + ";w01018-Rtd=" + (20 + i % 10) + ",w01018-Flag=N"));
    }
}
