package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Side;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows judged directly come to what the detect job comes to when each row is a message. */
class DirectCourseTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long START = 1_700_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void limitsAndInstrumentsAreThoseOfTheJob(long seed) {
        var set = set();
        var direct = new Episodes(set);
        var job = new Episodes(set);
        var directly = new DirectCourse(set, ZONE, direct);
        var byMessages = new MessageCourse(set, ZONE, job);
        var random = new Random(seed);
        long millis = START;
        var walk = new double[] {50, 20, 0.5, 1000};
        int stuckFor = 0;
        var told = new boolean[4];
        for (int row = 0; row < 6000; row++) {
            long before = millis;
            millis += step(random);
            stuckFor = stuckFor > 0 ? stuckFor - 1 : random.nextInt(500) == 0 ? random.nextInt(200) : 0;
            var values = new double[4];
            for (int i = 0; i < values.length; i++) {
                walk[i] += (i == 0 && stuckFor > 0 ? 0 : 1) * random.nextGaussian() * (i == 2 ? 0.05 : 2);
                walk[i] = Math.max(-5, Math.min(i == 3 ? 1010 : 105, walk[i]));
                boolean spike = random.nextInt(200) == 0;
                // A device says a thing once.
                boolean isSaid = millis == before && told[i];
                values[i] = isSaid || random.nextInt(30) == 0 ? Double.NaN : spike ? 3 * walk[i] : walk[i];
                told[i] = isSaid || !Double.isNaN(values[i]);
            }
            if (random.nextInt(1000) == 0) {
                directly.resume(millis);
                byMessages.resume(millis);
            }
            directly.on(millis, values.clone());
            byMessages.on(millis, values.clone());
            for (int i = 0; i < 4; i++) {
                assertThat(direct.isCertain(i))
                        .as("row " + row + " series " + i)
                        .isEqualTo(job.isCertain(i));
            }
        }
        assertThat(certain(direct)).isEqualTo(certain(job)).hasSizeGreaterThan(50);
        var kinds = new TreeSet<String>();
        certain(job).forEach(episode -> kinds.add(episode.kind()));
        assertThat(kinds).contains("h", "range", "silent", "x");
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void whatIsLearnedIsWhatTheJobLearns(long seed) {
        var set = SeriesSet.of(
                "f",
                List.of(
                        new SeriesSet.Series("a", 600, null, List.of(limit(Side.HH, 60, 0, 0)), null),
                        new SeriesSet.Series("b", 600, null, List.of(), null),
                        new SeriesSet.Series("c", 600, null, List.of(), null)));
        var direct = new Episodes(set);
        var job = new Episodes(set);
        var directly = new DirectCourse(set, ZONE, direct);
        var byMessages = new MessageCourse(set, ZONE, job);
        var random = new Random(seed);
        double shift = 0;
        for (int row = 0; row < 60 * 144; row++) {
            long millis = START + 600_000L * row;
            double demand = 10 + 5 * Math.sin(2 * Math.PI * row / 144) + random.nextGaussian();
            boolean apart = row > 3000 && row % 900 < 30;
            shift = row > 1500 && row % 1100 < 60 ? 12 : shift * 0.7;
            boolean spike = row > 1500 && random.nextInt(300) == 0;
            var values = new double[] {
                demand + shift + (spike ? 60 : 0),
                3 * demand + 0.2 * random.nextGaussian(),
                (apart ? 30 - demand : 2 * demand) + 0.2 * random.nextGaussian()
            };
            if (random.nextInt(50) == 0) {
                values[random.nextInt(3)] = Double.NaN;
            }
            directly.on(millis, values.clone());
            byMessages.on(millis, values.clone());
            for (int i = 0; i <= 3; i++) {
                assertThat(direct.isOpen(i)).as("row " + row + " series " + i).isEqualTo(job.isOpen(i));
            }
        }
        assertThat(spans(direct)).isEqualTo(spans(job));
        var kinds = new TreeSet<String>();
        direct.all().forEach(episode -> kinds.add(episode.kind()));
        assertThat(kinds).contains("hh", "joint").containsAnyOf("spike", "shift", "season", "variance", "drift");
    }

    @Test
    void whatIsLearnedRaisesAnAlarmOfItsSeriesAndEndsIt() {
        var set = SeriesSet.of("f", List.of(new SeriesSet.Series("a", 60, null, List.of(), null)));
        var episodes = new Episodes(set);
        var course = new DirectCourse(set, ZONE, episodes);
        var random = new Random(1);
        double scoreBefore = 0;
        for (int minute = 0; minute < 20 * 1440; minute++) {
            boolean strange = minute >= 15 * 1440 && minute < 15 * 1440 + 30;
            course.on(START + 60_000L * minute, new double[] {10 + random.nextGaussian() + (strange ? 100 : 0)});
            if (minute == 15 * 1440 - 1) {
                scoreBefore = course.unusual(0);
            }
            if (minute == 15 * 1440 + 10) {
                assertThat(episodes.isOpen(0)).isTrue();
                assertThat(episodes.isCertain(0)).isFalse();
                assertThat(course.unusual(0)).isGreaterThan(scoreBefore).isGreaterThan(0.5);
            }
        }
        assertThat(episodes.isOpen()).isFalse();
        assertThat(episodes.all()).anySatisfy(episode -> {
            assertThat(episode.startMillis()).isBetween(START + 60_000L * 15 * 1440, START + 60_000L * (15 * 1440 + 3));
            assertThat(episode.peak()).isGreaterThan(100);
            assertThat(episode.score()).isBetween(0.5, 1.0);
        });
    }

    private static long step(Random random) {
        return switch (random.nextInt(100)) {
            case 0 -> 30_000 + random.nextInt(300_000);
            case 1 -> 0;
            default -> 10_000;
        };
    }

    private static SeriesSet set() {
        return SeriesSet.of(
                "f",
                List.of(
                        new SeriesSet.Series(
                                "a",
                                10,
                                new Range(0, 100),
                                List.of(limit(Side.H, 60, 0, 0), limit(Side.HH, 80, 30, 60), limit(Side.L, 20, 15, 0)),
                                null),
                        new SeriesSet.Series("b", 10, null, List.of(limit(Side.H, 40, 60, 600)), null),
                        new SeriesSet.Series("c", 10, new Range(-1, 1), List.of(), null),
                        new SeriesSet.Series("d", 60, null, List.of(limit(Side.X, 1005, 0, 0)), null)));
    }

    private static Limit limit(Side side, double value, int onDelay, int offDelay) {
        return new Limit(side, String.valueOf(value), List.of(), 2, onDelay, offDelay, 2.0, Limit.RAW, "test", "K");
    }

    private static List<String> spans(Episodes of) {
        return of.all().stream()
                .map(episode -> episode.series() + " " + episode.startMillis() + " " + episode.endMillis() + " G"
                        + episode.grade())
                .toList();
    }

    private static List<Episode> certain(Episodes of) {
        var certain = new ArrayList<>(of.all());
        certain.removeIf(episode -> episode.score() < 1);
        // The job does not tell every growth of an alarm that is open.
        certain.replaceAll(episode -> episode.endMillis() == Episode.OPEN
                ? new Episode(
                        episode.series(),
                        episode.startMillis(),
                        episode.endMillis(),
                        0,
                        episode.kind(),
                        episode.grade(),
                        episode.score())
                : episode);
        return certain;
    }
}
