package io.yiwang.streams.backtest;

import java.time.ZoneId;

/** One device of a file: judges its rows and says how each stands. */
final class DeviceJudge {
    /** The most that a score may be while no alarm is open, as it is written. */
    private static final double BELOW_ALARM = 0.4999;

    private static final double LEAST_ALARM = 0.5;

    private final SeriesSet series;
    private final Episodes episodes;
    private final Course course;
    private long newestMillis = TimeForm.NONE;
    /** Which series have a value of the newest time. */
    private final boolean[] told;

    private long values;

    DeviceJudge(SeriesSet series, ZoneId zone) {
        this.series = series;
        episodes = new Episodes(series);
        course = new DirectCourse(series, zone, episodes);
        told = new boolean[series.size()];
    }

    Episodes episodes() {
        return episodes;
    }

    SeriesSet series() {
        return series;
    }

    /** Values judged so far, history included. */
    long values() {
        return values;
    }

    /**
     * Judges a row, which is not older than the one before.
     *
     * @param row NaN = nothing measured; a second value of the same time is taken out
     * @return how many values were taken out
     */
    int on(long millis, double[] row) {
        int repeated = 0;
        if (millis == newestMillis) {
            for (int i = 0; i < row.length; i++) {
                if (!Double.isNaN(row[i])) {
                    if (told[i]) {
                        row[i] = Double.NaN;
                        repeated++;
                    } else {
                        told[i] = true;
                        values++;
                    }
                }
            }
        } else {
            for (int i = 0; i < row.length; i++) {
                told[i] = !Double.isNaN(row[i]);
                values += told[i] ? 1 : 0;
            }
            newestMillis = millis;
        }
        course.on(millis, row);
        return repeated;
    }

    /** Begins the file: what ended in the history is told no more, and the time between the two is no silence. */
    void begin(long millis) {
        course.resume(millis);
        episodes.begin(millis);
    }

    /**
     * From 0 to 1: at least 0.5 where an alarm of what was learned of the series begins, 1 while one of a limit or an instrument is open.
     * That a learned alarm goes on is no news of the row: until it ends nothing is learned, and each row is held against an old past.
     */
    double score(int of) {
        return score(of, course.unusual(of), episodes.beganAt(of, newestMillis));
    }

    /**
     * Of the row as a whole: how its values fit together, once that is learned, before that the greatest of the series; 1 while an alarm of a
     * limit or an instrument is open.
     */
    double score() {
        double together = course.unusualTogether();
        boolean isLearned = !Double.isNaN(together);
        double worst = isLearned ? score(series.size(), together, true) : 0;
        for (int i = 0; i < series.size(); i++) {
            if (!isLearned || episodes.isCertain(i)) {
                worst = Math.max(worst, score(i));
            }
        }
        return worst;
    }

    private double score(int of, double unusual, boolean isNews) {
        if (episodes.isOpen(of) && episodes.isCertain(of)) {
            return 1;
        }
        if (episodes.isOpen(of) && isNews) {
            return Math.max(LEAST_ALARM, unusual);
        }
        return Math.min(BELOW_ALARM, unusual);
    }
}
