package io.yiwang.ingest.hj212;

import static io.yiwang.ingest.hj212.TestingPlant.OUTLET;
import static io.yiwang.ingest.hj212.TestingPlant.OUTLET_MN;
import static io.yiwang.ingest.hj212.TestingPlant.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.decode.Decoders;
import io.yiwang.ingest.decode.hj212.Checksum;
import io.yiwang.ingest.decode.hj212.Frames;
import io.yiwang.ingest.onboard.Knock;
import io.yiwang.ingest.validate.Validation;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loggers at the door, over real sockets; Kafka is a list that stores when it is told to. */
class LoggerDoorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A little after the frames of January 2026. */
    private static final Instant NOW = Instant.parse("2026-01-15T00:16:00Z");

    private final Catalogue catalogue = new Catalogue(DomainPacks.bundled());
    private final HeldLog log = new HeldLog();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final IngestMeter meter = new IngestMeter(registry);
    private final List<Knock> knocks = new CopyOnWriteArrayList<>();
    private LoggerDoor door;

    @BeforeEach
    void open() {
        catalogue.put("plant-1", TestingPlant.plant());
        catalogue.put("site-1", TestingPlant.site());
        door = open(LoggerDoorSettings.of("127.0.0.1", 0));
    }

    private LoggerDoor open(LoggerDoorSettings settings) {
        var forwarder = new Forwarder(
                catalogue, Decoders.standard(catalogue, registry), Validation.standard(), log, knocks::add, meter);
        return LoggerDoor.open(
                settings, catalogue, forwarder, log, knocks::add, meter, registry, InstantSource.fixed(NOW));
    }

    private LoggerDoor open(int connections, Duration introduction, Duration idle) {
        return open(new LoggerDoorSettings("127.0.0.1", 0, connections, introduction, idle, 16 << 10, 4096));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private double count(String name, String tag, String value) {
        return registry.counter("yiwang.ingest.hj212." + name, tag, value).count();
    }

    private static String reading(int second) {
        return segment(
                "202601150815%02d123".formatted(second),
                "2011",
                "DataTime=202601150815%02d;w01018-Rtd=%d,w01018-Flag=N".formatted(second, second + 1));
    }

    @Test
    void aFrameIsAnsweredWhenItIsStoredAndNotBefore() throws IOException {
        log.hold();
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0)));
            await().atMost(PATIENCE).until(() -> log.waiting() == 1);
            assertThat(logger.hasNoAnswer()).isTrue();
            assertThat(door.unanswered()).isEqualTo(1);
            log.release();
            // The standard's own answer, byte for byte.
            assertThat(new String(logger.answer().bytes(), StandardCharsets.UTF_8))
                    .isEqualTo(Frames.DATA_ANSWER);
        }
        assertThat(log.telemetry()).singleElement().satisfies(stored -> {
            assertThat(stored.getDevice()).isEqualTo(OUTLET);
            assertThat(stored.getDistrict()).isEqualTo("east");
            assertThat(stored.getValues(0).getMetric()).isEqualTo("sg_cod_out");
            assertThat(stored.getEventTimeMillis())
                    .isEqualTo(Instant.parse("2026-01-15T00:15:00Z").toEpochMilli());
        });
        assertThat(door.unanswered()).isZero();
    }

    @Test
    void answersKeepTheOrderOfTheFramesWhateverIsStoredFirst() throws IOException {
        log.hold();
        try (var logger = new TestingLogger(door.port())) {
            for (int i = 0; i < 10; i++) {
                logger.send(Frames.of(reading(i)));
            }
            // Answered at once by itself, but not before its time.
            logger.send(Frames.HEARTBEAT);
            await().atMost(PATIENCE).until(() -> log.waiting() == 10);
            assertThat(logger.hasNoAnswer()).isTrue();
            log.release();
            for (int i = 0; i < 10; i++) {
                assertThat(logger.answerText()).startsWith("QN=202601150815%02d123;ST=91;CN=9014;".formatted(i));
            }
            assertThat(logger.answerText()).contains("CN=9013", "Flag=8");
        }
    }

    @Test
    void whoHasClosedHisSideHearsTheAnswersAndThenTheEnd() throws IOException {
        log.hold();
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0))).send(Frames.of(reading(1)));
            logger.endOutput();
            await().atMost(PATIENCE).until(() -> log.waiting() == 2);
            assertThat(logger.hasNoAnswer()).isTrue();
            log.release();
            assertThat(logger.answerText()).contains("QN=20260115081500123");
            assertThat(logger.answerText()).contains("QN=20260115081501123");
            assertThat(logger.isClosedWithoutAnswer()).isTrue();
        }
        await().atMost(PATIENCE).until(() -> door.connections() == 0);
    }

    @Test
    void onlyWhoAsksIsAnswered() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0).replace("Flag=5", "Flag=4")));
            logger.send(Frames.of(reading(1).replace("Flag=5;", "")));
            logger.send(Frames.of(reading(2)));
            assertThat(logger.answerText()).contains("QN=20260115081502123");
        }
        assertThat(log.telemetry()).hasSize(3);
    }

    @Test
    void aLoggerIsAnsweredInItsOwnVersionAndWithItsOwnChecksum() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0).replace("Flag=5", "Flag=9"), Checksum.MODBUS));
            var answer = logger.answer();
            assertThat(answer.checksum()).isEqualTo(Checksum.MODBUS);
            assertThat(answer.segment()).contains("Flag=8;");
        }
        assertThat(count("frames", "checksum", "modbus")).isEqualTo(1);
    }

    @Test
    void aWrongPasswordIsRefusedAndAfterThreeTheConnectionIsClosed() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            for (int i = 0; i < LoggerConnection.MOST_STRANGE; i++) {
                logger.send(Frames.of(reading(i).replace("PW=123456", "PW=654321")));
                assertThat(logger.answerText()).contains("CN=9011", "QnRtn=3");
            }
            assertThat(logger.isClosedWithoutAnswer()).isTrue();
        }
        assertThat(log.telemetry()).isEmpty();
        assertThat(log.rejected()).isEmpty();
        assertThat(knocks).hasSize(3).allSatisfy(knock -> {
            assertThat(knock.id()).isEqualTo(OUTLET_MN);
            assertThat(knock.door()).isEqualTo(Knock.HJ212);
            assertThat(knock.address()).isEqualTo("127.0.0.1");
        });
        assertThat(meter.refusals(IngestMeter.Refusal.CREDENTIAL)).isEqualTo(3);
        assertThat(count("strangers", "why", "password")).isEqualTo(3);
    }

    @Test
    void whoTriesPasswordsIsBarredAndALoggerThatIsKnownGoesOn() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0))).answer();
            for (int i = 0; i < BarredAddresses.MOST_WRONG; ) {
                try (var thief = new TestingLogger(door.port())) {
                    for (int j = 0; j < LoggerConnection.MOST_STRANGE; j++, i++) {
                        thief.send(Frames.of(reading(i).replace("PW=123456", "PW=%06d".formatted(i))));
                        assertThat(thief.answerText()).contains("QnRtn=3");
                    }
                }
            }
            try (var thief = new TestingLogger(door.port())) {
                // Not even with the right one.
                assertThat(thief.isClosedWithoutAnswer()).isTrue();
            }
            logger.send(Frames.of(reading(1)));
            assertThat(logger.answerText()).contains("CN=9014");
        }
        assertThat(count("closed", "why", "barred")).isEqualTo(1);
    }

    @Test
    void anUnknownLoggerIsToldSoAndWhatItSaidIsKeptWithoutItsPassword() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            for (int i = 0; i < LoggerConnection.MOST_STRANGE; i++) {
                logger.send(Frames.of(reading(i).replace(OUTLET_MN, "NEWCOMER0000000000000001")));
                assertThat(logger.answerText()).contains("CN=9011", "QnRtn=4");
            }
            assertThat(logger.isClosedWithoutAnswer()).isTrue();
        }
        assertThat(log.rejected()).hasSize(3).allSatisfy(record -> {
            assertThat(record.getReason()).isEqualTo("UNKNOWN_DEVICE");
            assertThat(record.getClient()).isEqualTo("NEWCOMER0000000000000001");
            assertThat(record.getPayload().toStringUtf8())
                    .contains("w01018-Rtd", "PW=******;")
                    .doesNotContain("123456");
        });
        assertThat(knocks.get(0).secret()).isEqualTo("123456".getBytes(StandardCharsets.UTF_8));
        assertThat(knocks.get(0).id()).isEqualTo("NEWCOMER0000000000000001");
    }

    @Test
    void aFrameWithoutMnIsNobodys() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0).replace("MN=" + OUTLET_MN + ";", "")));
            assertThat(logger.answerText()).contains("QnRtn=4");
        }
        assertThat(log.rejected()).isEmpty();
        assertThat(knocks).isEmpty();
    }

    @Test
    void aDeviceWithoutACredentialMayNotSpeak() throws IOException {
        var plant = TestingPlant.plant().toBuilder();
        plant.getDevicesBuilder(0).clearCredential();
        catalogue.put("plant-1", plant.build());
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0)));
            assertThat(logger.answerText()).contains("QnRtn=3");
        }
    }

    @Test
    void whoseCredentialIsWithdrawnIsDisconnected() throws IOException {
        try (var logger = new TestingLogger(door.port());
                var other = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0)));
            logger.answer();
            other.send(Frames.DUST);
            other.answer();
            catalogue.put("plant-1", null);
            assertThat(logger.isClosedWithoutAnswer()).isTrue();
            other.send(Frames.DUST);
            assertThat(other.answerText()).contains("CN=9014");
        }
    }

    @Test
    void whoAsksForTheTimeGetsItAndMayAnswer() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(segment("20260115081500123", "1013", "PolId=w01018")));
            assertThat(logger.answerText()).contains("QN=20260115081500123;ST=91;CN=9013;");
            assertThat(logger.answerText()).contains("ST=32;CN=1012;", "Flag=5;", "SystemTime=20260115081600");
            logger.send(
                    Frames.of(segment("20260115081600000", "9011", "QnRtn=1").replace("Flag=5", "Flag=4")));
            logger.send(
                    Frames.of(segment("20260115081600000", "9012", "ExeRtn=1").replace("Flag=5", "Flag=4")));
            logger.send(Frames.of(reading(0)));
            assertThat(logger.answerText()).contains("CN=9014");
        }
        assertThat(count("commands", "cn", "9012")).isEqualTo(1);
        assertThat(count("commands", "cn", "1013")).isEqualTo(1);
    }

    @Test
    void aCommandThatNobodyKnowsIsKeptAndRefused() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(segment("20260115081500123", "3020", "PolId=w01018;i12001-Info=1")));
            assertThat(logger.answerText()).contains("CN=9011", "QnRtn=8");
            logger.send(Frames.of(
                    segment("20260115081500124", "2081", "DataTime=20260115081500;RestartTime=20260115081400")));
            assertThat(logger.answerText()).contains("QN=20260115081500124", "CN=9014");
        }
        assertThat(log.rejected()).extracting(Rejected::getReason).containsExactly("UNSUPPORTED");
        assertThat(count("commands", "cn", "other")).isEqualTo(1);
    }

    @Test
    void aFrameWhoseChecksumIsWrongIsKeptAndNotAnsweredAndSentAgainItIs() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0)));
            logger.answer();
            var wrong = Frames.of(reading(1));
            wrong[100] ^= 1;
            logger.send(wrong);
            logger.send(Frames.of(reading(1)));
            assertThat(logger.answerText()).contains("QN=20260115081501123");
            assertThat(logger.hasNoAnswer()).isTrue();
        }
        assertThat(log.rejected()).singleElement().satisfies(record -> {
            assertThat(record.getReason()).isEqualTo("CHECKSUM");
            assertThat(record.getDevice()).isEqualTo(OUTLET);
            assertThat(record.getPayload().toStringUtf8()).contains("PW=******;");
        });
        assertThat(count("broken", "why", "checksum")).isEqualTo(1);
    }

    @Test
    void aResendIsStoredAgainUnderTheSameIdentity() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            for (var frame : List.of(Frames.MINUTE, Frames.MINUTE, Frames.DUST, Frames.DUST)) {
                logger.send(frame);
                assertThat(logger.answerText()).contains("CN=9014");
            }
        }
        var stored = log.telemetry();
        assertThat(stored).hasSize(4);
        assertThat(stored.get(1)).isEqualTo(stored.get(0));
        assertThat(stored.get(3)).isEqualTo(stored.get(2));
        assertThat(stored.get(0).getIntervalSeconds()).isEqualTo(600);
    }

    @Test
    void whatCannotBeStoredIsNotAnsweredAndItsConnectionEnds() throws IOException {
        log.fail(new IllegalStateException("full"));
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0)));
            assertThat(logger.isClosedWithoutAnswer()).isTrue();
        }
        assertThat(meter.failedMessages()).isEqualTo(1);
        assertThat(count("closed", "why", "not_stored")).isEqualTo(1);
        log.fail(null);
        try (var logger = new TestingLogger(door.port())) {
            logger.send(Frames.of(reading(0)));
            assertThat(logger.answerText()).contains("CN=9014");
        }
    }

    @Test
    void aLoggerThatDoesNotWaitForAnswersIsHeldBackAndLosesNothing() throws Exception {
        door.close();
        door = open(new LoggerDoorSettings(
                "127.0.0.1", 0, 10, Duration.ofSeconds(60), Duration.ofSeconds(60), 10_000_000, 4096));
        log.hold();
        int frames = 5_000;
        try (var logger = new TestingLogger(door.port())) {
            var sender = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < frames; i++) {
                        logger.send(Frames.of(segment(
                                "202601150815%05d".formatted(i),
                                "2011",
                                "DataTime=20260115081500;w01018-Rtd=" + i + ",w01018-Flag=N")));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().atMost(PATIENCE).until(() -> door.unanswered() >= LoggerConnection.MOST_UNANSWERED);
            // What one read of the socket held may come on top of the window, never thousands.
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> door.unanswered() < 100);
            log.release();
            for (int i = 0; i < frames; i++) {
                assertThat(logger.answerText()).startsWith("QN=202601150815%05d;".formatted(i));
            }
            sender.get();
        }
        assertThat(log.telemetry()).hasSize(frames);
    }

    @Test
    void aLoggerThatSendsTooFastIsReadSlowlyAndCompletely() throws Exception {
        door.close();
        // Burst 2560 bytes, then 256 a second: the last of 3 kB are read after a pause.
        door = open(
                new LoggerDoorSettings("127.0.0.1", 0, 10, Duration.ofSeconds(60), Duration.ofSeconds(60), 256, 4096));
        try (var logger = new TestingLogger(door.port())) {
            int frames = 20;
            for (int i = 0; i < frames; i++) {
                logger.send(Frames.of(reading(i)));
            }
            for (int i = 0; i < frames; i++) {
                assertThat(logger.answerText()).contains("QN=202601150815%02d123".formatted(i));
            }
        }
    }

    @Test
    void noiseIsNoLogger() throws IOException {
        try (var noise = new TestingLogger(door.port())) {
            for (int i = 0; i < LoggerConnection.MOST_BROKEN; i++) {
                noise.send("##0010GET / HTTP/1.1");
            }
            assertThat(noise.isClosedWithoutAnswer()).isTrue();
        }
        assertThat(count("closed", "why", "noise")).isEqualTo(1);
        // Nobody had introduced himself, so nothing is kept.
        assertThat(log.rejected()).isEmpty();
    }

    @Test
    void connectionsAreBounded() throws IOException {
        door.close();
        door = open(2, Duration.ofSeconds(60), Duration.ofSeconds(60));
        try (var first = new TestingLogger(door.port());
                var second = new TestingLogger(door.port())) {
            first.send(Frames.of(reading(0))).answer();
            second.send(Frames.DUST).answer();
            try (var third = new TestingLogger(door.port())) {
                assertThat(third.isClosedWithoutAnswer()).isTrue();
            }
            first.close();
            await().atMost(PATIENCE).until(() -> door.connections() == 1);
            try (var fourth = new TestingLogger(door.port())) {
                assertThat(fourth.send(Frames.of(reading(1))).answerText()).contains("CN=9014");
            }
        }
    }

    @Test
    void whoDoesNotIntroduceHimselfIsSentAwayAndWhoFallsSilentToo() throws IOException {
        door.close();
        door = open(10, Duration.ofMillis(200), Duration.ofSeconds(60));
        try (var mute = new TestingLogger(door.port())) {
            assertThat(mute.isClosedWithoutAnswer()).isTrue();
        }
        door.close();
        door = open(10, Duration.ofSeconds(60), Duration.ofSeconds(1));
        try (var silent = new TestingLogger(door.port())) {
            silent.send(Frames.of(reading(0))).answer();
            assertThat(silent.isClosedWithoutAnswer()).isTrue();
        }
        assertThat(count("closed", "why", "not_introduced")).isEqualTo(1);
        assertThat(count("closed", "why", "idle")).isEqualTo(1);
    }

    @Test
    void aPortInUseIsNamed() {
        assertThatThrownBy(() -> open(LoggerDoorSettings.of("127.0.0.1", door.port())))
                .hasMessageContaining("HJ 212 port " + door.port());
    }

    private static byte[] packet(int number, int packets, int packet, String area) {
        return Frames.of(segment("202601150815%02d123".formatted(number), "2011", area)
                .replace("Flag=5;", "Flag=7;PNUM=" + packets + ";PNO=" + packet + ";"));
    }

    @Test
    void packetsThatEndWithAnItemAreAnsweredOneByOne() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(packet(1, 2, 1, "DataTime=20260115081500;w01018-Rtd=5,w01018-Flag=N"));
            assertThat(logger.answerText()).contains("CN=9014");
            logger.send(packet(1, 2, 2, "w00000-Rtd=2,w00000-Flag=N"));
            assertThat(logger.answerText()).contains("CN=9014");
        }
        assertThat(log.rejected()).isEmpty();
        // Two litres a second, in the metric's unit.
        assertThat(log.telemetry())
                .extracting(stored -> stored.getValues(0).getNumber())
                .containsExactly(5.0, 7.2);
    }

    @Test
    void packetsCutInsideANumberAreOneMessageAndAnsweredTogether() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(packet(1, 3, 1, "DataTime=20260115081500;w01018-Rtd=1"));
            // Sent again because nothing answered: still one message.
            logger.send(packet(1, 3, 1, "DataTime=20260115081500;w01018-Rtd=1"));
            logger.send(packet(1, 3, 2, "9.2"));
            assertThat(log.telemetry()).isEmpty();
            logger.send(packet(1, 3, 3, "5,w01018-Flag=N"));
            for (int i = 0; i < 3; i++) {
                assertThat(logger.answerText()).contains("QN=20260115081501123", "CN=9014");
            }
        }
        assertThat(log.telemetry())
                .singleElement()
                .satisfies(stored -> assertThat(stored.getValues(0).getNumber()).isEqualTo(19.25));
        assertThat(log.rejected()).isEmpty();
    }

    @Test
    void aLoggerThatWaitsForAnAnswerToEveryPacketGetsItInTheEnd() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(packet(1, 2, 1, "DataTime=20260115081500;w01018-Rtd=7;SB1-RS=1"));
            assertThat(logger.answerText()).contains("QN=20260115081501123", "CN=9014");
            logger.send(packet(1, 2, 2, "w01018-Flag=N"));
            assertThat(logger.answerText()).contains("QN=20260115081501123", "CN=9014");
        }
        assertThat(log.telemetry())
                .singleElement()
                .satisfies(stored -> assertThat(stored.getValues(0).getNumber()).isEqualTo(7));
    }

    @Test
    void anotherFrameLetsGoOfAPacketWhoseRestDoesNotCome() throws IOException {
        try (var logger = new TestingLogger(door.port())) {
            logger.send(packet(1, 2, 1, "DataTime=20260115081500;w01018-Rtd=7;w00000-Rtd=1"));
            logger.send(Frames.of(reading(5)));
            assertThat(logger.answerText()).contains("QN=20260115081501123");
            assertThat(logger.answerText()).contains("QN=20260115081505123");
        }
        assertThat(log.telemetry()).hasSize(2);
        assertThat(log.rejected()).extracting(Rejected::getReason).containsExactly("MALFORMED");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverOneConnectionSendsAnotherIsServedAndNothingIsLeftBehind(long seed) throws Exception {
        var random = new Random(seed);
        try (var good = new TestingLogger(door.port())) {
            for (int round = 0; round < 15; round++) {
                try (var bad = new TestingLogger(door.port())) {
                    var stream = noise(random);
                    for (int at = 0; at < stream.length; ) {
                        int count = Math.min(stream.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 900));
                        bad.send(Arrays.copyOfRange(stream, at, at + count));
                        at += count;
                    }
                } catch (IOException closed) {
                    // Sent away in the middle of it.
                    assertThat(closed).isNotNull();
                }
                assertThat(good.send(Frames.of(reading(round))).answerText())
                        .contains("QN=202601150815%02d123".formatted(round), "CN=9014");
            }
            await().atMost(PATIENCE).until(() -> door.connections() == 1 && door.unanswered() == 0);
        }
        assertThat(log.telemetry())
                .filteredOn(stored -> stored.getDevice().equals(OUTLET))
                .extracting(Telemetry::getEventTimeMillis)
                .contains(Instant.parse("2026-01-15T00:15:14Z").toEpochMilli());
    }

    /** Frames with flipped bits, cut, with lengths from nothing to huge, and what is no frame at all. */
    private static byte[] noise(Random random) {
        var stream = new ByteArrayOutputStream();
        int pieces = 1 + random.nextInt(12);
        for (int i = 0; i < pieces; i++) {
            var frame = (List.of(Frames.DUST, Frames.MINUTE, Frames.STATES, Frames.HEARTBEAT, Frames.MODBUS)
                                    .get(random.nextInt(5))
                            + "\r\n")
                    .getBytes(StandardCharsets.UTF_8);
            switch (random.nextInt(6)) {
                case 0 -> frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> frame = Arrays.copyOf(frame, random.nextInt(frame.length));
                case 2 -> {
                    var length = "%04d".formatted(random.nextInt(10_000)).getBytes(StandardCharsets.UTF_8);
                    System.arraycopy(length, 0, frame, 2, 4);
                }
                case 3 -> random.nextBytes(frame);
                default -> {
                    // Left whole.
                }
            }
            stream.writeBytes(frame);
        }
        return stream.toByteArray();
    }
}
