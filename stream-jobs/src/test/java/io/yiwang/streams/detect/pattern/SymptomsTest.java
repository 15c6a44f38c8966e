package io.yiwang.streams.detect.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.streams.detect.course.Episode;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.course.TestingPoint;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SymptomsTest {
    private static final long START = 1_700_000_000_000L;

    private static TestingPoint point(String metric, int periodSeconds) {
        return point(metric, periodSeconds, Map.of());
    }

    private static TestingPoint point(String metric, int periodSeconds, Map<String, Double> parameters) {
        var asset = TestingNetwork.asset("F", "station", parameters);
        var house = TestingNetwork.asset("F", "house", parameters);
        var type = metric.equals("pressure") ? house : asset;
        return new TestingPoint(
                Symptoms.of(TestingNetwork.DOMAIN, type, metric, 0),
                Symptoms.plan(TestingNetwork.DOMAIN, type, metric, periodSeconds));
    }

    private static long at(double seconds) {
        return START + Math.round(1000 * seconds);
    }

    /** Every {@code step} seconds from {@code from} to before {@code to} the value. */
    private static void readings(TestingPoint point, int from, int to, int step, double value) {
        for (int s = from; s < to; s += step) {
            point.on(at(s), value);
        }
    }

    private static @Nullable Episode episode(TestingPoint point, String symptom) {
        return point.episode(Symptoms.PREFIX + symptom);
    }

    @Test
    void onlySymptomsThatAPatternHereOrOfANeighbourLooksForAreJudged() {
        var station = TestingNetwork.asset("F", "station", Map.of());
        var house = TestingNetwork.asset("F", "house", Map.of());
        assertThat(ids(Symptoms.of(TestingNetwork.DOMAIN, station, "flow", 0)))
                .containsExactly("symptom.high", "symptom.jumps");
        assertThat(ids(Symptoms.of(TestingNetwork.DOMAIN, house, "flow", 0))).containsExactly("symptom.jumps");
        assertThat(ids(Symptoms.of(TestingNetwork.DOMAIN, station, "pressure", 0)))
                .containsExactly("symptom.low", "symptom.drops");
        assertThat(ids(Symptoms.of(TestingNetwork.DOMAIN, house, "pressure", 0)))
                .containsExactly("symptom.drops", "symptom.swings", "symptom.still");
    }

    private static List<String> ids(List<Signal> signals) {
        return signals.stream().map(Signal::id).toList();
    }

    @Test
    void aboveHoldsAfterItsSecondsAndEndsBelowTheDeadband() {
        var point = point("flow", 10);
        readings(point, 0, 20, 10, 85);
        assertThat(episode(point, "high")).isNull();
        point.on(at(20), 85);
        assertThat(episode(point, "high").onsetMillis()).isEqualTo(at(0));
        assertThat(episode(point, "high").raisedMillis()).isEqualTo(at(20));
        readings(point, 30, 300, 10, 79.5);
        assertThat(episode(point, "high").isOpen()).isTrue();
        readings(point, 300, 370, 10, 78.9);
        assertThat(episode(point, "high").endMillis()).isEqualTo(at(360));
    }

    @Test
    void aFacilitysOwnParameterCounts() {
        var point = point("flow", 10, Map.of("big", 90.0));
        readings(point, 0, 60, 10, 85);
        assertThat(episode(point, "high")).isNull();
        readings(point, 60, 90, 10, 91);
        assertThat(episode(point, "high")).isNotNull();
    }

    @Test
    void aParameterThatIsNotThereIsNamed() {
        var symptom = TestingNetwork.DOMAIN.symptoms().get(0);
        assertThatThrownBy(() -> symptom.size(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("high")
                .hasMessageContaining("big");
    }

    @Test
    void belowIsConcludedByTheLogClockWithoutAReading() {
        var asset = TestingNetwork.asset("F", "station", Map.of());
        var point = new TestingPoint(
                Symptoms.of(TestingNetwork.DOMAIN, asset, "pressure", 1_000),
                Symptoms.plan(TestingNetwork.DOMAIN, asset, "pressure", 10));
        point.on(at(0), 50).on(at(10), 15).until(at(30.9));
        assertThat(episode(point, "low")).isNull();
        point.until(at(31));
        assertThat(episode(point, "low").raisedMillis()).isEqualTo(at(30));
    }

    @Test
    void aStateHoldsAtOnce() {
        var point = point("state", 10);
        point.on(at(0), 1).on(at(10), 2);
        assertThat(episode(point, "bad").raisedMillis()).isEqualTo(at(10));
        point.on(at(20), 1);
        assertThat(episode(point, "bad").endMillis()).isEqualTo(at(20));
    }

    @Test
    void stillSpeaksOfTheWholeTimeAndIsToldByReadingsOnly() {
        var point = point("pressure", 10);
        readings(point, 0, 30, 10, 40);
        readings(point, 30, 90, 10, 50);
        point.until(at(89));
        assertThat(episode(point, "still")).isNull();
        point.on(at(90), 50);
        assertThat(episode(point, "still").onsetMillis()).isEqualTo(at(30));
        assertThat(episode(point, "still").raisedMillis()).isEqualTo(at(90));
        point.on(at(100), 50.1);
        assertThat(episode(point, "still").endMillis()).isEqualTo(at(100));
    }

    @Test
    void swingsEndWhenTheyHaveBecomeSmaller() {
        var point = point("pressure", 5);
        for (int s = 0; s < 120; s += 5) {
            point.on(at(s), s % 10 == 0 ? 45 : 55);
        }
        assertThat(episode(point, "swings").raisedMillis()).isEqualTo(at(5));
        for (int s = 120; s < 300; s += 5) {
            point.on(at(s), s % 10 == 0 ? 45.9 : 54.1);
        }
        assertThat(episode(point, "swings").isOpen()).isTrue();
        for (int s = 300; s < 400; s += 5) {
            point.on(at(s), s % 10 == 0 ? 47 : 53);
        }
        assertThat(episode(point, "swings").endMillis()).isBetween(at(350), at(365));
    }

    @Test
    void aFallIsToldAtTheFirstReadingAndGoesOnUntilItIsHalfMadeUp() {
        var point = point("pressure", 10);
        readings(point, 0, 60, 10, 50);
        point.on(at(60), 40);
        assertThat(episode(point, "drops").raisedMillis()).isEqualTo(at(60));
        readings(point, 70, 600, 10, 38);
        readings(point, 600, 700, 10, 44.9);
        assertThat(episode(point, "drops").isOpen()).isTrue();
        point.on(at(700), 45.1);
        assertThat(episode(point, "drops").endMillis()).isEqualTo(at(700));
    }

    @Test
    void aNewLevelIsTheUsualOneAfterAnHour() {
        var point = point("pressure", 10);
        readings(point, 0, 60, 10, 50);
        readings(point, 60, 4000, 10, 38);
        assertThat(episode(point, "drops").endMillis()).isEqualTo(at(3660));
    }

    @Test
    void aSlowFallIsNone() {
        var point = point("pressure", 10);
        for (int s = 0; s < 600; s += 10) {
            point.on(at(s), 90 - s * 0.1);
        }
        assertThat(episode(point, "drops")).isNull();
    }

    @Test
    void afterASpikeNothingHasFallen() {
        var point = point("pressure", 10);
        readings(point, 0, 60, 10, 50);
        point.on(at(60), 80);
        readings(point, 70, 200, 10, 50);
        assertThat(episode(point, "drops")).isNull();
    }

    @Test
    void aShareIsOfTheLevelBefore() {
        var point = point("flow", 10);
        readings(point, 0, 60, 10, 10);
        point.on(at(60), 12.9);
        assertThat(episode(point, "jumps")).isNull();
        point.on(at(70), 13.1);
        assertThat(episode(point, "jumps").raisedMillis()).isEqualTo(at(70));
    }

    @Test
    void fromNothingItRisesByAShareOfALeastLevel() {
        var point = point("flow", 10);
        readings(point, 0, 60, 10, 0);
        point.on(at(60), 0.6);
        assertThat(episode(point, "jumps")).isNull();
        point.on(at(70), 1.2);
        assertThat(episode(point, "jumps")).isNotNull();
    }

    @Test
    void ofAPointThatReportsLessOftenNeighbouringReadingsAreCompared() {
        var point = point("pressure", 1800);
        readings(point, 0, 7200, 1800, 50);
        point.on(at(7200), 39);
        assertThat(episode(point, "drops").raisedMillis()).isEqualTo(at(7200));
        var gone = point("pressure", 10);
        readings(gone, 0, 60, 10, 50);
        gone.on(at(200), 39);
        assertThat(episode(gone, "drops")).isNull();
    }

    @Test
    void judgingThePastAgainWithALateReadingIsAsIfItHadComeInTime() {
        var random = new Random(4);
        for (int turn = 0; turn < 30; turn++) {
            for (var metric : List.of("flow", "pressure", "state")) {
                var inOrder = point(metric, 10);
                var settled = point(metric, 10);
                var values = random.doubles(80, 0, 3).toArray();
                double level = 10 + random.nextInt(80);
                int late = 20 + random.nextInt(50);
                var live = settled;
                for (int i = 0; i < values.length; i++) {
                    if (random.nextInt(15) == 0) {
                        level = 10 + random.nextInt(80);
                    }
                    values[i] = metric.equals("state") ? Math.floor(values[i]) : Math.rint(level + values[i]);
                }
                for (int i = 0; i < values.length; i++) {
                    inOrder.on(at(10 * i), values[i]);
                    if (i < late) {
                        settled.on(at(10 * i), values[i]);
                    } else if (i == late) {
                        live = settled.copy();
                    } else if (i < late + 5) {
                        live.on(at(10 * i), values[i]);
                    } else if (i == late + 5) {
                        live = settled.restored();
                        for (int j = late; j <= i; j++) {
                            live.on(at(10 * j), values[j]);
                        }
                    } else {
                        live.on(at(10 * i), values[i]);
                    }
                }
                for (var symptom : TestingNetwork.DOMAIN.symptoms()) {
                    assertThat(episode(live, symptom.id())).isEqualTo(episode(inOrder, symptom.id()));
                }
            }
        }
    }

    @Test
    void everySymptomOfThePacksCanBeJudgedWhereItIsMeasured() {
        for (var domain : DomainPacks.bundled().all()) {
            for (var type : domain.facilityTypes()) {
                var asset = new io.yiwang.streams.kafka.FacilityAsset(
                        "F", domain.id(), type.id(), "d", Map.of(), List.of(), true, false);
                for (var device : type.devices()) {
                    for (var metric : device.metrics()) {
                        var plan = Symptoms.plan(domain, asset, metric, 60);
                        assertThat(plan.spans().size()).as(metric).isLessThanOrEqualTo(6);
                        assertThat(Symptoms.of(domain, asset, metric, 0)).isNotNull();
                    }
                }
            }
        }
    }
}
