package io.yiwang.sim.drive;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.signal.Hash;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device's own small logic: when it looks, and what of it it tells. Values and moments in, values out; no clock.
 *
 * <p>It looks at equal distances, each time a little early or late: by at most {@value #JITTER_SHARE} of the distance
 * and never more than {@value #LONGEST_JITTER_MILLIS} ms.
 */
final class Terminal {
    static final double JITTER_SHARE = 0.02;
    static final long LONGEST_JITTER_MILLIS = 1_000;
    private static final long FIRST_LOOK_MILLIS = 10_000;

    private final Reporting reporting;
    private final DomainPacks packs;
    private final long seed;
    private final long phaseMillis;
    private final long startMillis;
    private final Map<String, Double> told = new HashMap<>();
    private boolean isFirstLook;
    private long look;
    private long toldMillis = Long.MIN_VALUE;

    /**
     * @param seed decides when it looks, so that devices do not all look at once: whenever it was switched on, it looks at the same
     *     moments
     * @param startMillis when it is switched on; it looks soon after, however rarely it does later
     */
    Terminal(Reporting reporting, DomainPacks packs, long seed, long startMillis) {
        this.reporting = reporting;
        this.packs = packs;
        this.seed = seed;
        this.phaseMillis = (long) (Hash.unit(seed, -1) * reporting.sampleMillis());
        this.startMillis = startMillis + (long) (Hash.unit(seed, -2) * FIRST_LOOK_MILLIS);
        skipTo(startMillis);
        if (nextMillis() > this.startMillis + FIRST_LOOK_MILLIS) {
            isFirstLook = true;
        }
    }

    /** When it looks next. */
    long nextMillis() {
        if (isFirstLook) {
            return startMillis;
        }
        var most = Math.min(LONGEST_JITTER_MILLIS, JITTER_SHARE * reporting.sampleMillis());
        return phaseMillis + look * reporting.sampleMillis() + Math.round(most * (2 * Hash.unit(seed, look) - 1));
    }

    /** It was off: looks before that moment do not take place. */
    void skipTo(long millis) {
        look = Math.max(look, Math.floorDiv(millis - phaseMillis, reporting.sampleMillis()) + 1);
    }

    /**
     * It looks, now.
     *
     * @param seen what its instruments show
     * @return what it tells; empty = nothing this time
     */
    Map<String, Double> look(Map<String, Double> seen) {
        var now = nextMillis();
        if (isFirstLook) {
            isFirstLook = false;
            told.putAll(seen);
            toldMillis = now;
            return seen;
        }
        var nth = look++;
        var tell = new LinkedHashMap<String, Double>();
        if (reporting.byException()) {
            if (isHeartbeat(now) || hasMoved(seen)) {
                tell.putAll(seen);
            }
        } else {
            var changed = eventChanged(seen);
            var due = isEventsOnly() ? isHeartbeat(now) : seen.keySet().stream().anyMatch(m -> isDue(m, nth));
            if (changed || due) {
                seen.forEach((metric, value) -> {
                    if (reporting.isEvent(metric) || isDue(metric, nth)) {
                        tell.put(metric, value);
                    }
                });
            }
        }
        if (!tell.isEmpty()) {
            told.putAll(tell);
            toldMillis = now;
        }
        return tell;
    }

    private boolean isEventsOnly() {
        return reporting.everyLooks().values().stream().allMatch(every -> every == 0);
    }

    private boolean isDue(String metric, long nth) {
        var every = reporting.everyLooks().getOrDefault(metric, 1);
        return every > 0 && nth % every == 0;
    }

    /** Before the next look it would be too late. */
    private boolean isHeartbeat(long now) {
        return toldMillis == Long.MIN_VALUE
                || now - toldMillis + reporting.sampleMillis() > reporting.heartbeatMillis();
    }

    private boolean eventChanged(Map<String, Double> seen) {
        return seen.entrySet().stream()
                .anyMatch(e -> reporting.isEvent(e.getKey()) && !e.getValue().equals(told.get(e.getKey())));
    }

    private boolean hasMoved(Map<String, Double> seen) {
        return eventChanged(seen)
                || seen.entrySet().stream().anyMatch(e -> {
                    var before = told.get(e.getKey());
                    var span = packs.metric(e.getKey())
                            .map(m -> m.normal().span() > 0
                                    ? m.normal().span()
                                    : m.range().span())
                            .orElse(1.0);
                    return before == null
                            || Math.abs(e.getValue() - before) >= reporting.change() * span
                                    && !e.getValue().equals(before);
                });
    }
}
