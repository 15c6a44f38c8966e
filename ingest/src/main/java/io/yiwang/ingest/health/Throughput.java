package io.yiwang.ingest.health;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a counter grew over the last ten samples. */
final class Throughput {
    private static final int SAMPLES = 10;

    private record Sample(long millis, long total) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** @param millis epoch ms, growing from call to call */
    synchronized void sample(long millis, long total) {
        samples.add(new Sample(millis, total));
        if (samples.size() > SAMPLES) {
            samples.remove();
        }
    }

    /** 0 before the second sample. */
    synchronized double perSecond() {
        var first = samples.peekFirst();
        var last = samples.peekLast();
        if (first == null || last == null || last.millis() <= first.millis()) {
            return 0;
        }
        return (last.total() - first.total()) * 1000.0 / (last.millis() - first.millis());
    }
}
