package io.yiwang.sim.exam;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Symptom;
import io.yiwang.model.domain.Symptom.Sign;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SymptomCourseTest {
    private static final Metric FLOW = new Metric(
            "flow",
            new Name("流量", "Flow"),
            "m3/h",
            new Range(0, 1000),
            new Range(0, 100),
            60,
            Metric.Kind.ANALOG,
            Map.of(),
            2,
            List.of());
    private static final int SECONDS = 600;

    private static SymptomCourse course(Sign sign, @Nullable String value, boolean relative) {
        var values = sign == Sign.STATE ? List.of(2.0) : List.<Double>of();
        return new SymptomCourse(
                new Symptom("s", new Name("征兆", "Symptom"), "flow", sign, value, values, SECONDS, relative),
                FLOW,
                Map.of("usual", 50.0));
    }

    /** Whether it is there at each reading, a minute apart. */
    private static String seen(SymptomCourse course, double... values) {
        var seen = new StringBuilder();
        for (int minute = 0; minute < values.length; minute++) {
            course.read(minute * 60_000L, values[minute]);
            seen.append(course.isThere(minute * 60_000L) ? '!' : '.');
        }
        return seen.toString();
    }

    @Test
    void whatLastsIsThereWithItsFirstReading() {
        assertThat(seen(course(Sign.ABOVE, "1.2 * usual", false), 59, 60, 61, 59))
                .isEqualTo(".!!.");
        assertThat(seen(course(Sign.BELOW, "10", false), 10, 9, 10)).isEqualTo(".!.");
        assertThat(seen(course(Sign.STATE, null, false), 1, 2, 2, 0)).isEqualTo(".!!.");
    }

    @Test
    void whatRisesIsComparedWithTheLowestOfItsSeconds() {
        assertThat(seen(course(Sign.RISES, "5", false), 50, 48, 52, 52.9, 53, 56))
                .isEqualTo("....!!");
        assertThat(seen(course(Sign.FALLS, "5", false), 50, 52, 48, 47.1, 47, 44))
                .isEqualTo("....!!");
    }

    @Test
    void whatWasBeforeItsSecondsIsForgotten() {
        var slow = new double[30];
        for (int minute = 0; minute < slow.length; minute++) {
            slow[minute] = 50 + 0.49 * minute;
        }
        assertThat(seen(course(Sign.RISES, "5", false), slow)).doesNotContain("!");
        slow[29] = slow[19] + 5;
        assertThat(seen(course(Sign.RISES, "5", false), slow)).isEqualTo(".".repeat(29) + "!");
    }

    @Test
    void whereReadingsAreRareTwoNeighboursAreCompared() {
        var course = course(Sign.RISES, "5", false);
        course.read(0, 50);
        course.read(3_600_000, 52);
        assertThat(course.isThere(0)).isFalse();
        course.read(7_200_000, 56);
        assertThat(course.isThere(0)).as("not 50, of two hours ago").isFalse();
        course.read(10_800_000, 61);
        assertThat(course.isThere(10_800_000)).isTrue();
    }

    @Test
    void aShareIsOfTheLevelBeforeAndOfNothingTooSmall() {
        assertThat(seen(course(Sign.RISES, "0.5", true), 40, 59, 60)).isEqualTo("..!");
        assertThat(seen(course(Sign.RISES, "0.5", true), 0, 0.04, 0.06)).isEqualTo("..!");
    }

    @Test
    void whatSwingsAndWhatStandsStillNeedsItsWholeTime() {
        assertThat(seen(course(Sign.SWINGS, "5", false), 50, 54, 49, 50)).isEqualTo("..!!");
        assertThat(seen(course(Sign.STILL, null, false), 49, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 51))
                .isEqualTo("...........!.");
    }

    @Test
    void whatLastsIsThereUntilAnotherReadingAndAChangeForAsLongAsIsAsked() {
        var lasts = course(Sign.ABOVE, "60", false);
        lasts.read(0, 61);
        assertThat(lasts.isThere(1)).isTrue();
        lasts.read(60_000, 59);
        assertThat(lasts.isThere(0)).isFalse();
        var rises = course(Sign.RISES, "5", false);
        rises.read(0, 50);
        rises.read(60_000, 55);
        rises.read(120_000, 50);
        assertThat(rises.isThere(60_000)).isTrue();
        assertThat(rises.isThere(60_001)).isFalse();
    }
}
