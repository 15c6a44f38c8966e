package io.yiwang.streams.backtest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.detect.FacilityDetection;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Back-test of a log in a file: delimited {@code TelemetryRecord}s of many facilities as one partition would hold them, each with its
 * log clock; out come delimited {@code Alarm}s and {@code PointQuality}s in the order of their conclusion.
 *
 * @param rules what people made of the packs' rules
 * @param alarms written anew
 * @param quality written anew; null = not written
 */
record RecordsFace(
        DomainPacks packs,
        RuleBook rules,
        ZoneId zone,
        CityClock clock,
        Path assets,
        Path alarms,
        @Nullable Path quality) {
    private static final double PROGRESS_SECONDS = 10;
    private static final int PROGRESS_RECORDS = 1 << 16;

    /** What came of a run. */
    record Outcome(
            long records,
            long readings,
            long alarms,
            long qualities,
            int facilities,
            double seconds,
            double cpuSeconds) {}

    /**
     * @param in the log; read to its end, not closed
     * @param name what messages call it
     * @param progress for people
     * @throws BrokenRecord when a record cannot be read; what was concluded before is in the files
     */
    Outcome run(InputStream in, String name, PrintWriter progress) throws IOException {
        var watch = new Stopwatch();
        try (var sink = new Sink(alarms, quality)) {
            var detection = new CityDetection(packs, rules, zone, clock, sink);
            readAssets(detection);
            var log = new TelemetryRecords(in, name);
            var judge = new Judge(detection);
            double nextProgress = PROGRESS_SECONDS;
            while (log.next(judge)) {
                if (log.records() % PROGRESS_RECORDS == 0 && watch.seconds() > nextProgress) {
                    nextProgress += PROGRESS_SECONDS;
                    progress.println(line(log, judge, detection, sink, watch.seconds()));
                    progress.flush();
                }
            }
            progress.println(line(log, judge, detection, sink, watch.seconds()));
            if (detection.messagesWithoutFacility() > 0) {
                progress.printf(
                        Locale.ROOT,
                        "%,d message(s) were not judged because their facility is not in %s%n",
                        detection.messagesWithoutFacility(),
                        assets);
            }
            progress.flush();
            return new Outcome(
                    log.records(),
                    judge.readings,
                    sink.alarmCount,
                    sink.qualityCount,
                    detection.facilities(),
                    watch.seconds(),
                    watch.cpuSeconds());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void readAssets(CityDetection detection) throws IOException {
        long read = 0;
        try (var in = new BufferedInputStream(Files.newInputStream(assets))) {
            while (true) {
                var facility = Facility.parseDelimitedFrom(in);
                if (facility == null) {
                    break;
                }
                if (facility.getId().isEmpty()) {
                    throw new IOException(assets + ": facility " + (read + 1) + " has no id");
                }
                read++;
                detection.add(FacilityAsset.of(facility));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IOException(assets + ": facility " + (read + 1) + " cannot be read: " + e.getMessage(), e);
        }
        if (read == 0) {
            throw new IOException(assets + " holds no facility, so nothing could be judged");
        }
    }

    private static String line(TelemetryRecords log, Judge judge, CityDetection detection, Sink sink, double seconds) {
        return String.format(
                Locale.ROOT,
                "%,d records, %,d readings up to %s; %,d alarm steps; %,.0f readings/s",
                log.records(),
                judge.readings,
                judge.newestMillis == Long.MIN_VALUE ? "-" : Instant.ofEpochMilli(judge.newestMillis),
                sink.alarmCount,
                judge.readings / seconds);
    }

    private static final class Judge implements TelemetryRecords.Receiver {
        private final CityDetection detection;
        private long readings;
        private long newestMillis = Long.MIN_VALUE;

        Judge(CityDetection detection) {
            this.detection = detection;
        }

        @Override
        public void message(TelemetryMessage message) {
            readings += message.size();
            newestMillis = message.logTimeMillis();
            detection.on(0, message);
        }

        @Override
        public void tick(long logMillis, long breakMillis) {
            newestMillis = logMillis;
            detection.tick(0, logMillis, breakMillis);
            detection.incidents(logMillis);
        }
    }

    private static final class Sink implements FacilityDetection.Announcements, AutoCloseable {
        private final OutputStream alarms;
        private final @Nullable OutputStream qualities;
        private long alarmCount;
        private long qualityCount;

        Sink(Path alarms, @Nullable Path quality) throws IOException {
            this.alarms = new BufferedOutputStream(Files.newOutputStream(alarms), 1 << 16);
            qualities = quality == null ? null : new BufferedOutputStream(Files.newOutputStream(quality), 1 << 16);
        }

        @Override
        public void alarm(Alarm alarm) {
            alarmCount++;
            try {
                alarm.writeDelimitedTo(alarms);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void quality(PointQuality quality) {
            qualityCount++;
            if (qualities != null) {
                try {
                    quality.writeDelimitedTo(qualities);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            try (alarms) {
                if (qualities != null) {
                    qualities.close();
                }
            }
        }
    }
}
