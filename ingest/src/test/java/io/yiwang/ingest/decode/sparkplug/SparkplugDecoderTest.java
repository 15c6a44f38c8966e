package io.yiwang.ingest.decode.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Message;
import io.yiwang.model.RejectReason;
import io.yiwang.model.unit.Units;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.Metric.MetricBuilder;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.PropertyDataType;
import org.eclipse.tahu.message.model.PropertySet.PropertySetBuilder;
import org.eclipse.tahu.message.model.PropertyValue;
import org.eclipse.tahu.message.model.SparkplugBPayload.SparkplugBPayloadBuilder;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SparkplugDecoderTest {
    private static final long NOW = 1_795_000_000_000L;

    private final SparkplugDecoder decoder = new SparkplugDecoder(edge -> Map.of("tank", List.of("level", "valve")));
    private long now = NOW;

    private Decoded decode(String type, String device, byte[] payload) {
        var topic = "spBv1.0/G1/" + type + "/E1" + (device.isEmpty() ? "" : "/" + device);
        return decoder.decode(new Arrival(topic, null, "E1", payload, now));
    }

    private Decoded.Messages read(String type, String device, TestingEdge.Draft payload) {
        var decoded = decode(type, device, payload.bytes());
        assertThat(decoded).isInstanceOf(Decoded.Messages.class);
        return (Decoded.Messages) decoded;
    }

    private static TestingEdge.Draft at(long millis, int seq) {
        return TestingEdge.payload(millis, seq);
    }

    private void birth() {
        read("NBIRTH", "", at(NOW - 100, 0).bdSeq(4).metric("cabinet", 1, MetricDataType.Float, 21.3f, "°C"));
        read(
                "DBIRTH",
                "d1",
                at(NOW - 90, 1)
                        .metric("Outlet/pressure", 2, MetricDataType.Double, 0.3, "MPa")
                        .metric("valve", 3, MetricDataType.Boolean, true, null)
                        .metric("maker", 4, MetricDataType.String, "ACME", null));
    }

    private static Message message(String device, long millis, Measured... values) {
        return new Message(device, "", 0, millis, 0, List.of(values));
    }

    private static Measured number(String name, double value, String unit) {
        return new Measured(name, Content.NUMBER, value, false, unit, null);
    }

    private static Measured offline(String name) {
        return new Measured(name, Content.OFFLINE, 0, false);
    }

    @Test
    void aBirthBringsValuesWithNamesAndUnits() {
        var born = read(
                "NBIRTH",
                "",
                at(NOW, 0)
                        .bdSeq(0)
                        .metric("Node Control/Rebirth", null, MetricDataType.Boolean, false, null)
                        .metric("pressure", 7, MetricDataType.Float, 0.31f, "bar"));
        assertThat(born.messages()).containsExactly(message("", NOW, number("pressure", 0.31, "bar")));
        assertThat(born.flaws()).isEmpty();
        assertThat(born.replies()).isEmpty();
    }

    /** The field sample: a node that has nothing but its birth number. */
    @Test
    void aBirthWithoutValuesOnlySaysSomethingAboutItsSender() {
        assertThat(read("NBIRTH", "", at(1638223073190L, 0).bdSeq(0)))
                .isEqualTo(new Decoded.Messages(List.of(), List.of(), List.of()));
    }

    @Test
    void dataAreReadByAliasAndByName() {
        birth();
        assertThat(read(
                                "DDATA",
                                "d1",
                                at(NOW, 2)
                                        .byAlias(2, MetricDataType.Double, 0.35)
                                        .byAlias(3, MetricDataType.Boolean, false))
                        .messages())
                .containsExactly(message(
                        "d1",
                        NOW,
                        number("Outlet/pressure", 0.35, "MPa"),
                        new Measured("valve", Content.TRUTH, 0, false)));
        assertThat(read("NDATA", "", at(NOW + 1, 3).metric("cabinet", null, MetricDataType.Float, 22.5f, null))
                        .messages())
                .containsExactly(message("", NOW + 1, number("cabinet", 22.5, "Cel")));
    }

    @Test
    void valuesOfOneTimeAreOneMessageAndHistoryHasItsOwnTimes() {
        birth();
        var data = at(NOW, 2)
                .byAlias(2, MetricDataType.Double, 0.1)
                .timedByAlias(2, NOW - 60_000, 0.2)
                .timedByAlias(2, NOW - 30_000, 0.3);
        assertThat(read("DDATA", "d1", data).messages())
                .extracting(
                        Message::eventTimeMillis, each -> each.values().get(0).number())
                .containsExactly(tuple(NOW, 0.1), tuple(NOW - 60_000, 0.2), tuple(NOW - 30_000, 0.3));
    }

    @Test
    void aGapLosesNothingAndAsksForARebirth() throws Exception {
        birth();
        var gap = read("DDATA", "d1", at(NOW, 9).byAlias(2, MetricDataType.Double, 0.35));
        assertThat(gap.messages()).hasSize(1);
        assertThat(gap.flaws()).isEmpty();
        assertThat(gap.replies()).singleElement().satisfies(reply -> {
            assertThat(reply.topic()).isEqualTo("spBv1.0/G1/NCMD/E1");
            assertThat(Payload.parseFrom(reply.payload()).getMetricsList())
                    .singleElement()
                    .satisfies(metric -> {
                        assertThat(metric.getName()).isEqualTo("Node Control/Rebirth");
                        assertThat(metric.getDatatype()).isEqualTo(11);
                        assertThat(metric.getBooleanValue()).isTrue();
                    });
        });
        // In order from there, a second gap within 5 s is not asked about, one after 5 s is.
        assertThat(read("DDATA", "d1", at(NOW, 10).byAlias(2, MetricDataType.Double, 0.3))
                        .replies())
                .isEmpty();
        now += 4999;
        assertThat(read("DDATA", "d1", at(NOW, 20).byAlias(2, MetricDataType.Double, 0.3))
                        .replies())
                .isEmpty();
        now += 1;
        assertThat(read("DDATA", "d1", at(NOW, 30).byAlias(2, MetricDataType.Double, 0.3))
                        .replies())
                .hasSize(1);
    }

    @Test
    void theSequenceWrapsAndARepeatedMessageIsNoGap() {
        birth();
        for (int i = 2; i < 700; i++) {
            var data = at(NOW + i, i % 256).byAlias(2, MetricDataType.Double, i);
            assertThat(read("DDATA", "d1", data).replies()).as("message %d", i).isEmpty();
            assertThat(read("DDATA", "d1", data)).isEqualTo(read("DDATA", "d1", data));
        }
    }

    @Test
    void whatNoBirthHasDeclaredIsAFlawAndTheRestIsTaken() {
        birth();
        var data = read(
                "DDATA",
                "d1",
                at(NOW, 2).byAlias(2, MetricDataType.Double, 0.35).byAlias(99, MetricDataType.Double, 1));
        assertThat(data.messages()).containsExactly(message("d1", NOW, number("Outlet/pressure", 0.35, "MPa")));
        assertThat(data.flaws())
                .containsExactly(new Decoded.Flaw(RejectReason.UNKNOWN_ALIAS, "d1: alias 99", "", 0, 0, 1));
        assertThat(data.replies()).hasSize(1);
    }

    @Test
    void afterARestartOfOursDataAreFlawsUntilTheRebirth() {
        var before = read("DDATA", "d1", at(NOW, 77).byAlias(2, MetricDataType.Double, 0.35));
        assertThat(before.messages()).isEmpty();
        assertThat(before.flaws())
                .containsExactly(
                        new Decoded.Flaw(RejectReason.UNKNOWN_ALIAS, "d1: alias 2, no birth is known", "", 0, 0, 1));
        assertThat(before.replies()).hasSize(1);
        birth();
        assertThat(read("DDATA", "d1", at(NOW, 2).byAlias(2, MetricDataType.Double, 0.35))
                        .messages())
                .hasSize(1);
    }

    @Test
    void aDeathTakesTheReadingsOfAllDevicesAway() {
        birth();
        now += 1000;
        var death = read("NDEATH", "", TestingEdge.death(4));
        // Text is no reading, and is not said to be gone.
        assertThat(death.messages())
                .containsExactly(
                        message("", now, offline("cabinet")),
                        message("d1", now, offline("Outlet/pressure"), offline("valve")));
        long first = now;
        now += 5000;
        assertThat(read("NDEATH", "", TestingEdge.death(4)).messages())
                .as("a repeated death is the same, with the time of the first")
                .isEqualTo(death.messages());
        assertThat(death.replies())
                .as("it may be back, and its birth may have been missed")
                .hasSize(1);
        assertThat(death.messages())
                .allSatisfy(message -> assertThat(message.eventTimeMillis()).isEqualTo(first));
    }

    @Test
    void whoDiesUnheardTakesWithItWhatTheLedgerSays() {
        var death = read("NDEATH", "", TestingEdge.death(4));
        assertThat(death.messages()).containsExactly(message("tank", now, offline("level"), offline("valve")));
        assertThat(death.replies()).hasSize(1);
    }

    @Test
    void theDeathOfAnEarlierConnectionIsNotThisOnes() {
        birth();
        assertThat(read("NDEATH", "", TestingEdge.death(3)).messages()).isEmpty();
        assertThat(read("DDATA", "d1", at(NOW, 2).byAlias(2, MetricDataType.Double, 1))
                        .messages())
                .hasSize(1);
    }

    @Test
    void aDeviceMayDieAloneAndComesBackByItsBirth() {
        birth();
        assertThat(read("DDEATH", "d1", at(NOW, 2)).messages())
                .containsExactly(message("d1", NOW, offline("Outlet/pressure"), offline("valve")));
        assertThat(read("NDEATH", "", TestingEdge.death(4)).messages())
                .as("it is gone already")
                .containsExactly(message("", NOW, offline("cabinet")));
    }

    @Test
    void anAliasIsNotReadUnderAnotherBirth() {
        birth();
        // Sent before the birth that we know, when alias 2 may have meant something else.
        var old = read("DDATA", "d1", at(NOW - 5000, 200).byAlias(2, MetricDataType.Double, 0.35));
        assertThat(old.messages()).isEmpty();
        assertThat(old.flaws()).extracting(Decoded.Flaw::reason).containsExactly(RejectReason.UNKNOWN_ALIAS);
        // The node died and its next birth was lost: a name says what it means, an alias does not.
        read("NDEATH", "", TestingEdge.death(4));
        var late = read(
                "DDATA",
                "d1",
                at(NOW + 10, 2)
                        .byAlias(2, MetricDataType.Double, 0.35)
                        .metric("valve", null, MetricDataType.Boolean, true, null));
        assertThat(late.messages())
                .containsExactly(message("d1", NOW + 10, new Measured("valve", Content.TRUTH, 1, false)));
        assertThat(late.flaws()).extracting(Decoded.Flaw::valueCount).containsExactly(1);
    }

    @Test
    void aRepeatedNodeBirthLeavesTheDevicesBornAndANewOneDoesNot() {
        birth();
        read("NBIRTH", "", at(NOW - 100, 0).bdSeq(4).metric("cabinet", 1, MetricDataType.Float, 21.3f, "°C"));
        assertThat(read("DDATA", "d1", at(NOW, 2).byAlias(2, MetricDataType.Double, 1))
                        .messages())
                .hasSize(1);
        read("NBIRTH", "", at(NOW, 0).bdSeq(5).metric("cabinet", 2, MetricDataType.Float, 21.3f, "°C"));
        assertThat(read("DDATA", "d1", at(NOW, 1).byAlias(2, MetricDataType.Double, 1))
                        .messages())
                .isEmpty();
    }

    @Test
    void aNullHasNoReadingAndBadQualityIsDoubtful() throws Exception {
        birth();
        var quality = new PropertySetBuilder()
                .addProperty("Quality", new PropertyValue(PropertyDataType.Int32, 500))
                .createPropertySet();
        var payload = new SparkplugBPayloadBuilder(2L)
                .setTimestamp(new Date(NOW))
                .addMetric(new MetricBuilder(2L, MetricDataType.Double, 0.35)
                        .properties(quality)
                        .timestamp(new Date(NOW))
                        .createMetric())
                .addMetric(new MetricBuilder(3L, MetricDataType.Boolean, null)
                        .timestamp(new Date(NOW))
                        .createMetric())
                .createPayload();
        var read = (Decoded.Messages) decode("DDATA", "d1", new SparkplugBPayloadEncoder().getBytes(payload, false));
        assertThat(read.messages())
                .containsExactly(message(
                        "d1",
                        NOW,
                        new Measured("Outlet/pressure", Content.NUMBER, 0.35, true, "MPa", null),
                        offline("valve")));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(MetricDataType.Int8, (byte) -3, -3.0),
                Arguments.of(MetricDataType.Int16, (short) -300, -300.0),
                Arguments.of(MetricDataType.Int32, -70_000, -70_000.0),
                Arguments.of(MetricDataType.Int64, -5_000_000_000L, -5e9),
                Arguments.of(MetricDataType.UInt8, (short) 200, 200.0),
                Arguments.of(MetricDataType.UInt16, 60_000, 60_000.0),
                Arguments.of(MetricDataType.UInt32, 4_000_000_000L, 4e9),
                Arguments.of(MetricDataType.UInt64, new BigInteger("18446744073709551615"), 1.8446744073709552E19),
                Arguments.of(MetricDataType.Float, 21.3f, 21.3),
                Arguments.of(MetricDataType.Double, 21.3, 21.3));
    }

    /** Encoded by Tahu's own encoder. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void everyNumberIsReadAsItsDatatypeSays(MetricDataType type, Object value, double expected) {
        assertThat(read("NBIRTH", "", at(NOW, 0).bdSeq(1).metric("x", 1, type, value, null))
                        .messages()
                        .get(0)
                        .values())
                .containsExactly(number("x", expected, ""));
    }

    @Test
    void whatIsNoNumberIsOther() {
        var read = read(
                "NBIRTH",
                "",
                at(NOW, 0)
                        .metric("text", 1, MetricDataType.String, "on", null)
                        .metric("time", 2, MetricDataType.DateTime, new Date(5), null)
                        .metric("bytes", 3, MetricDataType.Bytes, new byte[] {1}, null)
                        .metric("nan", 4, MetricDataType.Float, Float.NaN, null)
                        .metric("infinite", 5, MetricDataType.Double, Double.NEGATIVE_INFINITY, null));
        assertThat(read.messages().get(0).values())
                .extracting(Measured::name, Measured::content)
                .containsExactly(
                        tuple("text", Content.OTHER),
                        tuple("time", Content.OTHER),
                        tuple("bytes", Content.OTHER),
                        tuple("nan", Content.NOT_FINITE),
                        tuple("infinite", Content.NOT_FINITE));
    }

    /** Encoders differ in how they write a negative number of few bits. */
    @ParameterizedTest(name = "datatype {0}, field of {1} bits, {2} is {3}")
    @CsvSource({
        "1, 32, 4294967293, -3", "1, 32, 253, -3", "1, 64, -3, -3", "1, 32, 300, other", "2, 32, 65535, -1",
        "3, 64, 4294967295, -1", "3, 64, 8589934592, other", "5, 32, 256, other", "5, 64, -1, other",
                "7, 32, 4294967295, 4294967295",
        "10, 32, 7, 7", "11, 32, 1, true", "11, 32, 2, other", "0, 32, 7, other", "13, 64, 7, other"
    })
    void integersAreReadAsEncodersWriteThem(int datatype, int bits, long sent, String expected) {
        var metric = Payload.Metric.newBuilder().setName("x").setDatatype(datatype);
        if (bits == 32) {
            metric.setIntValue((int) sent);
        } else {
            metric.setLongValue(sent);
        }
        var measured = Datatypes.measured(new BornMetric("x", datatype, ""), metric.build());
        switch (expected) {
            case "other" -> assertThat(measured.content()).isEqualTo(Content.OTHER);
            case "true" -> assertThat(measured).isEqualTo(new Measured("x", Content.TRUTH, 1, false));
            default -> assertThat(measured).isEqualTo(number("x", Double.parseDouble(expected), ""));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "°C, Cel",
        "℃, Cel",
        "kPa, kPa",
        "bar, bar",
        "MPa, MPa",
        "m³/h, m3/h",
        "m^3/h, m3/h",
        "%, %",
        "%LEL, %{LEL}",
        "mg/l, mg/L",
        "kWh, kW.h",
        "µS/cm, uS/cm",
        "rpm, /min",
        "pH, [pH]",
        "furlongs per fortnight, ''",
        "' kPa ', kPa"
    })
    void engineeringUnitsBecomeUcumWhereTheyAreKnown(String text, String ucum) throws Exception {
        for (var property : List.of("engUnit", "Engineering Units", "unit", "EngUnit")) {
            var properties = new PropertySetBuilder()
                    .addProperty(property, new PropertyValue(PropertyDataType.String, text))
                    .createPropertySet();
            var draft = at(NOW, 0).described("x", 1, MetricDataType.Double, 1.0, properties);
            assertThat(read("NBIRTH", "", draft)
                            .messages()
                            .get(0)
                            .values()
                            .get(0)
                            .unit())
                    .as(property)
                    .isEqualTo(ucum);
        }
    }

    @Test
    void everyKnownEngineeringUnitIsOneOfUcum() {
        assertThat(EngineeringUnits.UCUM.values())
                .allSatisfy(unit -> assertThat(Units.isValid(unit)).as(unit).isTrue());
    }

    @Test
    void whatIsNoPayloadOfANodeIsUnreadable() {
        assertThat(decode("NDATA", "", new byte[] {(byte) 0xff, 1, 2}))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class,
                        bad -> assertThat(bad.reason()).isEqualTo(RejectReason.MALFORMED));
        assertThat(decode("NCMD", "", at(NOW, 0).bytes()))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class,
                        bad -> assertThat(bad.reason()).isEqualTo(RejectReason.UNSUPPORTED));
        var packed = Payload.newBuilder().setUuid("SPBV1.0_COMPRESSED").build();
        assertThat(decode("NDATA", "", packed.toByteArray()))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class,
                        bad -> assertThat(bad.reason()).isEqualTo(RejectReason.UNSUPPORTED));
    }

    @Test
    void tooManyMetricsAreTakenButNotRemembered() {
        var births = IntStream.range(0, 21).mapToObj(device -> {
            var draft = at(NOW, device);
            for (int i = 0; i < 500; i++) {
                draft.metric("m" + i, i, MetricDataType.Double, 1.0, null);
            }
            return read("DBIRTH", "d" + device, draft);
        });
        var last = births.toList().get(20);
        assertThat(last.messages().stream()
                        .mapToInt(each -> each.values().size())
                        .sum())
                .isEqualTo(500);
        assertThat(last.flaws()).extracting(Decoded.Flaw::reason).containsExactly(RejectReason.TOO_MANY_VALUES);
        assertThat(read("DDATA", "d20", at(NOW, 21).byAlias(3, MetricDataType.Double, 1))
                        .messages())
                .isEmpty();
        assertThat(read("DDATA", "d19", at(NOW, 22).byAlias(3, MetricDataType.Double, 1))
                        .messages())
                .hasSize(1);
    }

    static List<Long> seeds() {
        return LongStream.range(0, 20).boxed().toList();
    }

    /** Whatever the bytes are: an outcome, and as many values in messages and flaws as the payload holds metrics. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noBytesBreakItAndNoValueVanishes(long seed) throws Exception {
        var random = new Random(seed);
        var valid = List.of(
                at(NOW - 100, 0)
                        .bdSeq(4)
                        .metric("cabinet", 1, MetricDataType.Float, 21.3f, "°C")
                        .bytes(),
                at(NOW - 90, 1)
                        .metric("Outlet/pressure", 2, MetricDataType.Double, 0.3, "MPa")
                        .metric("valve", 3, MetricDataType.Boolean, true, null)
                        .bytes(),
                at(NOW, 2)
                        .byAlias(2, MetricDataType.Double, 0.35)
                        .timedByAlias(3, NOW - 1000, 1.0)
                        .bytes(),
                TestingEdge.death(4).bytes());
        var types = List.of("NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH");
        int read = 0;
        for (int i = 0; i < 1500; i++) {
            var payload = mutated(valid.get(random.nextInt(valid.size())), random);
            var type = types.get(random.nextInt(types.size()));
            now += random.nextInt(2000);
            var decoded = decode(type, type.startsWith("D") ? "d" + random.nextInt(2) : "", payload);
            if (!(decoded instanceof Decoded.Messages messages)) {
                continue;
            }
            int values = 0;
            for (var message : messages.messages()) {
                boolean sound = !message.values().isEmpty()
                        && message.values().stream().allMatch(value -> Double.isFinite(value.number()))
                        && message.values().stream()
                                        .map(Measured::name)
                                        .distinct()
                                        .count()
                                == message.values().size();
                if (!sound) {
                    throw new AssertionError(message + " of " + Arrays.toString(payload));
                }
                values += message.values().size();
            }
            values +=
                    messages.flaws().stream().mapToInt(Decoded.Flaw::valueCount).sum();
            if (type.endsWith("DEATH")) {
                continue;
            }
            long metrics = Payload.parseFrom(payload).getMetricsList().stream()
                    .filter(metric -> !metric.getName().equals("bdSeq")
                            && !metric.getName().startsWith("Node Control/")
                            && !metric.getName().startsWith("Device Control/"))
                    .count();
            if (values != metrics) {
                assertThat(values).as(type + " " + Arrays.toString(payload)).isEqualTo((int) metrics);
            }
            read++;
        }
        assertThat(read).isPositive();
    }

    private static byte[] mutated(byte[] valid, Random random) {
        var bytes = valid.clone();
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                default -> {
                    int length = random.nextInt(Math.min(40, bytes.length - at) + 1);
                    var longer = Arrays.copyOf(bytes, bytes.length + length);
                    System.arraycopy(bytes, at, longer, bytes.length, length);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }
}
