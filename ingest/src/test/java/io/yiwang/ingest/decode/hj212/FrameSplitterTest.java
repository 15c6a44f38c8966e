package io.yiwang.ingest.decode.hj212;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.ingest.decode.hj212.Piece.Broken;
import io.yiwang.ingest.decode.hj212.Piece.Frame;
import io.yiwang.model.RejectReason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSplitterTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Piece> whole(byte[] stream) {
        var splitter = new FrameSplitter(FrameSplitter.LONGEST_SEGMENT);
        var pieces = new ArrayList<>(splitter.feed(stream));
        pieces.addAll(splitter.end());
        return pieces;
    }

    private static List<Piece> whole(String stream) {
        return whole(bytes(stream));
    }

    private static Frame frame(Piece piece) {
        return piece.fold(frame -> frame, broken -> {
            throw new AssertionError(broken.reason() + ": " + broken.detail());
        });
    }

    private static Broken broken(Piece piece) {
        return piece.fold(
                frame -> {
                    throw new AssertionError(frame.segment());
                },
                broken -> broken);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Frames.SET_INTERVAL,
                Frames.WASTE_WATER,
                Frames.AIR,
                Frames.STATES,
                Frames.RUN_HOURS,
                Frames.MINUTE,
                Frames.DUST,
                Frames.DATA_ANSWER,
                Frames.HEARTBEAT
            })
    void framesOfTheStandardAndTheFieldCarryTheChecksumOfAnnexA(String text) {
        assertThat(whole(text + "\r\n")).singleElement().satisfies(piece -> {
            assertThat(frame(piece).checksum()).isEqualTo(Checksum.ANNEX_A);
            assertThat(frame(piece).bytes()).isEqualTo(bytes(text));
            assertThat(frame(piece).segment()).isEqualTo(text.substring(6, text.length() - 4));
        });
    }

    @Test
    void theChecksumOfModbusIsTakenAndToldApart() {
        assertThat(whole(Frames.MODBUS))
                .singleElement()
                .satisfies(piece -> assertThat(frame(piece).checksum()).isEqualTo(Checksum.MODBUS));
        var segment = bytes(Frames.MODBUS.substring(6, Frames.MODBUS.length() - 4));
        assertThat(Checksum.ANNEX_A.of(segment, 0, segment.length)).isEqualTo(0xA441);
        assertThat(Checksum.MODBUS.of(segment, 0, segment.length)).isEqualTo(0xED94);
        // The check value of Modbus' own definition.
        assertThat(Checksum.MODBUS.of(bytes("123456789"), 0, 9)).isEqualTo(0x4B37);
    }

    @Test
    void aChecksumThatIsNeitherIsRefused() {
        var wrong = Frames.SET_INTERVAL.substring(0, Frames.SET_INTERVAL.length() - 4) + "4980";
        assertThat(whole(wrong + "\r\n")).singleElement().satisfies(piece -> {
            assertThat(broken(piece).reason()).isEqualTo(RejectReason.CHECKSUM);
            assertThat(broken(piece).detail()).contains("4980", "1C80");
            assertThat(broken(piece).bytes()).isEqualTo(bytes(wrong));
        });
    }

    @Test
    void lettersOfTheChecksumMayBeSmall() {
        var small = Frames.WASTE_WATER.substring(0, Frames.WASTE_WATER.length() - 4) + "6e80";
        assertThat(whole(small)).singleElement().satisfies(piece -> frame(piece));
    }

    @Test
    void itGoesOnAtTheNextMarkAfterWhateverIsNoFrame() {
        for (var garbage : List.of(
                "GET / HTTP/1.1\r\n\r\n",
                "#",
                "##",
                "###",
                "##12",
                "##abcd",
                "##9999",
                "##0200QN=1;",
                "##0010QN=1;CN=2011;ST=32\r\n",
                Frames.MINUTE.substring(0, 100),
                Frames.MINUTE.substring(0, Frames.MINUTE.length() - 1) + "X\r\n",
                "\r\n\r\n \0")) {
            var pieces = whole(garbage + Frames.STATES + "\r\n" + garbage + Frames.DUST);
            assertThat(pieces.stream()
                            .filter(piece -> piece.fold(frame -> true, broken -> false))
                            .map(piece -> frame(piece).segment()))
                    .as(garbage)
                    .containsExactly(
                            Frames.STATES.substring(6, Frames.STATES.length() - 4),
                            Frames.DUST.substring(6, Frames.DUST.length() - 4));
        }
    }

    @Test
    void framesNeedNoLineEndBetweenThem() {
        assertThat(whole(Frames.STATES + Frames.DUST + "\n" + Frames.MINUTE))
                .hasSize(3)
                .allSatisfy(FrameSplitterTest::frame);
    }

    @Test
    void aLineShorterThanItsLengthSaysIsBrokenAtOnceAndSwallowsNothing() {
        var splitter = new FrameSplitter(FrameSplitter.LONGEST_SEGMENT);
        var pieces = splitter.feed(bytes("##0900" + Frames.STATES.substring(6) + "\r\n" + Frames.DUST));
        assertThat(pieces).hasSize(2);
        assertThat(broken(pieces.get(0)).reason()).isEqualTo(RejectReason.MALFORMED);
        frame(pieces.get(1));
    }

    @Test
    void aLengthInCharactersIsTakenWhenTheChecksumProvesIt() {
        var segment =
                "QN=20260115081500124;ST=32;CN=2021;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20260115081500;SB1-RS=1;名称=水泵一号&&";
        for (var checksum : Checksum.values()) {
            var frame = Frames.framed(bytes(segment), segment.length(), checksum);
            assertThat(whole(frame)).singleElement().satisfies(piece -> {
                assertThat(frame(piece).countsCharacters()).isTrue();
                assertThat(frame(piece).segment()).isEqualTo(segment);
            });
            assertThat(whole(Frames.of(segment, checksum)))
                    .singleElement()
                    .satisfies(
                            piece -> assertThat(frame(piece).countsCharacters()).isFalse());
        }
        // The wrong count of something else is not guessed.
        assertThat(whole(Frames.framed(bytes(segment), segment.length() - 1, Checksum.ANNEX_A)))
                .noneMatch(piece -> piece.fold(frame -> true, broken -> false));
    }

    @Test
    void textInAnotherCodeThanUtf8DoesNotDisturb() {
        var segment = "ST=32;CN=2021;MN=M1;CP=&&DataTime=20260115081500;名称=水泵;SB1-RS=1&&"
                .getBytes(Charset.forName("GB18030"));
        assertThat(whole(Frames.framed(segment, segment.length, Checksum.ANNEX_A)))
                .singleElement()
                .satisfies(piece -> assertThat(frame(piece).segment()).contains("SB1-RS=1"));
    }

    @Test
    void aSegmentLongerThanAllowedIsTooLarge() {
        var splitter = new FrameSplitter(1024);
        var pieces = splitter.feed(bytes("##1025" + "x".repeat(1025) + "0000\r\n" + Frames.STATES));
        assertThat(broken(pieces.get(0)).reason()).isEqualTo(RejectReason.TOO_LARGE);
        frame(pieces.get(pieces.size() - 1));
        assertThatThrownBy(() -> new FrameSplitter(10_000)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void howTheStreamIsCutIntoPartsChangesNothing(long seed) {
        var random = new Random(seed);
        var stream = new ByteArrayOutputStream();
        var texts =
                List.of(Frames.STATES, Frames.DUST, Frames.MINUTE, Frames.MODBUS, Frames.WASTE_WATER, Frames.HEARTBEAT);
        for (int i = 0; i < 60; i++) {
            var frame = bytes(texts.get(random.nextInt(texts.size())) + "\r\n");
            if (random.nextInt(4) == 0) {
                frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
            }
            int from = random.nextInt(8) == 0 ? random.nextInt(frame.length) : 0;
            stream.write(frame, from, frame.length - from);
        }
        var expected = frames(whole(stream.toByteArray()));
        for (int most : new int[] {1, 2, 7, 100, 5000}) {
            var splitter = new FrameSplitter(FrameSplitter.LONGEST_SEGMENT);
            var pieces = new ArrayList<Piece>();
            for (int at = 0; at < stream.size(); ) {
                int count = Math.min(stream.size() - at, 1 + random.nextInt(most));
                pieces.addAll(splitter.feed(stream.toByteArray(), at, at + count));
                at += count;
                assertThat(splitter.waiting()).isLessThanOrEqualTo(FrameSplitter.LONGEST_SEGMENT + 10);
            }
            pieces.addAll(splitter.end());
            assertThat(frames(pieces)).isEqualTo(expected);
            assertThat(splitter.waiting()).isZero();
        }
        // Nine in ten are whole, and none of those may be lost to a neighbour.
        assertThat(expected).hasSizeGreaterThan(30);
    }

    private static List<String> frames(List<Piece> pieces) {
        return pieces.stream()
                .filter(piece -> piece.fold(frame -> true, broken -> false))
                .map(piece -> frame(piece).segment())
                .toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14})
    void noByteIsLostOrInvented(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var stream = new byte[random.nextInt(400)];
            for (int i = 0; i < stream.length; i++) {
                // Mostly what frames are made of, so that much looks like one.
                stream[i] = (byte) "##0012QN=;&\r\nAF\u00e9".charAt(random.nextInt(16));
            }
            int sum = 0;
            for (var piece : whole(stream)) {
                sum += piece.fold(frame -> frame.bytes().length, Broken::length);
            }
            int between = 0;
            for (byte b : stream) {
                between += b == '\r' || b == '\n' ? 1 : 0;
            }
            assertThat(sum).isBetween(stream.length - between, stream.length);
        }
    }
}
