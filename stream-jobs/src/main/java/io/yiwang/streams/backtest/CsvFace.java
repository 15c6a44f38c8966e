package io.yiwang.streams.backtest;

import io.yiwang.streams.intake.PackSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Back-test of recorded series in a CSV file. All columns of a wide file belong to one device, so that a row is one message; the series
 * of a long file do too, unless more than one column names them: then all but the last of these name the device.
 *
 * @param learn history that is judged first without a word; null = none
 * @param rules limits of the series; null = none
 * @param metrics pack metrics that series are judged as, by name of the series
 * @param zone where the day of the series begins and ends
 * @param out where the alarms go
 * @param scores where the scores of the rows go; null = nowhere
 */
record CsvFace(
        Path csv,
        CsvSheet.Hints hints,
        @Nullable Path learn,
        @Nullable Path rules,
        Map<String, String> metrics,
        PackSource packs,
        ZoneId zone,
        Path out,
        @Nullable Path scores) {

    /**
     * What came of a run.
     *
     * @param values judged, those of the history included
     * @param seconds from the first byte read to the last one written
     * @param cpuSeconds of the one core that did it
     */
    record Outcome(int series, long rows, long values, long alarms, double seconds, double cpuSeconds) {}

    /**
     * @param progress for people
     * @throws CannotBacktest when a file is not what it should be
     */
    Outcome run(PrintWriter progress) throws IOException {
        var watch = new Stopwatch();
        try {
            var sheet = CsvSheet.open(csv, hints);
            var run = sheet.isLong() ? new LongRun(this, sheet, progress) : new WideRun(this, sheet, progress);
            return run.run(watch);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
