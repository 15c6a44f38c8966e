package io.yiwang.sim.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Watches a running generator once a second, and keeps the whole run's histograms. */
final class LoadSeries implements AutoCloseable {
    private final LoadGenerator generator;
    private final long startNanos = System.nanoTime();
    private final List<Second> seconds = new ArrayList<>();
    private final Histogram ack = new Histogram(3);
    private final Histogram ackFromSend = new Histogram(3);
    private final Histogram late = new Histogram(3);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "load-series");
        thread.setDaemon(true);
        return thread;
    });
    private LoadCounts before = new LoadCounts(0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * About one second of a run; counts are per second, times in ms and NaN when there was nothing to time.
     *
     * @param at seconds since the start, at the end of it
     * @param waiting due but not yet confirmed, at the end of it
     */
    public record Second(
            double at,
            double offered,
            double acked,
            double resent,
            long reconnects,
            long waiting,
            double ackP50,
            double ackP99,
            double lateP99) {}

    LoadSeries(LoadGenerator generator) {
        this.generator = generator;
        timer.scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private synchronized void look() {
        var now = generator.counts();
        var at = (System.nanoTime() - startNanos) / 1e9;
        var length = at - (seconds.isEmpty() ? 0 : seconds.get(seconds.size() - 1).at);
        var acks = generator.ackMicros();
        var lates = generator.lateMicros();
        seconds.add(new Second(
                at,
                (now.offered() - before.offered()) / length,
                (now.acked() - before.acked()) / length,
                (now.resent() - before.resent()) / length,
                now.reconnects() - before.reconnects(),
                now.waiting(),
                millis(acks, 50),
                millis(acks, 99),
                millis(lates, 99)));
        ack.add(acks);
        ackFromSend.add(generator.ackFromSendMicros());
        late.add(lates);
        before = now;
    }

    private static double millis(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? Double.NaN : micros.getValueAtPercentile(percentile) / 1000.0;
    }

    /** Looks a last time; afterwards the series is whole. */
    @Override
    public void close() {
        timer.shutdown();
        try {
            timer.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        look();
    }

    synchronized List<Second> seconds() {
        return List.copyOf(seconds);
    }

    /** Due → confirmed, µs, whole run. */
    Histogram ack() {
        return ack;
    }

    /** Really sent → confirmed, µs, whole run. */
    Histogram ackFromSend() {
        return ackFromSend;
    }

    /** Due → really sent, µs, whole run. */
    Histogram late() {
        return late;
    }
}
