package io.yiwang.streams.influx;

import com.influxdb.exceptions.InfluxException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches so that each line is stored, refused for good and counted, or the write throws. An outage is waited out with a
 * growing back-off; a batch that is too large is halved; a batch with bad lines is halved down to them, because what the server
 * says about how many it dropped cannot be relied on. Not thread-safe.
 */
public final class InfluxWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InfluxWriter.class);

    /**
     * How an outage is waited out.
     *
     * @param first pause after the first failure; doubles from there
     * @param longest pause
     * @param patience time from the first failure of a batch until giving up
     */
    public record BackOff(Duration first, Duration longest, Duration patience) {
        public static final BackOff DEFAULT =
                new BackOff(Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    /** What is told of each line's end. */
    public interface Tally {
        void stored(int lines);

        /** Lines that the server will never take: logged with their text, not retried. */
        void refused(int lines);

        /** Lines older than the retention: they would have been deleted by now. */
        void expired(int lines);

        void retried();
    }

    private final InfluxSettings settings;
    private final String bucket;
    private final BackOff backOff;
    private final Tally tally;
    private @Nullable InfluxConnection connection;

    /** Connects with the first write. */
    public InfluxWriter(InfluxSettings settings, String retention, BackOff backOff, Tally tally) {
        this.settings = settings;
        bucket = settings.bucket(retention);
        this.backOff = backOff;
        this.tally = tally;
    }

    /**
     * Returns when every line has found its end.
     *
     * @param lines whole lines, each ending in a line feed
     * @param count how many
     * @throws InfluxFailure when the server is away longer than the back-off's patience, or refuses the writer
     */
    public void write(String lines, int count) throws InterruptedException {
        if (count == 0) {
            return;
        }
        var outcome = attempt(lines);
        switch (outcome.verdict) {
            case STORED -> tally.stored(count);
            case TOO_LARGE -> {
                if (count == 1) {
                    refuse(lines, outcome);
                } else {
                    halves(lines, count);
                }
            }
            case BAD_LINES -> {
                if (outcome.expired(count)) {
                    tally.expired(count);
                } else if (count == 1) {
                    refuse(lines, outcome);
                } else {
                    halves(lines, count);
                }
            }
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    private void halves(String lines, int count) throws InterruptedException {
        int half = count / 2;
        int at = 0;
        for (int i = 0; i < half; i++) {
            at = lines.indexOf('\n', at) + 1;
        }
        write(lines.substring(0, at), half);
        write(lines.substring(at), count - half);
    }

    private void refuse(String line, Outcome outcome) {
        tally.refused(1);
        LOG.error("InfluxDB will not take this line ({}): {}", outcome.reason, line.strip());
    }

    private enum Verdict {
        STORED,
        TOO_LARGE,
        BAD_LINES
    }

    private record Outcome(Verdict verdict, String reason) {
        private static final Outcome STORED = new Outcome(Verdict.STORED, "");

        /** All {@code count} lines, and nothing else, were dropped for their age. */
        boolean expired(int count) {
            var text = reason.toLowerCase(Locale.ROOT);
            return text.contains("retention policy") && text.contains("dropped=" + count) && onlyDigits(text, count);
        }

        private static boolean onlyDigits(String text, int count) {
            int end = text.indexOf("dropped=")
                    + "dropped=".length()
                    + String.valueOf(count).length();
            return end == text.length() || !Character.isDigit(text.charAt(end));
        }
    }

    private Outcome attempt(String lines) throws InterruptedException {
        long pauseMillis = backOff.first.toMillis();
        long start = System.nanoTime();
        for (int failures = 1; ; failures++) {
            String why;
            Throwable cause;
            long atLeastMillis = 0;
            try {
                if (connection == null) {
                    connection = InfluxConnection.open(settings);
                }
                connection.write(bucket, lines);
                if (failures > 1) {
                    LOG.info("InfluxDB takes writes again after {} failures", failures - 1);
                }
                return Outcome.STORED;
            } catch (InfluxException e) {
                switch (e.status()) {
                    case 400, 422 -> {
                        return new Outcome(Verdict.BAD_LINES, sentence(e));
                    }
                    case 413 -> {
                        return new Outcome(Verdict.TOO_LARGE, "line too large");
                    }
                    case 401, 403 ->
                        throw new InfluxFailure(
                                "InfluxDB at " + settings.url() + " does not let us write to " + bucket
                                        + ": check the token (" + e.status() + ": " + sentence(e) + ")",
                                e);
                    case 404 -> {
                        // On 1.x someone may have dropped the database under us: the next connection makes it again.
                        close();
                        if (failures > 1) {
                            throw new InfluxFailure(
                                    "InfluxDB at " + settings.url() + " has no bucket '" + bucket
                                            + "': create it (404: " + sentence(e) + ")",
                                    e);
                        }
                    }
                    default -> {}
                }
                why = e.status() == 0 ? sentence(e) : e.status() + " " + sentence(e);
                cause = e;
                atLeastMillis = retryAfterMillis(e.headers());
                if (e.getCause() instanceof InterruptedIOException && Thread.interrupted()) {
                    throw new InterruptedException("interrupted while writing to InfluxDB");
                }
            } catch (IOException e) {
                why = e.toString();
                cause = e;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while writing to InfluxDB");
            }
            long pause = Math.min(Math.max(pauseMillis, atLeastMillis), backOff.longest.toMillis());
            if (System.nanoTime() - start + TimeUnit.MILLISECONDS.toNanos(pause) > backOff.patience.toNanos()) {
                throw new InfluxFailure(
                        "InfluxDB at " + settings.url() + " takes no writes for " + backOff.patience.toSeconds()
                                + " s: " + why,
                        cause);
            }
            tally.retried();
            LOG.warn("InfluxDB failed {} time(s), trying again in {} ms: {}", failures, pause, why);
            TimeUnit.MILLISECONDS.sleep(pause);
            pauseMillis = Math.min(2 * pauseMillis, backOff.longest.toMillis());
        }
    }

    /** 1.x puts its sentence where the client does not look for it. */
    private static String sentence(InfluxException e) {
        var error = e.errorBody().get("error");
        return String.valueOf(error != null ? error : e.getMessage());
    }

    private static long retryAfterMillis(Map<String, String> headers) {
        for (var header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase("Retry-After")
                    && header.getValue().matches("\\d{1,6}")) {
                return TimeUnit.SECONDS.toMillis(Long.parseLong(header.getValue()));
            }
        }
        return 0;
    }
}
