package io.yiwang.ingest.decode.hj212;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.yiwang.ingest.RecurringEvent;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which checksum each logger sends: counted, and a change of it told, because a logger does not change its mind by itself. */
final class ChecksumWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ChecksumWatch.class);
    private static final int MOST_LOGGERS = 100_000;

    private final Map<String, Checksum> loggers = new ConcurrentHashMap<>();
    private final Map<Checksum, Counter> frames = new EnumMap<>(Checksum.class);
    private final Counter changes;
    private final RecurringEvent changed = new RecurringEvent(Duration.ofSeconds(10));

    ChecksumWatch(MeterRegistry registry) {
        for (var checksum : Checksum.values()) {
            frames.put(
                    checksum,
                    registry.counter(
                            "yiwang.ingest.hj212.frames",
                            "checksum",
                            checksum.name().toLowerCase(Locale.ROOT)));
        }
        changes = registry.counter("yiwang.ingest.hj212.checksum.changes");
        registry.gaugeMapSize("yiwang.ingest.hj212.loggers", java.util.List.of(), loggers);
    }

    void saw(String logger, Checksum checksum) {
        var counter = frames.get(checksum);
        if (counter != null) {
            counter.increment();
        }
        var before =
                loggers.size() < MOST_LOGGERS || loggers.containsKey(logger) ? loggers.put(logger, checksum) : checksum;
        if (before != null && before != checksum) {
            changes.increment();
            changed.happened(count -> LOG.warn(
                    "{} loggers have changed their checksum; the last was {}: {} instead of {}",
                    count,
                    logger,
                    checksum,
                    before));
        }
    }
}
