package io.yiwang.sim.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The alarms that the load raises, until each is seen. Thread-safe. */
final class Raises {
    private final Window window;
    private final String rule;
    private final Map<String, Long> expected = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<String> ids = new ArrayList<>();
    private long raised;

    /** @param rule of the alarms */
    Raises(Window window, String rule) {
        this.window = window;
        this.rule = rule;
    }

    /** @param onsetMillis time of the message that says so, which was due then */
    synchronized void raised(String facility, long onsetMillis) {
        expected.put(facility + "|" + onsetMillis, onsetMillis);
        raised += window.contains(onsetMillis) ? 1 : 0;
    }

    /** An alarm of any facility was announced, perhaps not for the first time. */
    synchronized void announced(String id, String facility, String ofRule, long onsetMillis, long seenMicros) {
        if (!rule.equals(ofRule)) {
            return;
        }
        var due = expected.remove(facility + "|" + onsetMillis);
        if (due != null) {
            window.record(due, seenMicros);
            if (seen.add(id)) {
                ids.add(id);
            }
        }
    }

    /** Enters what was never seen with its age, so that it cannot improve the result; returns how many those are. */
    synchronized long giveUp(long nowMicros) {
        long missing = 0;
        for (long due : expected.values()) {
            if (window.contains(due)) {
                window.record(due, nowMicros);
                missing++;
            }
        }
        expected.clear();
        return missing;
    }

    synchronized boolean allSeen() {
        return expected.isEmpty();
    }

    /** Raised within the window. */
    synchronized long count() {
        return raised;
    }

    /** Ids of the alarms seen. */
    synchronized List<String> ids() {
        return List.copyOf(ids);
    }
}
