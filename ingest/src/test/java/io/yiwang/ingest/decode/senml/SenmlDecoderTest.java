package io.yiwang.ingest.decode.senml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Decoder;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Message;
import io.yiwang.model.RejectReason;
import io.yiwang.model.unit.Units;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SenmlDecoderTest {
    private static final long NOW = 1_795_000_000_000L;

    /** The examiner: a general parser at its strictest. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Everything before the last colon or slash is a device, everything after it a point. */
    private static final SenmlNames LAST_PART = (sender, name) -> {
        int at = Math.max(name.lastIndexOf(':'), name.lastIndexOf('/'));
        return new SenmlNames.Meaning(at < 0 ? "" : name.substring(0, at), name.substring(at + 1));
    };

    private final Decoder decoder = new SenmlDecoder(LAST_PART);

    private Decoded decode(byte[] payload) {
        return decoder.decode(new Arrival("city/v1/gas/f/d/senml", null, "d", payload, NOW));
    }

    private Decoded decode(String json) {
        return decode(json.getBytes(StandardCharsets.UTF_8));
    }

    private Decoded.Messages read(String json) {
        assertThat(decode(json)).as(json).isInstanceOf(Decoded.Messages.class);
        return (Decoded.Messages) decode(json);
    }

    private List<Message> messages(String json) {
        var read = read(json);
        assertThat(read.flaws()).as(json).isEmpty();
        return read.messages();
    }

    private static Message message(String device, long millis, Measured... values) {
        return new Message(device, "", 0, millis, 0, List.of(values));
    }

    private static Measured number(String point, double value, String unit) {
        return new Measured(point, Content.NUMBER, value, false, unit, null);
    }

    // The examples of RFC 8428, 5.1.

    @Test
    void aSingleDataPointIsOfNow() {
        assertThat(messages("[{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"Cel\",\"v\":23.1}]"))
                .containsExactly(message("urn:dev:ow", NOW, number("10e2073a01080063", 23.1, "Cel")));
    }

    @Test
    void valuesOfOneDeviceAndTimeAreOneMessage() {
        assertThat(messages("""
                [{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},{"n":"current","u":"A","v":1.2}]"""))
                .containsExactly(message(
                        "urn:dev:ow:10e2073a01080063",
                        NOW,
                        number("voltage", 120.1, "V"),
                        number("current", 1.2, "A")));
    }

    @Test
    void baseFieldsHoldOnAndTimesAreRelativeToTheBaseTime() {
        var device = "urn:dev:ow:10e2073a0108006";
        assertThat(messages("""
                [{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
                 {"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},{"n":"current","v":1.7}]"""))
                .containsExactly(
                        message(device, 1276020076001L, number("voltage", 120.1, "V"), number("current", 1.7, "A")),
                        message(device, 1276020071001L, number("current", 1.2, "A")),
                        message(device, 1276020072001L, number("current", 1.3, "A")));
    }

    @Test
    void aDeviceMaySendOneNameInSeveralUnits() {
        // Which of them the point takes is decided by its unit: the others do not convert.
        assertThat(messages("""
                [{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20},
                 {"u":"lon","v":24.30621},{"u":"lat","v":60.07965},
                 {"t":60,"v":20.3},{"u":"lon","t":60,"v":24.30622},{"u":"lat","t":60,"v":60.07965}]"""))
                .extracting(
                        Message::eventTimeMillis,
                        each -> each.values().get(0).number(),
                        each -> each.values().get(0).unit())
                .containsExactly(
                        tuple(1320067464000L, 20.0, "%"),
                        tuple(1320067464000L, 24.30621, "deg"),
                        tuple(1320067464000L, 60.07965, "deg"),
                        tuple(1320067524000L, 20.3, "%"),
                        tuple(1320067524000L, 24.30622, "deg"),
                        tuple(1320067524000L, 60.07965, "deg"));
    }

    @Test
    void textAndDataAreValuesThatNoPointTakes() {
        assertThat(messages("""
                [{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},{"n":"label","vs":"Machine Room"},
                 {"n":"open","vb":false},{"n":"nfc-reader","vd":"aGkgCg"}]"""))
                .containsExactly(message(
                        "urn:dev:ow:10e2073a01080063",
                        NOW,
                        number("temp", 23.1, "Cel"),
                        new Measured("label", Content.OTHER, 0, false),
                        new Measured("open", Content.TRUTH, 0, false),
                        new Measured("nfc-reader", Content.OTHER, 0, false)));
    }

    @Test
    void aCollectionHoldsTheValuesOfSeveralDevices() {
        assertThat(messages("""
                [{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2},{"n":"humidity","u":"%RH","v":30},
                 {"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},{"n":"humidity","u":"%RH","v":67}]"""))
                .containsExactly(
                        message(
                                "2001:db8::2",
                                1320078429000L,
                                number("temperature", 25.2, "Cel"),
                                number("humidity", 30, "%")),
                        message(
                                "2001:db8::1",
                                1320078429000L,
                                number("temperature", 12.3, "Cel"),
                                number("humidity", 67, "%")));
    }

    @Test
    void aRecordMayHoldOnlyBaseFields() {
        assertThat(messages("""
                [{"bn":"urn:dev:ow:10e2073a01080063:"},{"n":"temp","u":"Cel","v":23.1},{"n":"heat","u":"/","v":1},
                 {"n":"fan","u":"/","v":0}]"""))
                .containsExactly(message(
                        "urn:dev:ow:10e2073a01080063",
                        NOW,
                        number("temp", 23.1, "Cel"),
                        number("heat", 1, "1"),
                        number("fan", 0, "1")));
    }

    // A field sample.

    @Test
    void aGasDetectorWithAPressureALeakAndAValve() {
        assertThat(messages("""
                [{"bn":"urn:dev:mac:0024befffe804ff1:","bt":1768435200,"bu":"Pa","n":"outlet_pressure","v":2650},
                 {"n":"leak","u":"%","v":0.4},{"n":"valve","vb":true}]"""))
                .containsExactly(message(
                        "urn:dev:mac:0024befffe804ff1",
                        1768435200000L,
                        number("outlet_pressure", 2650, "Pa"),
                        number("leak", 0.4, "%"),
                        new Measured("valve", Content.TRUTH, 1, false)));
    }

    @ParameterizedTest(name = "bt {0}, t {1}: {2} ms from now or absolute")
    @CsvSource({
        "0, 0, now+0",
        "0, -5, now-5000",
        "0, 2.5, now+2500",
        "-10, 3, now-7000",
        "268435455, 0, now+268435455000",
        "268435456, 0, 268435456000",
        "1795000000, -0.25, 1794999999750",
        "268435460, -10, now+268435450000"
    })
    void timesBelowTwoToThe28AreRelative(String base, String time, String expected) {
        long millis =
                expected.startsWith("now") ? NOW + Long.parseLong(expected.substring(3)) : Long.parseLong(expected);
        assertThat(messages("[{\"bt\":%s,\"n\":\"x\",\"t\":%s,\"v\":1}]".formatted(base, time)))
                .extracting(Message::eventTimeMillis)
                .containsExactly(millis);
    }

    @Test
    void aBaseValueIsAddedToNumbersThatAreThere() {
        assertThat(
                        messages(
                                "[{\"bv\":100,\"n\":\"a\",\"v\":1.5},{\"n\":\"b\",\"vb\":true},{\"n\":\"c\",\"v\":-100,\"bv\":99}]"))
                .containsExactly(message(
                        "",
                        NOW,
                        number("a", 101.5, ""),
                        new Measured("b", Content.TRUTH, 1, false),
                        number("c", -1, "")));
    }

    @Test
    void aSumIsAValueOfItsOwnInUnitTimesSecond() {
        assertThat(messages("""
                [{"bs":1000,"n":"flow","u":"m3/s","v":0.5,"s":20},{"n":"power","u":"W","s":7},{"n":"count","u":"/","s":1}]"""))
                .containsExactly(message(
                        "",
                        NOW,
                        number("flow", 0.5, "m3/s"),
                        number("flow:sum", 1020, "m3"),
                        number("power:sum", 1007, "J"),
                        number("count:sum", 1001, "s")));
    }

    @ParameterizedTest
    @CsvSource({
        "Cel, Cel",
        "Pa, Pa",
        "kPa, kPa",
        "m3/s, m3/s",
        "%RH, %",
        "%, %",
        "l/s, L/s",
        "l, L",
        "pH, [pH]",
        "1/min, /min",
        "hPa, hPa",
        "kWh, kW.h",
        "ppm, [ppm]",
        "/, 1",
        "km/h, km/h",
        "NTU, {NTU}",
        "furlong, furlong"
    })
    void unitsAreToldInUcum(String senml, String ucum) {
        assertThat(messages("[{\"n\":\"x\",\"u\":\"" + senml + "\",\"v\":1}]")
                        .get(0)
                        .values())
                .containsExactly(number("x", 1, ucum));
    }

    /** Units of RFC 8428, 12.1, and of RFC 8798, primary and secondary. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "m kg g s A K cd mol Hz rad sr N Pa J W C V F Ohm S Wb T H Cel lm lx Bq Gy Sv kat m2 m3 l m/s m/s2 m3/s l/s W/m2 cd/m2",
                "bit bit/s lat lon pH dB dBW Bspl count / % %RH %EL EL 1/s 1/min beat/min beats S/m",
                "B VA VAs var vars J/m kg/m3 deg NTU",
                "ms min h MHz kW kVA kvar Ah Wh kWh varh kvarh kVAh Wh/km KiB GB Mbit/s B/s MB/s mV mA dBm ug/m3 mm/h m/h ppm /100"
                        + " /1000 hPa mm cm km km/h"
            })
    void everyRegisteredUnitIsOneOfUcum(String units) {
        assertThat(units.split(" "))
                .allSatisfy(unit -> assertThat(Units.isValid(SenmlUnits.ucum(unit)))
                        .as("%s is %s", unit, SenmlUnits.ucum(unit))
                        .isTrue());
    }

    @ParameterizedTest
    @CsvSource({"m3/s, m3", "W, J", "kW, kJ", "l/s, L", "A, C", "Cel, Cel.s", "/, s", "1/s, 1", "1/min, min-1.s"})
    void theUnitOfASumIsTheUnitTimesASecond(String unit, String ofSum) {
        var told = SenmlUnits.ucumOfSum(unit);
        assertThat(told.equals(ofSum) || Units.conversion(told, ofSum).isPresent())
                .as("%s is %s", unit, told)
                .isTrue();
    }

    @Test
    void aVersionAboveTenIsRefused() {
        assertThat(messages("[{\"bver\":10,\"n\":\"x\",\"v\":1}]")).hasSize(1);
        assertThat(decode("[{\"bver\":11,\"n\":\"x\",\"v\":1}]"))
                .isEqualTo(new Decoded.Unreadable(RejectReason.UNSUPPORTED, "SenML version 11.0; at most 10"));
    }

    @Test
    void whatMustBeUnderstoodAndIsNotRefusesThePackAndOtherLabelsAreReadOver() {
        assertThat(messages("[{\"n\":\"x\",\"v\":1,\"foo\":{\"a\":[1]},\"_x\":2}]"))
                .hasSize(1);
        assertThat(decode("[{\"n\":\"x\",\"v\":1},{\"n\":\"y\",\"v\":1,\"foo_\":1}]"))
                .isEqualTo(
                        new Decoded.Unreadable(RejectReason.UNSUPPORTED, "label 'foo_' must be understood and is not"));
    }

    @Test
    void aFlawedRecordLeavesTheOthersAndFlawsOfOneReasonAreOne() {
        var read = read("""
                [{"n":"a","v":1},{"n":"b","v":"20"},{"n":"c","v":"21"},{"n":"d"},{"n":"e","v":1,"vb":true},{"n":" f","v":1},{"v":1},
                 {"n":"g","t":"x","v":2}]""");
        assertThat(read.messages()).containsExactly(message("", NOW, number("a", 1, "")));
        assertThat(read.flaws())
                .extracting(Decoded.Flaw::reason, Decoded.Flaw::valueCount)
                .containsExactlyInAnyOrder(
                        tuple(RejectReason.WRONG_TYPE, 3),
                        tuple(RejectReason.MISSING_FIELD, 1),
                        tuple(RejectReason.MALFORMED, 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"n\":\"a\",\"n\":\"b\",\"v\":1}] | MALFORMED",
                "[{\"n\":\"a\",\"v\":1}]x            | MALFORMED",
                "[{\"n\":\"a\",\"v\":1}              | MALFORMED",
                "{\"n\":\"a\",\"v\":1}               | MALFORMED",
                "[{\"n\":\"a\",\"v\":1},]            | MALFORMED",
                "[]                                  | MISSING_FIELD",
                "[{}]                                | MISSING_FIELD",
                "[{\"bn\":7,\"n\":\"a\",\"v\":1}]    | WRONG_TYPE",
                "[{\"bt\":\"now\",\"n\":\"a\"}]      | WRONG_TYPE",
            })
    void whatIsNoPackIsUnreadable(String json, RejectReason reason) {
        assertThat(decode(json))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class,
                        unreadable -> assertThat(unreadable.reason()).isEqualTo(reason));
    }

    @Test
    void numbersThatNoDoubleHoldsAreNotFinite() {
        assertThat(messages(
                                "[{\"n\":\"a\",\"v\":1e999},{\"n\":\"b\",\"v\":NaN},{\"bv\":1e308,\"n\":\"c\",\"v\":1e308}]")
                        .get(0)
                        .values())
                .extracting(Measured::content)
                .containsOnly(Content.NOT_FINITE);
    }

    @Test
    void moreTimesThanAllowedAreFlawsAndMoreValuesOpenAnotherMessage() {
        var times = IntStream.range(0, 1003)
                .mapToObj(i -> "{\"n\":\"x\",\"t\":" + -i + ",\"v\":1}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(read(times).messages()).hasSize(1000);
        assertThat(read(times).flaws())
                .singleElement()
                .satisfies(flaw -> assertThat(flaw.valueCount()).isEqualTo(3));
        var many = IntStream.range(0, 300)
                .mapToObj(i -> "{\"n\":\"x" + i + "\",\"v\":1}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(messages(many)).extracting(each -> each.values().size()).containsExactly(256, 44);
    }

    static List<Long> seeds() {
        return IntStream.range(0, 20).mapToObj(i -> 7000L + i).toList();
    }

    /** A record as the standard resolves it. */
    private record Resolved(String name, String unit, double time, double value) {}

    /** Law: base fields are shorthand only; a pack and its resolved form are the same messages. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aPackAndItsResolvedFormAreTheSame(long seed) {
        var random = new Random(seed);
        var resolved = new ArrayList<Resolved>();
        var short_ = new ArrayList<String>();
        String bn = "";
        String bu = "";
        long bt = 0;
        long bv = 0;
        for (int i = 0; i < 1 + random.nextInt(40); i++) {
            var fields = new LinkedHashMap<String, String>();
            if (i == 0 || random.nextInt(5) == 0) {
                bn = "dev" + random.nextInt(3) + ":";
                fields.put("bn", "\"" + bn + "\"");
            }
            if (i == 0 || random.nextInt(5) == 0) {
                bu = List.of("Cel", "Pa", "%RH").get(random.nextInt(3));
                fields.put("bu", "\"" + bu + "\"");
            }
            if (i == 0 || random.nextInt(5) == 0) {
                bt = 1_794_000_000L + random.nextInt(1000);
                fields.put("bt", Long.toString(bt));
            }
            if (random.nextInt(5) == 0) {
                bv = random.nextInt(100);
                fields.put("bv", Long.toString(bv));
            }
            var name = "m" + i;
            fields.put("n", "\"" + name + "\"");
            var unit = bu;
            if (random.nextBoolean()) {
                unit = List.of("V", "A").get(random.nextInt(2));
                fields.put("u", "\"" + unit + "\"");
            }
            long t = 0;
            if (random.nextBoolean()) {
                t = random.nextInt(3) - 1;
                fields.put("t", Long.toString(t));
            }
            long value = random.nextInt(1000);
            fields.put("v", Long.toString(value));
            var labels = new ArrayList<>(fields.keySet());
            Collections.shuffle(labels, random);
            short_.add(labels.stream()
                    .map(l -> "\"" + l + "\":" + fields.get(l))
                    .collect(Collectors.joining(",", "{", "}")));
            resolved.add(new Resolved(bn + name, unit, bt + t, bv + value));
        }
        var whole = resolved.stream()
                .map(r -> String.format(
                        Locale.ROOT,
                        "{\"n\":\"%s\",\"u\":\"%s\",\"t\":%.0f,\"v\":%s}",
                        r.name(),
                        r.unit(),
                        r.time(),
                        r.value()))
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(messages(String.join(",", short_).transform(s -> "[" + s + "]")))
                .isEqualTo(messages(whole));
        assertThat(messages(whole).stream()
                        .mapToInt(each -> each.values().size())
                        .sum())
                .isEqualTo(resolved.size());
    }

    private static final List<String> VALID = List.of(
            "[{\"bn\":\"urn:dev:mac:0024befffe804ff1:\",\"bt\":1768435200,\"bu\":\"Pa\",\"n\":\"outlet_pressure\",\"v\":2650},{\"n\":\"leak\",\"u\":\"%\",\"v\":0.4},{\"n\":\"valve\",\"vb\":true}]",
            "[{\"bn\":\"d1:\",\"bver\":5,\"bs\":1,\"bv\":2.5e3,\"n\":\"a\",\"v\":-1.25,\"s\":3,\"ut\":10},{\"n\":\"b\",\"vs\":\"\\u6c34 text\"},{\"n\":\"c\",\"vd\":\"aGkgCg\",\"t\":-7}]",
            "[{\"n\":\"x\",\"v\":1},{\"n\":\"y\",\"v\":\"2\"},{\"n\":\"z\",\"extra\":[1,{\"a\":null}],\"vb\":false}]");

    private static final String[] SNIPPETS = {
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\\",
        "null",
        "true",
        "1e999",
        "-",
        "0",
        "\"v\":1",
        "\"n\":\"\"",
        "\"bn\":",
        "\"x_\":1",
        "NaN",
        "\"s\":2",
        "\"bt\":-1e300",
        "\"t\":9e99",
        "\u0000",
        "é"
    };

    private static byte[] mutated(Random random) {
        var text = new StringBuilder(VALID.get(random.nextInt(VALID.size())));
        for (int i = random.nextInt(4); i >= 0 && text.length() > 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(128));
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.insert(at, SNIPPETS[random.nextInt(SNIPPETS.length)]);
                case 3 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
                default -> text.insert(at, text, at, Math.min(text.length(), at + random.nextInt(60)));
            }
        }
        var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextInt(4) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /** Whatever the bytes are: an outcome, and every value that a general parser finds is in a message or a flaw. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noBytesBreakItAndNoValueVanishes(long seed) {
        var random = new Random(seed);
        int compared = 0;
        for (int i = 0; i < 1500; i++) {
            var payload = mutated(random);
            var decoded = decode(payload);
            if (!(decoded instanceof Decoded.Messages read)) {
                continue;
            }
            int values = 0;
            for (var message : read.messages()) {
                Set<String> names = new HashSet<>();
                boolean sound = !message.values().isEmpty()
                        && message.values().size() <= 256
                        && message.values().stream()
                                .allMatch(value -> names.add(value.name()) && Double.isFinite(value.number()));
                if (!sound) {
                    throw new AssertionError(message + " of " + new String(payload, StandardCharsets.UTF_8));
                }
                values += message.values().size();
            }
            values += read.flaws().stream().mapToInt(Decoded.Flaw::valueCount).sum();
            JsonNode tree;
            try {
                tree = STRICT.readTree(payload);
            } catch (JacksonException e) {
                // Ours reads NaN and the infinities too.
                assertThat(new String(payload, StandardCharsets.UTF_8)).containsAnyOf("NaN", "Infinity");
                continue;
            }
            int expected = 0;
            for (var record : tree) {
                for (var label : List.of("v", "vb", "vs", "vd", "s")) {
                    expected += record.has(label) ? 1 : 0;
                }
            }
            if (values != expected) {
                assertThat(values)
                        .as(new String(payload, StandardCharsets.UTF_8))
                        .isEqualTo(expected);
            }
            compared++;
        }
        assertThat(compared).isPositive();
    }
}
