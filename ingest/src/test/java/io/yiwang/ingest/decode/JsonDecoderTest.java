package io.yiwang.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.model.RejectReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class JsonDecoderTest {
    /** The examiner: a general parser at its strictest. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Decoder decoder = new JsonDecoder();

    private Decoded decode(byte[] payload) {
        return decoder.decode(new Arrival("t", null, "c", payload, 0));
    }

    private Decoded decode(String json) {
        return decode(json.getBytes(StandardCharsets.UTF_8));
    }

    private Decoded.Messages read(String json) {
        assertThat(decode(json)).isInstanceOf(Decoded.Messages.class);
        return (Decoded.Messages) decode(json);
    }

    private Message one(String json) {
        var read = read(json);
        assertThat(read.flaws()).isEmpty();
        assertThat(read.messages()).hasSize(1);
        return read.messages().get(0);
    }

    private Decoded.Flaw flaw(String json) {
        var read = read(json);
        assertThat(read.messages()).isEmpty();
        assertThat(read.flaws()).hasSize(1);
        return read.flaws().get(0);
    }

    @Test
    void aWholeMessage() {
        var message = one("""
                {"ts": 1795000000123, "boot": "b-7", "seq": 42,
                 "values": {"a": 1.5, "b": -3, "on": true, "off": false}, "quality": {"b": "bad", "a": "good"}, "site": {"x": [1]}}
                """);
        assertThat(message)
                .isEqualTo(new Message(
                        "b-7",
                        42,
                        1795000000123L,
                        List.of(
                                new Measured("a", Content.NUMBER, 1.5, false),
                                new Measured("b", Content.NUMBER, -3, true),
                                new Measured("on", Content.TRUTH, 1, false),
                                new Measured("off", Content.TRUTH, 0, false))));
    }

    @Test
    void anArrayIsManyMessagesAndAFlawInOneLeavesTheOthers() {
        var read = read(
                "[{\"ts\":1,\"values\":{\"a\":1}},{\"values\":{\"a\":1,\"b\":2}},{\"ts\":3,\"values\":{\"a\":3}}]");
        assertThat(read.messages()).extracting(Message::eventTimeMillis).containsExactly(1L, 3L);
        assertThat(read.flaws()).singleElement().satisfies(flaw -> {
            assertThat(flaw.reason()).isEqualTo(RejectReason.MISSING_FIELD);
            assertThat(flaw.valueCount()).isEqualTo(2);
        });
    }

    @Test
    void withoutACounterBootIsEmptyAndSeqZero() {
        for (var identity : List.of("", "\"boot\":\"b\",", "\"seq\":5,", "\"boot\":\"\",\"seq\":5,")) {
            var message = one("{" + identity + "\"ts\":1,\"values\":{\"a\":1}}");
            assertThat(message.boot()).as(identity).isEmpty();
            assertThat(message.seq()).as(identity).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nul",
                "null",
                "12",
                "\"text\"",
                "{",
                "{}x",
                "{\"ts\":1,}",
                "{\"ts\":01,\"values\":{\"a\":1}}",
                "{\"ts\":+1,\"values\":{\"a\":1}}",
                "{\"ts\":1.,\"values\":{\"a\":1}}",
                "{\"ts\":1,\"values\":{\"a\":.5}}",
                "{\"ts\":1,\"values\":{\"a\":1e}}",
                "{\"ts\":1,\"values\":{\"a\":0x10}}",
                "{\"ts\":1,\"values\":{\"a\":1}}{\"ts\":1,\"values\":{\"a\":1}}",
                "{\"ts\":1,\"values\":{\"a\":1}} ,",
                "{\"ts\":1,\"ts\":1,\"values\":{\"a\":1}}",
                "{\"ts\":1,\"values\":{\"a\":1,\"a\":1}}",
                "{\"ts\":1,\"values\":{\"a\":1,\"\\u0061\":1}}",
                "{\"ts\":1,\"values\":{\"a\":1},\"x\":{\"y\":1,\"y\":2}}",
                "{\"ts\":1,\"values\":{\"a\":1},\"quality\":{\"a\":\"bad\",\"a\":\"bad\"}}",
                "{\"ts\":NaN,\"values\":{\"a\":1}}",
                "{\"ts\":1,\"values\":{\"a\":nan}}",
                "{'ts':1,\"values\":{\"a\":1}}",
                "{ts:1,\"values\":{\"a\":1}}",
                "{\"ts\":1,\"boot\":\"a\nb\",\"seq\":1,\"values\":{\"a\":1}}",
                "{\"ts\":1,\"boot\":\"\\x\",\"seq\":1,\"values\":{\"a\":1}}",
                "{\"ts\":1,\"boot\":\"\\ud800\",\"seq\":1,\"values\":{\"a\":1}}",
                "[{\"ts\":1,\"values\":{\"a\":1}}",
                "[1]",
                "/* */{\"ts\":1,\"values\":{\"a\":1}}",
                "\uFEFF{\"ts\":1,\"values\":{\"a\":1}}"
            })
    void whatIsNotWellFormedIsMalformedAsAWhole(String json) {
        assertThat(decode(json))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class, it -> assertThat(it.reason()).isEqualTo(RejectReason.MALFORMED));
    }

    @Test
    void bytesThatAreNotUtf8AreMalformed() {
        var json = "{\"ts\":1,\"boot\":\"?\",\"seq\":1,\"values\":{\"a\":1}}".getBytes(StandardCharsets.UTF_8);
        for (int bad : new int[] {0x80, 0xc0, 0xff, 0xed}) {
            var bytes = json.clone();
            bytes[new String(json, StandardCharsets.UTF_8).indexOf('?')] = (byte) bad;
            assertThat(decode(bytes)).as("byte %x", bad).isInstanceOf(Decoded.Unreadable.class);
        }
        assertThat(decode("{\"ts\":1}".getBytes(StandardCharsets.UTF_16))).isInstanceOf(Decoded.Unreadable.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ts\":\"1\",\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":1.5,\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":1e3,\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":null,\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":99999999999999999999,\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":1,\"seq\":\"1\",\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":1,\"seq\":-1,\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":1,\"boot\":7,\"values\":{\"a\":1}}|WRONG_TYPE",
                "{\"ts\":1,\"values\":[1]}|WRONG_TYPE",
                "{\"ts\":1,\"values\":{\"a\":1},\"quality\":\"bad\"}|WRONG_TYPE",
                "{\"ts\":1,\"values\":{\"a\":1},\"quality\":{\"a\":0}}|WRONG_TYPE",
                "{\"values\":{\"a\":1}}|MISSING_FIELD",
                "{\"ts\":1}|MISSING_FIELD",
                "{\"ts\":1,\"values\":{}}|MISSING_FIELD",
                "{}|MISSING_FIELD"
            })
    void aMessageThatLacksWhatItNeedsIsAFlaw(String json, RejectReason reason) {
        assertThat(flaw(json).reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "NaN,NOT_FINITE", "Infinity,NOT_FINITE", "-Infinity,NOT_FINITE", "1e999,NOT_FINITE", "-1e400,NOT_FINITE",
        "null,OTHER", "'\"12.5\"',OTHER", "'\"NaN\"',OTHER", "{},OTHER", "[1],OTHER"
    })
    void aBadValueLeavesItsNeighbours(String value, Content content) {
        var message = one("{\"ts\":1,\"values\":{\"bad\":" + value + ",\"good\":2}}");
        assertThat(message.values())
                .containsExactly(
                        new Measured("bad", content, 0, false), new Measured("good", Content.NUMBER, 2, false));
    }

    @Test
    void limitsOfSizeHold() {
        assertThat(decode("[".repeat(10_000))).isInstanceOf(Decoded.Unreadable.class);
        assertThat(decode("{\"ts\":1,\"values\":{\"a\":1},\"x\":" + "[".repeat(20) + "]".repeat(20) + "}"))
                .isInstanceOf(Decoded.Unreadable.class);
        assertThat(decode("{\"ts\":1,\"values\":{\"" + "k".repeat(65) + "\":1}}"))
                .isInstanceOf(Decoded.Unreadable.class);
        assertThat(decode("{\"ts\":1,\"values\":{\"a\":" + "1".repeat(2000) + "}}"))
                .isInstanceOf(Decoded.Unreadable.class);
        assertThat(one("{\"ts\":1,\"values\":{" + values(256) + "}}").values()).hasSize(256);
        assertThat(flaw("{\"ts\":1,\"values\":{" + values(257) + "}}"))
                .satisfies(flaw -> assertThat(flaw.reason()).isEqualTo(RejectReason.TOO_MANY_VALUES))
                .satisfies(flaw -> assertThat(flaw.valueCount()).isEqualTo(257));
        assertThat(read(messages(1000)).messages()).hasSize(1000);
        assertThat(decode(messages(1001)))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class,
                        it -> assertThat(it.reason()).isEqualTo(RejectReason.TOO_MANY_VALUES));
    }

    private static String values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"m" + i + "\":" + i).collect(Collectors.joining(","));
    }

    private static String messages(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"ts\":" + i + ",\"values\":{\"a\":1}}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aDuplicateIsFoundAlsoAmongMany() {
        assertThat(decode("{\"ts\":1,\"values\":{" + values(20) + ",\"m3\":1}}"))
                .isInstanceOf(Decoded.Unreadable.class);
        assertThat(decode("{\"ts\":1,\"values\":{" + values(20) + ",\"m15\":1}}"))
                .isInstanceOf(Decoded.Unreadable.class);
    }

    @Test
    void negativeZeroIsZero() {
        for (var zero : List.of("-0", "-0.0", "-0e5")) {
            var number = one("{\"ts\":1,\"values\":{\"a\":" + zero + "}}")
                    .values()
                    .get(0)
                    .number();
            assertThat(Double.doubleToRawLongBits(number)).as(zero).isZero();
        }
    }

    static List<Long> seeds() {
        return List.of(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void numbersAreReadAsJavaReadsThem(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            var text = number(random);
            var value =
                    one("{\"ts\":1,\"values\":{\"a\":" + text + "}}").values().get(0);
            double expected = Double.parseDouble(text) + 0.0;
            if (Double.isInfinite(expected)) {
                assertThat(value.content()).as(text).isEqualTo(Content.NOT_FINITE);
            } else {
                assertThat(Double.doubleToLongBits(value.number()))
                        .as(text)
                        .isEqualTo(Double.doubleToLongBits(expected));
            }
        }
    }

    private static String number(Random random) {
        var text = new StringBuilder(random.nextInt(3) == 0 ? "-" : "");
        text.append(
                random.nextInt(4) == 0
                        ? "0"
                        : String.valueOf(1 + random.nextInt(9)) + digits(random, random.nextInt(20)));
        if (random.nextBoolean()) {
            text.append('.').append(digits(random, 1 + random.nextInt(20)));
        }
        if (random.nextInt(3) == 0) {
            text.append(random.nextBoolean() ? 'e' : 'E')
                    .append(List.of("", "+", "-").get(random.nextInt(3)))
                    .append(random.nextInt(340));
        }
        return text.toString();
    }

    private static String digits(Random random, int count) {
        return random.ints(count, 0, 10).mapToObj(String::valueOf).collect(Collectors.joining());
    }

    /** The decoder never throws, and whatever it takes for well formed a strict general parser takes too. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void brokenMessagesNeverThrowAndAreNeverTakenForGood(long seed) {
        var random = new Random(seed);
        int understood = 0;
        for (int i = 0; i < 20_000; i++) {
            var bytes = broken(random);
            var decoded = decode(bytes);
            if (decoded instanceof Decoded.Messages messages) {
                understood++;
                boolean bareword = messages.messages().stream()
                        .flatMap(message -> message.values().stream())
                        .anyMatch(value -> value.content() == Content.NOT_FINITE);
                assertThat(bareword || isJson(bytes))
                        .as("seed %d: %s", seed, new String(bytes, StandardCharsets.UTF_8))
                        .isTrue();
            }
        }
        assertThat(understood).isPositive();
    }

    private static boolean isJson(byte[] bytes) {
        try {
            STRICT.readTree(bytes);
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    private static final List<String> GOOD = List.of(
            "{\"ts\":1795000000123,\"boot\":\"b-7\",\"seq\":42,\"values\":{\"a\":1.5,\"b\":-3e2},\"quality\":{\"b\":\"bad\"}}",
            "[{\"ts\":1,\"values\":{\"压力\":true}},{\"ts\":2,\"values\":{\"a\":null}}]",
            "{\"ts\":1,\"values\":{\"a\":\"\\u0041\\n\"},\"more\":{\"deep\":[1,{\"er\":[false]}]}}");

    private static byte[] broken(Random random) {
        var bytes = new ArrayList<Byte>();
        for (byte b : GOOD.get(random.nextInt(GOOD.size())).getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b);
        }
        for (int change = random.nextInt(4); change > 0 && !bytes.isEmpty(); change--) {
            int at = random.nextInt(bytes.size());
            switch (random.nextInt(4)) {
                case 0 -> bytes.remove(at);
                case 1 -> bytes.set(at, (byte) random.nextInt(256));
                case 2 -> bytes.add(at, (byte) "{}[]\",:0123456789.eE+-\\ntrfu".charAt(random.nextInt(28)));
                default -> bytes.subList(at, bytes.size()).clear();
            }
        }
        var result = new byte[bytes.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = bytes.get(i);
        }
        return result;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void randomBytesNeverThrow(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            var bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertThat(decode(bytes)).isNotNull();
        }
    }
}
