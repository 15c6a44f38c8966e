package io.yiwang.streams.archive;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Quality;
import io.yiwang.streams.influx.Lines;
import io.yiwang.streams.kafka.TelemetryMessage;

/** How history is written down in InfluxDB. */
final class ArchiveLines {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private ArchiveLines() {}

    /**
     * One line a message: a field per value, {@code <metric>_q} = code of its quality where it is not good (0 to 3 as on the wire,
     * the others as the first stage judged it; {@link io.yiwang.streams.intake.Quality}). The time is the device's own, also where its
     * clock is known to be wrong. A message without values, such as the notice of a break, has none, and neither has one about an interval.
     */
    static void raw(TelemetryMessage message, Lines out) {
        if (message.size() == 0 || message.isInterval()) {
            return;
        }
        out.begin(message.domain())
                .tag("device", message.device())
                .tag("district", message.district())
                .tag("facility", message.facility());
        for (int i = 0; i < message.size(); i++) {
            out.field(message.metrics()[i], message.numbers()[i]);
            if (message.qualities()[i] != Quality.GOOD_VALUE) {
                out.integer(message.metrics()[i], "_q", message.qualities()[i]);
            }
        }
        out.end(Ids.influxNanos(message.eventTimeMillis(), message.seq()));
    }

    /**
     * One line a message about an interval, in {@code <domain>_reported} at the interval's beginning: what a device computed itself, kept
     * apart from what we compute. Tag {@code interval} is its length in seconds, so that minute, hour and day data of one time stay
     * three; {@code <metric>} is the mean, {@code _min}, {@code _max} and {@code _total} what else was said.
     */
    static void reported(TelemetryMessage message, Lines out) {
        if (!message.isInterval()) {
            return;
        }
        out.begin(message.domain() + "_reported")
                .tag("device", message.device())
                .tag("district", message.district())
                .tag("facility", message.facility())
                .tag("interval", String.valueOf(message.intervalSeconds()));
        for (int i = 0; i < message.size(); i++) {
            var metric = message.metrics()[i];
            out.field(metric, message.numbers()[i])
                    .field(metric, "_min", message.minima()[i])
                    .field(metric, "_max", message.maxima()[i])
                    .field(metric, "_total", message.totals()[i]);
            if (message.qualities()[i] != Quality.GOOD_VALUE) {
                out.integer(metric, "_q", message.qualities()[i]);
            }
        }
        out.end(Ids.influxNanos(message.eventTimeMillis(), message.seq()));
    }

    /** One line a device and minute, in {@code <domain>_1m}, at the minute's start; {@code <metric>_q} as with {@link #raw}, the greatest. */
    static void minute(MinuteSummary minute, Lines out) {
        out.begin(minute.domain() + "_1m")
                .tag("device", minute.device())
                .tag("district", minute.district())
                .tag("facility", minute.facility());
        for (int i = 0; i < minute.metrics().length; i++) {
            var metric = minute.metrics()[i];
            out.field(metric, "_count", minute.counts()[i])
                    .field(metric, "_max", minute.maxima()[i])
                    .field(metric, "_mean", minute.means()[i])
                    .field(metric, "_min", minute.minima()[i]);
            if (minute.quality(i) != Quality.GOOD_VALUE) {
                out.integer(metric, "_q", minute.quality(i));
            }
        }
        out.end(minute.minuteMillis() * NANOS_PER_MILLI);
    }
}
