package io.yiwang.ingest.decode.hj212;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Message;
import io.yiwang.ingest.decode.Spread;
import io.yiwang.model.RejectReason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Hj212DecoderTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Hj212Decoder decoder = new Hj212Decoder(registry);

    private Decoded decode(byte[]... frames) {
        var payload = new ByteArrayOutputStream();
        for (var frame : frames) {
            payload.writeBytes(frame);
        }
        return decoder.decode(new Arrival("city/v1/sewage/p/d/hj212", null, "d", payload.toByteArray(), 0));
    }

    private Decoded.Messages messages(byte[]... frames) {
        return decode(frames).fold(messages -> messages, unreadable -> {
            throw new AssertionError(unreadable.reason() + ": " + unreadable.detail());
        });
    }

    private Decoded.Messages messages(String frame) {
        return messages(frame.getBytes(StandardCharsets.UTF_8));
    }

    private Message message(byte[]... frames) {
        var decoded = messages(frames);
        assertThat(decoded.flaws()).isEmpty();
        assertThat(decoded.messages()).hasSize(1);
        return decoded.messages().get(0);
    }

    private Decoded.Unreadable unreadable(byte[]... frames) {
        return decode(frames)
                .fold(
                        messages -> {
                            throw new AssertionError(messages.toString());
                        },
                        unreadable -> unreadable);
    }

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    private static Measured value(Message message, String name) {
        return message.values().stream()
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + message.values()));
    }

    private static List<String> names(Message message) {
        return message.values().stream().map(Measured::name).toList();
    }

    @Test
    void everySampleOfTheFieldHasItsOwnTimeAndTheRestTheTimeOfTheData() {
        var messages = messages(Frames.WASTE_WATER).messages();
        assertThat(messages).extracting(Message::device).containsOnly("81733553213013");
        assertThat(messages).extracting(Message::boot).containsOnly("");
        assertThat(messages)
                .extracting(Message::eventTimeMillis)
                .containsExactly(
                        millis("2021-03-19T17:34:00Z"), millis("2021-03-19T16:54:00Z"), millis("2021-03-19T17:34:06Z"));
        assertThat(names(messages.get(0))).containsExactly("w00000", "w21011", "w21003", "w01018");
        assertThat(names(messages.get(1))).containsExactly("w21001");
        assertThat(value(messages.get(0), "w00000"))
                .isEqualTo(new Measured("w00000", Content.NUMBER, 181.682, false, "L/s", null));
        assertThat(value(messages.get(0), "w01018").unit()).isEqualTo("mg/L");
    }

    @Test
    void theFlagMayComeBeforeTheValue() {
        var message = messages(Frames.AIR).messages().get(0);
        assertThat(value(message, "l01001").number()).isEqualTo(119.90287);
        assertThat(value(message, "l01002").doubtful()).isFalse();
        assertThat(message.values()).hasSize(8);
    }

    @Test
    void dustHasNoUnitBecauseTheStandardsIsNotTheDevices() {
        var message = messages(Frames.DUST).messages().get(0);
        assertThat(value(message, "a34002").unit()).isEmpty();
        assertThat(value(message, "a34001").unit()).isEmpty();
        assertThat(value(message, "LA").unit()).isEqualTo("dB");
        assertThat(value(message, "a01001").unit()).isEqualTo("Cel");
        assertThat(value(message, "a01008").number()).isEqualTo(310);
        assertThat(message.eventTimeMillis()).isEqualTo(millis("2026-01-15T00:15:00Z"));
    }

    @Test
    void aFrameWithoutQnAndWithModbusChecksumIsReadAndCounted() {
        assertThat(value(messages(Frames.MODBUS).messages().get(0), "a34002").number())
                .isEqualTo(30.1);
        messages(Frames.STATES);
        assertThat(registry.counter("yiwang.ingest.hj212.frames", "checksum", "modbus")
                        .count())
                .isEqualTo(1);
        assertThat(registry.counter("yiwang.ingest.hj212.frames", "checksum", "annex_a")
                        .count())
                .isEqualTo(1);
        assertThat(registry.counter("yiwang.ingest.hj212.checksum.changes").count())
                .isZero();
    }

    @Test
    void aLoggerThatChangesItsChecksumIsTold() {
        var segment = "ST=32;CN=2011;PW=1;MN=M1;Flag=5;CP=&&DataTime=20260115081500;w01018-Rtd=1&&";
        messages(Frames.of(segment, Checksum.ANNEX_A));
        messages(Frames.of(segment, Checksum.MODBUS));
        messages(Frames.of(segment, Checksum.MODBUS));
        assertThat(registry.counter("yiwang.ingest.hj212.checksum.changes").count())
                .isEqualTo(1);
    }

    @Test
    void minuteDataAreMeansWithTheirSpread() {
        var message = messages(Frames.MINUTE).messages().get(0);
        assertThat(message.intervalSeconds()).isEqualTo(600);
        assertThat(message.eventTimeMillis()).isEqualTo(millis("2026-01-15T00:00:00Z"));
        assertThat(message.boot()).isEmpty();
        assertThat(value(message, "w00000"))
                .isEqualTo(
                        new Measured("w00000", Content.NUMBER, 182.5, false, "L/s", new Spread(176.2, 190.4, 109.5)));
    }

    @ParameterizedTest
    @CsvSource({"2061, 3600", "2031, 86400", "2041, 86400", "2111, 300"})
    void theOtherIntervalsAreSaidByTheCommand(String command, int seconds) {
        var area = "DataTime=20260115000000;w01018-Avg=23.4,w01018-Flag=N";
        var first = message(Frames.data(command, area));
        assertThat(first.intervalSeconds()).isEqualTo(seconds);
        assertThat(first.eventTimeMillis()).isEqualTo(millis("2026-01-14T16:00:00Z"));
        // Sent again it is the same.
        assertThat(message(Frames.data(command, area))).isEqualTo(first);
    }

    @Test
    void aReadingAndAMeanOfOneTimeAreTwoMessages() {
        var area = "DataTime=20260115080000;w01018-Rtd=1,w01018-Avg=1";
        var reading = message(Frames.data("2011", area));
        var mean = message(Frames.data("2051", area));
        assertThat(reading.intervalSeconds()).isNotEqualTo(mean.intervalSeconds());
    }

    @Test
    void theMinuteIntervalIsLearnedFromTwoEqualDistances() {
        int[] seconds = Stream.of("0800", "0805", "0810", "0815", "0815", "0830", "0835")
                .mapToInt(time -> message(Frames.data("2051", "DataTime=20260115" + time + "00;w01018-Avg=1"))
                        .intervalSeconds())
                .toArray();
        // Ten minutes at most begin at 08:00; five at 08:05; from 08:10 on two distances agree.
        assertThat(seconds).containsExactly(600, 300, 300, 300, 300, 300, 300);
        int[] hourly = Stream.of("0800", "0820", "0840", "0900")
                .mapToInt(time -> messages(
                                Frames.of("ST=32;CN=2051;MN=M2;CP=&&DataTime=20260115" + time + "00;w01018-Avg=1&&"))
                        .messages()
                        .get(0)
                        .intervalSeconds())
                .toArray();
        assertThat(hourly).containsExactly(600, 600, 1200, 1200);
    }

    @Test
    void withoutAMeanWhatThereIsGoesUnderItsOwnName() {
        var message = message(Frames.data("2061", "DataTime=20260115080000;w00000-Cou=650,w00000-Max=2;w01018-Rtd=5"));
        assertThat(names(message)).containsExactly("w00000-Cou", "w00000-Max", "w01018");
    }

    @Test
    void convertedValuesOfFlueGasAreValuesOfTheirOwn() {
        var message = message(Frames.data(
                "2051",
                "DataTime=20260115080000;a21026-Avg=30,a21026-Min=1,a21026-ZsAvg=40,a21026-ZsMax=44,a21026-Flag=N"));
        assertThat(value(message, "a21026").spread()).isEqualTo(new Spread(1.0, null, null));
        assertThat(value(message, "a21026-Zs").number()).isEqualTo(40);
        assertThat(value(message, "a21026-Zs").spread()).isEqualTo(new Spread(null, 44.0, null));
    }

    @Test
    void statesAndRunHoursAreNamedAfterTheirDevice() {
        var states = messages(Frames.STATES).messages().get(0);
        assertThat(names(states)).containsExactly("SB1-RS", "SB2-RS", "SB3-RS");
        assertThat(states.values()).extracting(Measured::number).containsExactly(1.0, 0.0, 4.0);
        assertThat(states.intervalSeconds()).isZero();
        var hours = messages(Frames.RUN_HOURS).messages().get(0);
        assertThat(names(hours)).containsExactly("SB1-RT", "SB2-RT", "SB3-RT");
        assertThat(hours.intervalSeconds()).isEqualTo(86_400);
        assertThat(hours.eventTimeMillis()).isEqualTo(millis("2026-01-14T16:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({"N,false", "n,false", "F,true", "M,true", "S,true", "D,true", "C,true", "T,true", "B,true", "X,true"})
    void everyFlagButNormalIsADoubt(String flag, boolean doubtful) {
        var message = message(Frames.data("2011", "DataTime=20260115081500;w01018-Rtd=1,w01018-Flag=" + flag));
        assertThat(value(message, "w01018").doubtful()).isEqualTo(doubtful);
    }

    /** Printed examples of the standard with their errors, and what loggers make of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // No letter before the code.
                "QN=20260115081500000;ST=32;CN=2011;PW=1;MN=M1;Flag=5;CP=&&DataTime=20260115081500;01018-Rtd=12.5,w01018-Flag=N&&",
                // No separator before CP.
                "QN=20260115081500000;ST=32;CN=2011;PW=1;MN=M1;Flag=5CP=&&DataTime=20260115081500;w01018-Rtd=12.5&&",
                // A comma for a semicolon.
                "QN=20260115081500000,ST=32;CN=2011;PW=1;MN=M1;Flag=5;CP=&&DataTime=20260115081500,w01018-Rtd=12.5&&",
                "QN=20260115081500000;ST=32;CN=2011;PW=1;MN=M1;Flag=5;CP=&&BeginTime=20260115081500,EndTime=20260115081500;DataTime=20260115081500;w01018-Rtd=12.5&&",
                // Blanks.
                "QN=20260115081500000;ST=32;CN=2011;PW=1;MN= M1;Flag=5;CP=&&DataTime=20260115081500; w01018-Rtd=12.5&&",
                "QN=20260115081500000;ST=32;CN=2011;PW=1;MN=M1;Flag=5;CP = &&DataTime = 20260115081500;w01018- Rtd= 12.5 ,w01018 -Flag = N&&",
                // No QN, no Flag, as in 2005; another order; small letters; an empty item.
                "ST=32;CN=2011;PW=1;MN=M1;CP=&&DataTime=20260115081500;w01018-Rtd=12.5&&",
                "MN=M1;PW=1;CN=2011;ST=32;CP=&&DataTime=20260115081500;w01018-Rtd=12.5;;&&",
                "st=32;cn=2011;pw=1;mn=M1;CP=&&datatime=20260115081500;w01018-rtd=12.5,w01018-FLAG=n&&",
                // Milliseconds, a sign, an exponent.
                "ST=32;CN=2011;MN=M1;CP=&&DataTime=20260115081500000;w01018-Rtd=+1.25E1&&",
                // What makers add.
                "ST=32;CN=2011;MN=M1;Zone=8;CP=&&PolId=7;DataTime=20260115081500;w01018-Rtd=12.5,w01018-EFlag=A01&&",
                // Said twice, the same both times.
                "ST=32;CN=2011;MN=M1;CP=&&DataTime=20260115081500;w01018-Rtd=12.5;w01018-Rtd=12.5&&",
            })
    void isReadLeniently(String segment) {
        var message = message(Frames.of(segment));
        assertThat(message.device()).isEqualTo("M1");
        assertThat(message.eventTimeMillis()).isEqualTo(millis("2026-01-15T00:15:00Z"));
        assertThat(message.values()).hasSize(1);
        assertThat(value(message, "w01018").number()).isEqualTo(12.5);
        assertThat(value(message, "w01018").doubtful()).isFalse();
    }

    @Test
    void aCodeWithoutLetterGetsThatOfItsSystem() {
        assertThat(names(message(Frames.of("ST=22;CN=2011;MN=M1;CP=&&DataTime=20260115081500;34002-Rtd=5&&"))))
                .containsExactly("a34002");
        // Nobody can tell what a code of another system lacks.
        assertThat(names(message(Frames.of("ST=91;CN=2011;MN=M1;CP=&&DataTime=20260115081500;34002-Rtd=5&&"))))
                .containsExactly("34002");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DataTime=20260230081500;w01018-Rtd=1 | MALFORMED | DataTime=20260230081500",
                "DataTime=2026011508150;w01018-Rtd=1 | MALFORMED | yyyyMMddHHmmss",
                "DataTime=20260115240000;w01018-Rtd=1 | MALFORMED | DataTime",
                "DataTime=today;w01018-Rtd=1 | MALFORMED | DataTime",
                "w01018-Rtd=1 | MISSING_FIELD | DataTime is missing",
                "DataTime=20260115081500;w01018-SampleTime=20261315081500,w01018-Rtd=1 | MALFORMED | SampleTime",
                "DataTime=20260115081500;w01018-Rtd=1;w01018-Rtd=2 | MALFORMED | twice",
                "DataTime=20260115081500;w01018-Rtd=1;01018-Rtd=1 | MALFORMED | twice",
                "DataTime=20260115081500;w01018-Rtd | MALFORMED | no name=value",
                "DataTime=20260115081500;DataTime=20260115081600;w01018-Rtd=1 | MALFORMED | twice",
                "DataTime=20260115081500 | MISSING_FIELD | no value",
            })
    void whatCannotBeReadIsAFlawWithItsReason(String area, RejectReason reason, String detail) {
        var flaw = decode(Frames.data("2011", area))
                .fold(
                        messages -> messages.flaws().get(0),
                        unreadable -> new Decoded.Flaw(unreadable.reason(), unreadable.detail(), "", 0, 0, 0));
        assertThat(flaw.reason()).isEqualTo(reason);
        assertThat(flaw.detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"NaN | NOT_FINITE", "1e999 | NOT_FINITE", "'' | OTHER", "- | OTHER", "12.3.4 | OTHER", "on | OTHER"
            })
    void whatIsNoNumberIsNotMadeOne(String text, Content content) {
        var message = message(Frames.data("2011", "DataTime=20260115081500;w01018-Rtd=" + text));
        assertThat(value(message, "w01018").content()).isEqualTo(content);
    }

    @Test
    void unknownAttributesAreNamesForTheLedgerToKnow() {
        var message = message(Frames.data("2011", "DataTime=20260115081500;w01018-Foo=3;pump=1"));
        assertThat(names(message)).containsExactly("w01018-Foo", "pump");
    }

    @Test
    void whatHasNoValuesSaysSomethingOfItsSenderOnly() {
        for (var frame : List.of(Frames.HEARTBEAT, Frames.DATA_ANSWER)) {
            assertThat(messages(frame)).isEqualTo(new Decoded.Messages(List.of(), List.of()));
        }
        assertThat(messages(Frames.data("2081", "DataTime=20260115081500;RestartTime=20260115081400")))
                .isEqualTo(new Decoded.Messages(List.of(), List.of()));
    }

    @Test
    void commandsThatNobodyKnowsAreUnsupportedAndEncryptedAreasAreSaidToBe() {
        assertThat(unreadable(Frames.SET_INTERVAL.getBytes(StandardCharsets.UTF_8))
                        .reason())
                .isEqualTo(RejectReason.UNSUPPORTED);
        assertThat(unreadable(Frames.data("3020", "PolId=w01018;i12001-Info=1")).reason())
                .isEqualTo(RejectReason.UNSUPPORTED);
        var cipher = "0123456789ABCDEF0123456789ABCDEF";
        assertThat(unreadable(Frames.of("ST=32;CN=2011;PW=1;MN=M1;Flag=9;CP=&&" + cipher + "&&"))
                        .reason())
                .isEqualTo(RejectReason.ENCRYPTED);
        // 2017 knows no encryption: there it is no name=value.
        assertThat(messages(Frames.of("ST=32;CN=2011;PW=1;MN=M1;Flag=5;CP=&&" + cipher + "&&"))
                        .flaws())
                .extracting(Decoded.Flaw::reason)
                .contains(RejectReason.MALFORMED);
    }

    @Test
    void aFrameOf2025IsReadAndItsResendCounted() {
        var message =
                message(Frames.of("ST=32;CN=2011;PW=1;MN=M1;Flag=9;RF=1;CP=&&DataTime=20260115081500;w01018-Rtd=1&&"));
        assertThat(message.values()).hasSize(1);
        assertThat(registry.counter("yiwang.ingest.hj212.resent").count()).isEqualTo(1);
    }

    @Test
    void aGoodFrameBesideABrokenOneIsTaken() {
        var wrong = Frames.STATES.replace("3840", "3841").getBytes(StandardCharsets.UTF_8);
        var decoded = messages(wrong, Frames.data("2011", "DataTime=20260115081500;w01018-Rtd=1"));
        assertThat(decoded.messages()).hasSize(1);
        assertThat(decoded.flaws()).extracting(Decoded.Flaw::reason).containsExactly(RejectReason.CHECKSUM);
        assertThat(unreadable(wrong).reason()).isEqualTo(RejectReason.CHECKSUM);
        assertThat(unreadable(new byte[0]).reason()).isEqualTo(RejectReason.MALFORMED);
        assertThat(unreadable("{\"ts\":1}".getBytes(StandardCharsets.UTF_8)).reason())
                .isEqualTo(RejectReason.MALFORMED);
    }

    private static byte[] packet(int packets, int packet, String area) {
        return Frames.of("QN=20260115081500000;ST=32;CN=2011;PW=1;MN=M1;Flag=7;PNUM=" + packets + ";PNO=" + packet
                + ";CP=&&" + area + "&&");
    }

    @Test
    void packetsInOnePayloadAreJoinedWhereverTheyAreCut() {
        var area = "DataTime=20260115081500;w01018-Flag=N,w01018-Rtd=12.75;a34002-Rtd=5,a34002-Flag=N;LA-Rtd=63.4";
        var whole = message(Frames.data("2011", area));
        for (int cut = 0; cut <= area.length(); cut++) {
            for (int second = cut; second <= area.length(); second += 5) {
                var decoded = messages(
                        packet(3, 1, area.substring(0, cut)),
                        packet(3, 2, area.substring(cut, second)),
                        packet(3, 3, area.substring(second)));
                assertThat(decoded.flaws()).as("%d, %d", cut, second).isEmpty();
                assertThat(decoded.messages()).as("%d, %d", cut, second).containsExactly(whole);
            }
        }
    }

    @Test
    void aPacketAloneIsTakenWhenItsEndIsCertain() {
        var first = message(packet(2, 1, "DataTime=20260115081500;w01018-Rtd=19,w01018-Flag=N"));
        var second = message(packet(2, 2, "w21003-Rtd=4.5,w21003-Flag=N"));
        assertThat(names(first)).containsExactly("w01018");
        assertThat(names(second)).containsExactly("w21003");
        assertThat(second.eventTimeMillis()).isEqualTo(first.eventTimeMillis());
    }

    @Test
    void aPacketAloneThatMayEndInsideANumberLosesItsLastItemOnly() {
        var decoded = messages(packet(2, 1, "DataTime=20260115081500;w21003-Rtd=4.5;w01018-Rtd=19"));
        assertThat(names(decoded.messages().get(0))).containsExactly("w21003");
        assertThat(decoded.flaws())
                .singleElement()
                .satisfies(flaw -> assertThat(flaw.detail()).contains("packet 1 of 2"));
    }

    @Test
    void aLaterPacketWithoutItsFirstHasNoTime() {
        var decoded = messages(packet(2, 2, "w21003-Rtd=4.5,w21003-Flag=N"));
        assertThat(decoded.messages()).isEmpty();
        assertThat(decoded.flaws()).extracting(Decoded.Flaw::reason).containsExactly(RejectReason.MISSING_FIELD);
    }

    @Test
    void packetsOfMeansAreTwoMessagesAndTheSameWhenSentAgain() {
        var segment = "QN=20260115081500000;ST=32;CN=2061;PW=1;MN=M1;Flag=7;PNUM=2;PNO=";
        var first = message(Frames.of(segment + "1;CP=&&DataTime=20260115080000;w01018-Avg=1,w01018-Flag=N&&"));
        var second = message(Frames.of(segment + "2;CP=&&w21003-Avg=2,w21003-Flag=N&&"));
        assertThat(second.eventTimeMillis()).isEqualTo(first.eventTimeMillis());
        assertThat(names(second)).isNotEqualTo(names(first));
    }

    @Test
    void manyFramesInOnePayloadAreManyMessages() {
        var decoded = messages(
                Frames.MINUTE.getBytes(StandardCharsets.UTF_8),
                Frames.STATES.getBytes(StandardCharsets.UTF_8),
                Frames.DUST.getBytes(StandardCharsets.UTF_8));
        assertThat(decoded.messages()).hasSize(3);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverTheBytesAreItNeverThrows(long seed) {
        var random = new Random(seed);
        var texts = List.of(
                Frames.WASTE_WATER,
                Frames.AIR,
                Frames.MODBUS,
                Frames.STATES,
                Frames.RUN_HOURS,
                Frames.MINUTE,
                Frames.DUST);
        for (int round = 0; round < 4_000; round++) {
            var bytes = texts.get(random.nextInt(texts.size())).getBytes(StandardCharsets.UTF_8);
            var segment = java.util.Arrays.copyOfRange(bytes, 6, bytes.length - 4);
            int edits = random.nextInt(6);
            for (int i = 0; i < edits; i++) {
                segment[random.nextInt(segment.length)] =
                        (byte) (random.nextBoolean() ? ";,=&-#0 9\r".charAt(random.nextInt(10)) : random.nextInt(256));
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(segment.length + 1) : segment.length;
            var cut = java.util.Arrays.copyOf(segment, length);
            // Mostly with a checksum that fits, so that the damage gets as far as the grammar.
            var frame = random.nextInt(5) == 0 ? bytes : Frames.framed(cut, length, Checksum.ANNEX_A);
            if (random.nextInt(5) == 0) {
                frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
            }
            decode(frame)
                    .fold(
                            messages -> {
                                messages.messages().forEach(message -> {
                                    assertThat(message.values()).isNotEmpty();
                                    assertThat(names(message)).doesNotHaveDuplicates();
                                    assertThat(message.intervalSeconds()).isNotNegative();
                                });
                                return messages.messages().size();
                            },
                            unreadable -> 0);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22})
    void noFlippedBitGivesAnotherValue(long seed) {
        // Annex A's checksum finds every error of one byte.
        var random = new Random(seed);
        var good = messages(Frames.DUST).messages();
        for (int round = 0; round < 2_000; round++) {
            var bytes = Frames.DUST.getBytes(StandardCharsets.UTF_8);
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            decode(bytes)
                    .fold(
                            messages -> {
                                assertThat(messages.messages()).isIn(List.of(), good);
                                return 0;
                            },
                            unreadable -> 0);
        }
    }
}
