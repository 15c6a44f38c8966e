package io.yiwang.sim.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.Ids;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;

class LoadPartsTest {
    private static final LoadShape SHAPE = LoadShape.choose(DomainPacks.bundled(), 3);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void aShapeCarriesThatManyValuesAndItsFlipIsAnAlarmAtOnce(int values) {
        var shape = LoadShape.choose(DomainPacks.bundled(), values);

        assertThat(shape.metricCodes()).hasSize(values).doesNotHaveDuplicates();
        var rules = shape.domain().rulesOf(shape.facility());
        var alarm = rules.stream()
                .filter(rule -> rule.id().equals(shape.alarmRule()))
                .findFirst()
                .orElseThrow();
        assertThat(alarm.onDelaySeconds()).isZero();
        for (int seq = 0; seq < 20; seq++) {
            var calm = values(shape, seq, false);
            var bad = values(shape, seq, true);
            assertThat(alarm.violatedBy(bad.get(alarm.metric()))).isTrue();
            assertThat(alarm.releasedBy(calm.get(alarm.metric()))).isTrue();
            for (var metric : shape.metrics()) {
                assertThat(metric.range().low()).isLessThanOrEqualTo(calm.get(metric.code()));
                assertThat(metric.range().high()).isGreaterThanOrEqualTo(calm.get(metric.code()));
            }
            assertThat(rules)
                    .as("no calm reading of %s violates a rule", calm)
                    .noneMatch(rule -> rule.violatedBy(calm.get(rule.metric())));
        }
    }

