package io.yiwang.sim.drive;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what the devices do, and says each kind of trouble once and then every thousandth time. */
final class DriveMeter {
    private static final Logger LOG = LoggerFactory.getLogger(DriveMeter.class);
    private static final int AGAIN_AFTER = 1_000;

    private final LongAdder sent = new LongAdder();
    private final LongAdder resent = new LongAdder();
    private final LongAdder copies = new LongAdder();
    private final LongAdder acked = new LongAdder();
    private final LongAdder disconnects = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<String, LongAdder> troubles = new ConcurrentHashMap<>();

    void sent() {
        sent.increment();
    }

    void resent() {
        resent.increment();
    }

    void copied() {
        copies.increment();
    }

    void acked() {
        acked.increment();
    }

    void disconnected(Throwable cause) {
        disconnects.increment();
        trouble("disconnected", cause);
    }

    void refused(Throwable cause) {
        refused.increment();
        trouble("message refused", cause);
    }

    private void trouble(String what, Throwable cause) {
        var kind = what + ": " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
        var count = troubles.computeIfAbsent(kind.substring(0, Math.min(200, kind.length())), k -> new LongAdder());
        count.increment();
        var n = count.sum();
        if (n == 1 || n % AGAIN_AFTER == 0) {
            LOG.warn("a device is {} ({} times so far)", kind, n);
        }
    }

    long ackedCount() {
        return acked.sum();
    }

    /** Every counter by name. */
    Map<String, Long> counts() {
        return new TreeMap<>(Map.of(
                "sent", sent.sum(),
                "resent", resent.sum(),
                "copies", copies.sum(),
                "acked", acked.sum(),
                "disconnects", disconnects.sum(),
                "refused", refused.sum()));
    }
}
