package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Alarm;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Incidents of all networks over one log, without Flink: what {@link IncidentFunction} announces of the same showings. */
public final class LogIncidents {
    private final TreeMap<String, NetworkIncidents> networks = new TreeMap<>();
    /** By log clock, then by domain. */
    private final TreeMap<Long, TreeMap<String, List<Showing>>> waiting = new TreeMap<>();

    private long tidiedHour = Long.MIN_VALUE;

    public LogIncidents(DomainPacks packs) {
        packs.all().forEach(domain -> networks.put(domain.id(), new NetworkIncidents(domain)));
    }

    /** The catalogue has the facility so. */
    public void on(Link link, long logMillis, Consumer<Alarm> out) {
        var network = networks.get(link.domain());
        if (network != null) {
            network.on(link, logMillis, out);
        }
    }

    /** Waits until the clock has reached its log clock. */
    public void on(Showing showing) {
        waiting.computeIfAbsent(showing.logMillis(), log -> new TreeMap<>())
                .computeIfAbsent(showing.domain(), domain -> new ArrayList<>())
                .add(showing);
    }

    /** The ticks have come this far: everything of these log clocks is here. */
    public void upTo(long logMillis, Consumer<Alarm> out) {
        while (!waiting.isEmpty() && waiting.firstKey() <= logMillis) {
            var next = waiting.pollFirstEntry();
            tidy(next.getKey() - 1);
            next.getValue().forEach((domain, showings) -> {
                var network = networks.get(domain);
                if (network != null) {
                    network.on(showings, next.getKey(), out);
                }
            });
        }
        tidy(logMillis);
    }

    /** At the full hours of the log clock, as its timers would. */
    private void tidy(long logMillis) {
        long hour = Math.floorDiv(logMillis, NetworkIncidents.TIDY_MILLIS);
        if (hour > tidiedHour) {
            tidiedHour = hour;
            networks.values().forEach(network -> network.tidy(hour * NetworkIncidents.TIDY_MILLIS));
        }
    }
}