    private static Map<String, Double> values(LoadShape shape, long seq, boolean bad) {
        var values = new HashMap<String, Double>();
        JsonMapper.shared()
                .readTree(shape.valuesJson(seq, bad))
                .properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asDouble()));
        return values;
    }

    @Test
    void tooManyValuesAreRefused() {
        assertThatThrownBy(() -> LoadShape.choose(DomainPacks.bundled(), 500))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fewer --values");
    }

    @Test
    void theRegisteredHashIsThatOfTheSecret() {
        var city = LoadCity.of(SHAPE, 25, List.of(), 1, new SecureRandom());

        assertThat(city.facilities()).containsExactly("load-0001", "load-0002", "load-0003");
        assertThat(city.devices().get(24).id()).isEqualTo("load-0003-d05");
        var assets = JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(city.assets(2, 3)));
        assertThat(assets.get("districts").get(0).get("id").asString()).isEqualTo("LOAD");
        var device = assets.get("facilities").get(0).get("devices").get(4);
        assertThat(device.get("id").asString()).isEqualTo("load-0003-d05");
        var salt =
                Base64.getDecoder().decode(device.get("credential").get("salt").asString());
        var hash =
                Base64.getDecoder().decode(device.get("credential").get("hash").asString());
        var secret = city.devices().get(24).secret().getBytes(StandardCharsets.UTF_8);
        assertThat(Ids.secretHash(salt, secret)).isEqualTo(hash);
        assertThat(assets.get("facilities").get(0).get("devices")).hasSize(5);
    }

    @Test
    void facilitiesAreSpreadOverTheDistrictsThatThereAre() {
        var districts = List.of(new LoadCity.District("a", 1, 2), new LoadCity.District("b", 3, 4));
        var assets = JsonMapper.shared()
                .readTree(JsonMapper.shared()
                        .writeValueAsString(LoadCity.of(SHAPE, 40, districts, 1, new SecureRandom())
                                .assets(0, 4)));

        assertThat(assets.has("districts")).isFalse();
        assertThat(assets.get("facilities").findValuesAsString("district")).containsExactly("a", "b", "a", "b");
    }

    @Test
    void messagesAreEvenlyDueAndNeverDrift() {
        var schedule = Schedule.of(3, 2, Duration.ofSeconds(10));
        assertThat(schedule.messages()).isEqualTo(30);
        assertThat(schedule.dueNanos(1)).isEqualTo(333_333_333);
        assertThat(schedule.dueNanos(3)).isEqualTo(1_000_000_000);
        assertThat(schedule.device(5)).isEqualTo(1);
        assertThat(schedule.seq(5)).isEqualTo(2);
        // A month at 50 000 per second keeps its microseconds.
        var month = Schedule.of(50_000, 1000, Duration.ofDays(31));
        assertThat(month.messages()).isEqualTo(50_000L * 86_400 * 31);
        assertThat(month.dueNanos(50_000L * 86_400 * 30)).isEqualTo(86_400L * 30 * 1_000_000_000);
    }

    @Test
    void aRampBeginsSlowlyAndEndsAtItsRate() {
        // From 10 to 30 per second in 10 s: the mean is 20, and the first half of the time brings 75 of the 200
        // messages.
        var ramp = Schedule.ramp(10, 30, 4, Duration.ofSeconds(10));
        assertThat(ramp.messages()).isEqualTo(200);
        assertThat(ramp.meanRate()).isEqualTo(20);
        assertThat(ramp.dueNanos(75)).isEqualTo(5_000_000_000L);
        assertThat(ramp.dueNanos(0)).isZero();
        assertThat(ramp.dueNanos(1)).isCloseTo(99_019_514L, within(1_000L));
        assertThat(Schedule.ramp(0, 20, 4, Duration.ofSeconds(10)).dueNanos(25)).isEqualTo(5_000_000_000L);
        assertThat(Schedule.ramp(20, 0, 4, Duration.ofSeconds(10)).dueNanos(75)).isEqualTo(5_000_000_000L);
    }

    @Test
    void burstsComeInTheMiddleOfEveryInterval() {
        // 10 s quiet at 2 per second with 2 s at 20 per second from second 4 to 6, twice.
        var bursts = Schedule.bursts(2, 10, Duration.ofSeconds(10), Duration.ofSeconds(2), 3, Duration.ofSeconds(20));
        assertThat(bursts.messages()).isEqualTo(2 * (8 * 2 + 2 * 20));
        assertThat(bursts.dueNanos(8)).isEqualTo(4_000_000_000L);
        assertThat(bursts.dueNanos(9)).isEqualTo(4_050_000_000L);
        assertThat(bursts.dueNanos(48)).isEqualTo(6_000_000_000L);
        assertThat(bursts.dueNanos(49)).isEqualTo(6_500_000_000L);
        assertThat(bursts.dueNanos(56 + 8)).isEqualTo(14_000_000_000L);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void dueTimesNeverGoBackAndEndWithTheRun(long seed) {
        var random = new Random(seed);
        for (int run = 0; run < 20; run++) {
            var schedule = Schedule.bursts(
                    1 + random.nextInt(500),
                    0.1 + 10 * random.nextDouble(),
                    Duration.ofMillis(2_000 + random.nextInt(9_000)),
                    Duration.ofMillis(100 + random.nextInt(1_800)),
                    7,
                    Duration.ofMillis(500 + random.nextInt(30_000)));
            long before = 0;
            for (long message = 0; message < schedule.messages(); message++) {
                assertThat(schedule.dueNanos(message)).isGreaterThanOrEqualTo(before);
                before = schedule.dueNanos(message);
            }
            assertThat(before).isLessThanOrEqualTo(schedule.lengthNanos());
        }
    }

    @Test
    void alarmsAreRaisedAtTheirRateAndEachReturns() {
        int facilities = 20;
        long period = 200_000_000;
        var flips = new AlarmFlips(2, facilities, 10, period, 110_000_000_000L);
        assertThat(flips.perSecond()).isEqualTo(2);
        int raised = 0;
        int returned = 0;
        for (int facility = 0; facility < facilities; facility++) {
            boolean before = false;
            for (long due = 0; due < 110_000_000_000L; due += period) {
                boolean bad = flips.isBad(facility * 10, due);
                assertThat(flips.isBad(facility * 10 + 1, due)).isFalse();
                raised += bad && !before ? 1 : 0;
                returned += before && !bad ? 1 : 0;
                before = bad;
            }
        }
        // The first turn of 10 s starts half a turn in.
        assertThat(raised).isBetween(200, 220);
        assertThat(returned).isEqualTo(raised);
    }

    @Test
    void tooManyAlarmsForTheFacilitiesAreFewer() {
        var flips = new AlarmFlips(100, 2, 10, 500_000_000, 60_000_000_000L);
        assertThat(flips.perSecond()).isEqualTo(0.5);
    }

    @Test
    void noAlarmsWhenNoneAreAskedFor() {
        var flips = new AlarmFlips(0, 2, 10, 500_000_000, 60_000_000_000L);
        assertThat(flips.perSecond()).isZero();
        assertThat(flips.isBad(0, 60_000_000_000L)).isFalse();
    }

    @Test
    void aLateGeneratorSaysSo() {
        var onTime = new Histogram(600_000_000L, 3);
        onTime.recordValueWithCount(300, 10_000);
        assertThat(Lateness.of(onTime).strict()).isTrue();
        assertThat(Lateness.of(onTime).isVoid()).isFalse();

        var shared = onTime.copy();
        shared.recordValueWithCount(5_000, 50);
        assertThat(Lateness.of(shared).strict()).isFalse();
        assertThat(Lateness.of(shared).isVoid()).isFalse();

        var late = onTime.copy();
        late.recordValueWithCount(50_000, 1_000);
        assertThat(Lateness.of(late).isVoid()).isTrue();
        assertThat(Lateness.of(late).sentence()).startsWith("VOID");
    }

    @ParameterizedTest
    @CsvSource({"30s,30000", "500ms,500", "5m,300000", "1h,3600000", "7,7000"})
    void durationsAreReadAsPeopleWriteThem(String text, long millis) {
        assertThat(new Durations().convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5d", "-5s", "1.5s"})
    void otherDurationsAreRefused(String text) {
        assertThatThrownBy(() -> new Durations().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void anAddressHasAHostAndMayHaveAPort() {
        assertThat(LoadCommand.address("tcp://127.0.0.1:1884").port()).isEqualTo(1884);
        assertThat(LoadCommand.address("127.0.0.1").port()).isEqualTo(1883);
        assertThat(LoadCommand.address("ssl://door")).satisfies(address -> {
            assertThat(address.port()).isEqualTo(8883);
            assertThat(address.tls()).isTrue();
        });
        assertThatThrownBy(() -> LoadCommand.address("tcp://:1")).isInstanceOf(IllegalArgumentException.class);
    }
}
