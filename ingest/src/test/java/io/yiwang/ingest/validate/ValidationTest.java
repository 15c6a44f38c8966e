package io.yiwang.ingest.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.catalogue.CataloguedPoint;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.JsonDecoder;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Message;
import io.yiwang.ingest.decode.Spread;
import io.yiwang.model.RejectReason;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Range;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
    private static final long NOW = 1_795_000_000_000L;
    private static final Name NAME = new Name("名", "name");

    private static final CataloguedDevice DEVICE = new CataloguedDevice(
            "gas",
            "east",
            "station",
            "station-leak1",
            "station-leak1",
            "station-leak1",
            Map.of(
                    "leak", point("leak", Metric.Kind.ANALOG, new Range(0, 100), Map.of()),
                    "volume", point("volume", Metric.Kind.COUNTER, new Range(0, 1e9), Map.of()),
                    "valve", point("valve", Metric.Kind.ENUM, new Range(0, 2), Map.of(0, NAME, 2, NAME)),
                    "door", point("door", Metric.Kind.EVENT, new Range(0, 1), Map.of())),
            null,
            "city/v1/gas/station/station-leak1/telemetry");

    private static CataloguedPoint point(String code, Metric.Kind kind, Range range, Map<Integer, Name> states) {
        return new CataloguedPoint(metric(code, kind, range, states), "");
    }

    private static Metric metric(String code, Metric.Kind kind, Range range, Map<Integer, Name> states) {
        return new Metric(code, NAME, "1", range, range, 60, kind, states, 2, List.of(), null);
    }

    private static final Function<String, Addressee> NOBODY = name -> new Addressee(null, false);

    private final Validation validation = Validation.standard();

    private Judged judge(String json) {
        var arrival =
                new Arrival(DEVICE.telemetryTopic(), null, DEVICE.id(), json.getBytes(StandardCharsets.UTF_8), NOW);
        return validation.judge(arrival, DEVICE, new JsonDecoder().decode(arrival), NOBODY);
    }

    private Judged judgeValues(String values) {
        return judge("{\"ts\":" + NOW + ",\"boot\":\"b\",\"seq\":9,\"values\":{" + values + "}}");
    }

    @Test
    void aGoodMessageGetsItsPlaceFromTheCatalogueAndNothingFromItsBody() {
        var judged = judge("{\"device\":\"other\",\"facility\":\"other\",\"ts\":" + (NOW - 5)
                + ",\"boot\":\"b\",\"seq\":9,\"values\":{\"leak\":12.5,\"valve\":2},\"quality\":{\"leak\":\"bad\"}}");
        assertThat(judged.rejected()).isEmpty();
        assertThat(judged.values()).isEqualTo(2);
        assertThat(judged.good()).isEqualTo(2);
        assertThat(judged.accepted()).singleElement().satisfies(message -> {
            assertThat(message.getDomain()).isEqualTo("gas");
            assertThat(message.getDistrict()).isEqualTo("east");
            assertThat(message.getFacility()).isEqualTo("station");
            assertThat(message.getDevice()).isEqualTo("station-leak1");
            assertThat(message.getEventTimeMillis()).isEqualTo(NOW - 5);
            assertThat(message.getReceivedMillis()).isEqualTo(NOW);
            assertThat(message.getValuesList())
                    .containsExactly(
                            Value.newBuilder()
                                    .setMetric("leak")
                                    .setNumber(12.5)
                                    .setQuality(Quality.DEVICE_BAD)
                                    .build(),
                            Value.newBuilder().setMetric("valve").setNumber(2).build());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "'\"leak\":0',",
        "'\"leak\":100',",
        "'\"leak\":100.0001',OUT_OF_RANGE",
        "'\"leak\":-1',OUT_OF_RANGE",
        "'\"leak\":true',WRONG_TYPE",
        "'\"leak\":\"5\"',WRONG_TYPE",
        "'\"leak\":NaN',NOT_FINITE",
        "'\"leak\":1e999',NOT_FINITE",
        "'\"volume\":false',WRONG_TYPE",
        "'\"valve\":2',",
        "'\"valve\":true',OUT_OF_RANGE",
        "'\"valve\":false',",
        "'\"valve\":0.5',WRONG_TYPE",
        "'\"valve\":1',OUT_OF_RANGE",
        "'\"valve\":1e12',OUT_OF_RANGE",
        "'\"door\":true',",
        "'\"door\":1',",
        "'\"door\":2',OUT_OF_RANGE",
        "'\"nose\":1',UNKNOWN_METRIC",
        "'\"nose\":NaN',UNKNOWN_METRIC"
    })
    void eachKindOfMetricTakesItsKindOfValue(String value, RejectReason reason) {
        var judged = judgeValues(value);
        if (reason == null) {
            assertThat(judged.rejected()).isEmpty();
            assertThat(judged.good()).isEqualTo(1);
        } else {
            assertThat(judged.good()).isZero();
            assertThat(judged.rejected()).extracting(Rejected::getReason).containsExactly(reason.name());
            assertThat(judged.rejected()).extracting(Rejected::getValueCount).containsExactly(1);
        }
    }

    @Test
    void goodValuesGoOnAndBadOnesAreNamedPerReason() {
        var judged = judgeValues("\"leak\":1,\"door\":7,\"nose\":1,\"ear\":2,\"valve\":\"open\"");
        assertThat(judged.accepted())
                .singleElement()
                .satisfies(message -> assertThat(message.getValuesList())
                        .containsExactly(
                                Value.newBuilder()
                                        .setMetric("leak")
                                        .setNumber(1)
                                        .build(),
                                Value.newBuilder()
                                        .setMetric("door")
                                        .setQuality(Quality.OUT_OF_RANGE)
                                        .build()));
        assertThat(judged.rejected()).allSatisfy(record -> {
            assertThat(record.getDevice()).isEqualTo("station-leak1");
            assertThat(record.getBoot()).isEqualTo("b");
            assertThat(record.getSeq()).isEqualTo(9);
            assertThat(record.getEventTimeMillis()).isEqualTo(NOW);
            assertThat(record.getClient()).isEqualTo("station-leak1");
        });
        assertThat(judged.rejected().stream().map(r -> r.getReason() + r.getMetricsList()))
                .containsExactlyInAnyOrder("OUT_OF_RANGE[door]", "UNKNOWN_METRIC[nose, ear]", "WRONG_TYPE[valve]");
        assertThat(judged.rejected())
                .filteredOn(record -> record.getReason().equals("OUT_OF_RANGE"))
                .singleElement()
                .extracting(Rejected::getDetail)
                .asString()
                .contains("door = 7.0", "[0.0, 1.0]");
    }

    @Test
    void aMessageOfBadValuesOnlyDoesNotGoOn() {
        assertThat(judgeValues("\"nose\":1").accepted()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "300000,",
        "300001,TIMESTAMP_FUTURE",
        "-604800000,",
        "-604800001,TIMESTAMP_ANCIENT",
        "999999999999999,TIMESTAMP_FUTURE",
        "-1795000000000,TIMESTAMP_UNSET"
    })
    void aTimestampIsWithinFiveMinutesAheadAndSevenDaysBehind(long offset, RejectReason reason) {
        var judged = judge("{\"ts\":" + (NOW + offset) + ",\"values\":{\"leak\":1,\"door\":1}}");
        if (reason == null) {
            assertThat(judged.good()).isEqualTo(2);
        } else {
            assertThat(judged.accepted()).isEmpty();
            assertThat(judged.rejected()).singleElement().satisfies(record -> {
                assertThat(record.getReason()).isEqualTo(reason.name());
                assertThat(record.getValueCount()).isEqualTo(2);
                assertThat(record.getMetricsList()).isEmpty();
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1795000000,TIMESTAMP_UNIT,looks like seconds",
        "1780000000,TIMESTAMP_UNIT,looks like seconds",
        "1795000000000000,TIMESTAMP_UNIT,looks like microseconds",
        "1795000000000000000,TIMESTAMP_UNIT,looks like nanoseconds",
        "0,TIMESTAMP_UNSET,clock is not set",
        "-1,TIMESTAMP_UNSET,clock is not set",
        "-9223372036854775808,TIMESTAMP_UNSET,clock is not set",
        "86400000,TIMESTAMP_UNSET,clock is not set",
        "31536000000,TIMESTAMP_ANCIENT,from 2026",
        "1794395199999,TIMESTAMP_ANCIENT,from 2026",
        "9223372036854775807,TIMESTAMP_FUTURE,from 2026"
    })
    void aWrongTimeIsCalledWhatItIs(long ts, RejectReason reason, String detail) {
        var arrival = new Arrival(DEVICE.telemetryTopic(), null, DEVICE.id(), new byte[0], NOW);
        var message = new Message("b", 1, ts, List.of(new Measured("leak", Content.NUMBER, 1, false)));
        assertThat(validation
                        .judge(arrival, DEVICE, new Decoded.Messages(List.of(message), List.of()), NOBODY)
                        .rejected())
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.getReason()).isEqualTo(reason.name());
                    assertThat(record.getDetail()).contains(detail);
                });
    }

    private static final CataloguedDevice LOGGER = new CataloguedDevice(
            "water",
            "east",
            "pump",
            "pump-1",
            "pump-1",
            "pump-1",
            Map.of(
                    "pressure", pressure(""),
                    "P1", pressure(""),
                    "P2", pressure("MPa"),
                    "P3", pressure("mg/L"),
                    "state", point("state", Metric.Kind.ENUM, new Range(0, 1), Map.of(0, NAME, 1, NAME))),
            null,
            "city/v1/water/pump/pump-1/telemetry");

    private static CataloguedPoint pressure(String unit) {
        var range = new Range(0, 1000);
        return new CataloguedPoint(
                new Metric("pressure", NAME, "kPa", range, range, 60, Metric.Kind.ANALOG, Map.of(), 1, List.of(), null),
                unit);
    }

    private Judged judge(int intervalSeconds, Measured... values) {
        var arrival = new Arrival(LOGGER.telemetryTopic(), null, LOGGER.id(), new byte[0], NOW);
        var message = new Message("", "b", 1, NOW - 60_000, intervalSeconds, List.of(values));
        return validation.judge(arrival, LOGGER, new Decoded.Messages(List.of(message), List.of()), NOBODY);
    }

    private static Measured number(String name, double number, String unit, Spread spread) {
        return new Measured(name, Content.NUMBER, number, false, unit, spread);
    }

    @ParameterizedTest
    @CsvSource({
        "P1,342,'',342",
        "P1,0.342,MPa,342",
        "P1,3.42,bar,342",
        "P2,0.342,'',342",
        // The ledger knows better than the payload.
        "P2,0.342,bar,342",
        "state,1,kg,1"
    })
    void aValueIsStoredInTheMetricsUnit(String name, double number, String unit, double stored) {
        assertThat(judge(0, number(name, number, unit, null)).accepted())
                .singleElement()
                .satisfies(
                        message -> assertThat(message.getValues(0).getNumber()).isEqualTo(stored));
    }

    @ParameterizedTest
    @CsvSource({
        "P1,1,mg/L,UNIT_MISMATCH,P1 = 1.0 mg/L is not convertible to kPa",
        "P1,1,atmospheres,UNIT_MISMATCH,P1 = 1.0 atmospheres is not convertible to kPa",
        "P3,1,'',UNIT_MISMATCH,P3 = 1.0 mg/L is not convertible to kPa",
        "P1,3,MPa,OUT_OF_RANGE,'P1 = 3.0 MPa not in [0.0, 1000.0] kPa'"
    })
    void aUnitThatDoesNotFitIsNamed(String name, double number, String unit, RejectReason reason, String detail) {
        assertThat(judge(0, number(name, number, unit, null)).rejected())
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.getReason()).isEqualTo(reason.name());
                    assertThat(record.getDetail()).endsWith(detail);
                });
    }

    @Test
    void aMetricThatIsThereUnderTwoNamesIsTakenOnce() {
        var judged = judge(0, number("P1", 5, "", null), number("pressure", 6, "", null), number("P2", 7, "", null));
        assertThat(judged.accepted())
                .singleElement()
                .satisfies(message -> assertThat(message.getValuesList())
                        .containsExactly(Value.newBuilder()
                                .setMetric("pressure")
                                .setNumber(5)
                                .build()));
        assertThat(judged.rejected()).singleElement().satisfies(record -> {
            assertThat(record.getReason()).isEqualTo("AMBIGUOUS");
            assertThat(record.getValueCount()).isEqualTo(2);
            assertThat(record.getDetail()).contains("pressure = 6.0 is pressure again", "P2 = 7.0");
        });
        assertThat(judged.good()).isEqualTo(1);
    }

    @Test
    void whateverTheOrderOfTheNamesTheFirstOfAMetricCounts() {
        var judged = judge(0, number("pressure", 6, "", null), number("P1", 5, "", null));
        assertThat(judged.accepted().get(0).getValues(0).getNumber()).isEqualTo(6);
        assertThat(judged.rejected()).extracting(Rejected::getReason).containsExactly("AMBIGUOUS");
    }

    @Test
    void aNameThatCannotBeTakenLeavesTheMetricToTheOther() {
        var judged = judge(0, number("P3", 5, "", null), number("pressure", 6, "", null));
        assertThat(judged.accepted().get(0).getValues(0).getNumber()).isEqualTo(6);
        assertThat(judged.rejected()).extracting(Rejected::getReason).containsExactly("UNIT_MISMATCH");
    }

    @Test
    void whatIsSaidOfAnIntervalIsConvertedWithIt() {
        var judged = judge(3600, number("P1", 0.3, "MPa", new Spread(0.1, 0.5, 18.0)));
        assertThat(judged.accepted()).singleElement().satisfies(message -> {
            assertThat(message.getIntervalSeconds()).isEqualTo(3600);
            assertThat(message.getValues(0))
                    .isEqualTo(Value.newBuilder()
                            .setMetric("pressure")
                            .setNumber(300)
                            .setMin(100)
                            .setMax(500)
                            .setTotal(18)
                            .build());
        });
    }

    @ParameterizedTest
    @CsvSource({"-0.001,0.5", "0.1,1.001", "NaN,0.5"})
    void aMeanOverImpossibleValuesIsNone(double min, double max) {
        var judged = judge(3600, number("P1", 0.3, "MPa", new Spread(min, max, null)));
        assertThat(judged.rejected()).extracting(Rejected::getReason).containsExactly("OUT_OF_RANGE");
        assertThat(judged.rejected().get(0).getDetail()).contains(min + " to " + max);
        assertThat(judged.accepted().get(0).getValues(0))
                .isEqualTo(Value.newBuilder()
                        .setMetric("pressure")
                        .setQuality(Quality.OUT_OF_RANGE)
                        .build());
    }

    @Test
    void thatADeviceIsGoneIsNoFlaw() {
        var judged = judge(0, new Measured("P1", Content.OFFLINE, 0, false));
        assertThat(judged.rejected()).isEmpty();
        assertThat(judged.good()).isEqualTo(judged.values());
        assertThat(judged.accepted().get(0).getValues(0))
                .isEqualTo(Value.newBuilder()
                        .setMetric("pressure")
                        .setQuality(Quality.OFFLINE)
                        .build());
    }

    @Test
    void theBytesOfWhatIsRejectedAreKeptUpToFourKibibytes() {
        var payload = "x".repeat(10_000);
        var record = judge(payload).rejected().get(0);
        assertThat(record.getPayload().toStringUtf8()).isEqualTo("x".repeat(4096));
        assertThat(record.getPayloadSize()).isEqualTo(10_000);
        assertThat(record.getReason()).isEqualTo("MALFORMED");
        assertThat(record.getMqttTopic()).isEqualTo(DEVICE.telemetryTopic());
    }

    @Test
    void otherLimitsOfTimeCanBeChosen() {
        var strict = new Validation(Duration.ZERO, Duration.ofSeconds(1));
        var payload = ("{\"ts\":" + (NOW - 1001) + ",\"values\":{\"leak\":1}}").getBytes(StandardCharsets.UTF_8);
        var arrival = new Arrival("t", null, "c", payload, NOW);
        assertThat(strict.judge(arrival, DEVICE, new JsonDecoder().decode(arrival), NOBODY)
                        .rejected())
                .extracting(Rejected::getReason)
                .containsExactly("TIMESTAMP_ANCIENT");
    }

    /** The ledger: every value that was understood either goes on with its number or is in exactly one rejected record. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noValueIsCountedTwiceOrForgotten(long seed) {
        var random = new Random(seed);
        var metrics = List.of("leak", "volume", "valve", "door", "nose", "ear");
        var values = List.of("1", "-5", "true", "\"x\"", "null", "NaN", "1e999", "2", "0.5", "5e8");
        for (int i = 0; i < 500; i++) {
            var json = new StringBuilder("[");
            int messages = 1 + random.nextInt(3);
            int sent = 0;
            for (int m = 0; m < messages; m++) {
                json.append(m == 0 ? "" : ",")
                        .append("{\"ts\":")
                        .append(random.nextInt(5) == 0 ? 1 : NOW)
                        .append(",\"values\":{");
                int from = random.nextInt(metrics.size());
                int to = from + 1 + random.nextInt(metrics.size() - from);
                for (int v = from; v < to; v++) {
                    json.append(v == from ? "" : ",")
                            .append('"')
                            .append(metrics.get(v))
                            .append("\":");
                    json.append(values.get(random.nextInt(values.size())));
                    sent++;
                }
                json.append("}}");
            }
            var judged = judge(json.append("]").toString());
            int numbers = judged.accepted().stream()
                    .mapToInt(message -> (int) message.getValuesList().stream()
                            .filter(Value::hasNumber)
                            .count())
                    .sum();
            int rejected =
                    judged.rejected().stream().mapToInt(Rejected::getValueCount).sum();
            assertThat(judged.values()).as(json.toString()).isEqualTo(sent);
            assertThat(judged.good()).as(json.toString()).isEqualTo(numbers);
            assertThat(numbers + rejected).as(json.toString()).isEqualTo(sent);
        }
    }
}
