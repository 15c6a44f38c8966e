package io.yiwang.streams.influx;

import java.io.IOException;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Values to InfluxDB, at least once: a checkpoint passes only when everything before it is stored, and a replay writes the same
 * points again. Metrics: {@code influxLinesStored}, {@code influxLinesRefused}, {@code influxLinesExpired},
 * {@code influxRetries}.
 */
public final class InfluxSink<T> implements Sink<T> {
    private static final long serialVersionUID = 1;
    /** Lines of one request. */
    static final int BATCH_LINES = 5000;
    /** How long a line waits for company, ms. */
    static final long LINGER_MILLIS = 500;

    private final InfluxSettings settings;
    private final String retention;
    private final LineEncoder<T> encoder;

    /** @param retention {@link InfluxSettings#RAW} or {@link InfluxSettings#ROLLUP} */
    public InfluxSink(InfluxSettings settings, String retention, LineEncoder<T> encoder) {
        this.settings = settings;
        this.retention = retention;
        this.encoder = encoder;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
        var writer = new InfluxWriter(
                settings, retention, InfluxWriter.BackOff.DEFAULT, new MetricTally(context.metricGroup()));
        return new Writer<>(encoder, writer, context.getProcessingTimeService());
    }

    private static final class Writer<T> implements SinkWriter<T> {
        private final LineEncoder<T> encoder;
        private final InfluxWriter writer;
        private final ProcessingTimeService clock;
        private final Lines lines = new Lines();
        private boolean timer;

        Writer(LineEncoder<T> encoder, InfluxWriter writer, ProcessingTimeService clock) {
            this.encoder = encoder;
            this.writer = writer;
            this.clock = clock;
        }

        @Override
        public void write(T value, Context context) throws InterruptedException {
            encoder.encode(value, lines);
            if (lines.count() >= BATCH_LINES) {
                send();
            } else if (!timer && lines.count() > 0) {
                timer = true;
                clock.registerTimer(clock.getCurrentProcessingTime() + LINGER_MILLIS, time -> {
                    timer = false;
                    send();
                });
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            send();
        }

        @Override
        public void close() {
            writer.close();
        }

        private void send() throws InterruptedException {
            // Cleared only when stored: after a throw the job restarts from its checkpoint anyway.
            writer.write(lines.text(), lines.count());
            lines.clear();
        }
    }

    private static final class MetricTally implements InfluxWriter.Tally {
        private final Counter stored;
        private final Counter refused;
        private final Counter expired;
        private final Counter retries;

        MetricTally(MetricGroup metrics) {
            stored = metrics.counter("influxLinesStored");
            refused = metrics.counter("influxLinesRefused");
            expired = metrics.counter("influxLinesExpired");
            retries = metrics.counter("influxRetries");
        }

        @Override
        public void stored(int lines) {
            stored.inc(lines);
        }

        @Override
        public void refused(int lines) {
            refused.inc(lines);
        }

        @Override
        public void expired(int lines) {
            expired.inc(lines);
        }

        @Override
        public void retried() {
            retries.inc();
        }
    }
}
