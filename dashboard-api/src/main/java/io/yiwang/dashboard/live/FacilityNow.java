package io.yiwang.dashboard.live;

import io.yiwang.dashboard.assets.LiveState.FacilityState;
import io.yiwang.dashboard.assets.LiveState.Headline;
import io.yiwang.dashboard.assets.LiveState.Latest;
import io.yiwang.dashboard.assets.LiveState.Learning;
import io.yiwang.dashboard.live.AlarmBoard.Glance;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Operating;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The newest reading of each point of one facility. A reading replaces another only when it is newer by its device's clock,
 * or of the same time with a higher counter: backfill and duplicates never take the present back. Bounded by the catalogue:
 * what it does not name is not kept. Safe for several threads.
 */
final class FacilityNow {
    private static final long SHORTEST_FRESH_MILLIS = 30_000;
    private static final long LONGEST_FRESH_MILLIS = 900_000;
    /** A reading that came later than this tells of the past, not that the facility reports now. */
    private static final long LIVE_WITHIN_MILLIS = 300_000;

    private static final String GOOD = "good";
    /** What no single message can tell. */
    private static final Set<String> BY_ITS_COURSE = Set.of("rate", "stuck", "noise", "clock");
    /** Of such a point nobody knows how it stands. */
    private static final Set<String> NOT_KNOWN = Set.of("silent", "offline", "rate", "stuck");

    final Facility facility;
    private final Operating operating;
    private final long freshMillis;
    private final long liveWithinMillis;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Map<String, Slot>> byDevice = new HashMap<>();
    private final @Nullable Slot headline;
    private long lastTimeMillis = Long.MIN_VALUE;
    private long lastLiveMillis = Long.MIN_VALUE;

    private static final class Slot {
        final String point;
        final String device;
        final String metric;
        long timeMillis = Long.MIN_VALUE;
        long seq;
        double value = Double.NaN;
        /** What its newest message says. */
        String quality = GOOD;
        /** What the detect job last said of the point, and since when it is so; null before it said anything. */
        @Nullable
        String judged;

        long judgedSinceMillis;
        /** What the detect job last said of it. */
        @Nullable
        Learning learning;

        Slot(String device, String metric) {
            this.device = device;
            this.metric = metric;
            point = Ids.point(device, metric);
        }

        boolean spoke() {
            return timeMillis != Long.MIN_VALUE;
        }

        boolean usable() {
            return spoke() && !(judged != null && NOT_KNOWN.contains(judged)) && !Double.isNaN(value);
        }

        /** Silence first, then what the message itself says, then what only its course shows. */
        String shown() {
            if (judged != null && (isSilence(judged) || quality.equals(GOOD) && BY_ITS_COURSE.contains(judged))) {
                return judged;
            }
            return quality;
        }

        @Nullable
        Long shownSinceMillis() {
            var shown = shown();
            return shown.equals(judged) && !shown.equals(GOOD) ? judgedSinceMillis : null;
        }
    }

    /**
     * One point's row. {@code value} NaN = no usable number.
     *
     * @param sinceMillis since when it is of this quality; null while it is good or nobody knows
     * @param learning null while what was learned of it can be relied on, or nothing is
     */
    record Reading(
            String point,
            long timeMillis,
            double value,
            String quality,
            @Nullable Long sinceMillis,
            @Nullable Learning learning) {}

    /** @param slackMillis what a reading's way takes longer in the city than on the wall */
    FacilityNow(Facility facility, DomainPacks packs, long slackMillis) {
        this.facility = facility;
        var type = packs.domain(facility.getDomain())
                .map(domain -> domain.typesById().get(facility.getType()))
                .orElse(null);
        operating = type == null ? Operating.WHILE_REPORTING : type.operating();
        var fastestSeconds = Integer.MAX_VALUE;
        Slot first = null;
        for (var device : facility.getDevicesList()) {
            var metrics = new HashMap<String, Slot>();
            for (var point : device.getPointsList()) {
                var metric = packs.metric(point.getMetric());
                if (metric.isEmpty()) {
                    continue;
                }
                var slot = new Slot(device.getId(), point.getMetric());
                slots.add(slot);
                metrics.put(point.getMetric(), slot);
                if (first == null && metric.get().kind() == Metric.Kind.ANALOG) {
                    first = slot;
                }
                var period = point.getPeriodSeconds() > 0
                        ? point.getPeriodSeconds()
                        : metric.get().period();
                if (period > 0) {
                    fastestSeconds = Math.min(fastestSeconds, period);
                }
            }
            byDevice.put(device.getId(), metrics);
        }
        headline = first;
        freshMillis =
                slackMillis + Math.max(SHORTEST_FRESH_MILLIS, Math.min(LONGEST_FRESH_MILLIS, fastestSeconds * 3_000L));
        liveWithinMillis = slackMillis + LIVE_WITHIN_MILLIS;
    }

    /** Takes over what is known of the points that stay, when the facility's entry in the catalogue changed. */
    void inherit(FacilityNow before) {
        synchronized (before) {
            lastTimeMillis = before.lastTimeMillis;
            lastLiveMillis = before.lastLiveMillis;
            for (var slot : slots) {
                var old = before.slot(slot.device, slot.metric);
                if (old != null) {
                    slot.timeMillis = old.timeMillis;
                    slot.seq = old.seq;
                    slot.value = old.value;
                    slot.quality = old.quality;
                    slot.judged = old.judged;
                    slot.judgedSinceMillis = old.judgedSinceMillis;
                    slot.learning = old.learning;
                }
            }
        }
    }

    /** @param logMillis when the log took the message, by the city's clock */
    synchronized void take(Telemetry message, long logMillis) {
        var device = byDevice.get(message.getDevice());
        if (device == null) {
            return;
        }
        // What a device computed over an interval is history, whenever it comes.
        if (message.getIntervalSeconds() > 0) {
            return;
        }
        var time = message.getEventTimeMillis();
        var values = message.getValuesList();
        for (var i = 0; i < values.size(); i++) {
            var value = values.get(i);
            var slot = device.get(value.getMetric());
            if (slot == null || time < slot.timeMillis || time == slot.timeMillis && message.getSeq() <= slot.seq) {
                continue;
            }
            slot.timeMillis = time;
            slot.seq = message.getSeq();
            slot.value = value.hasNumber() ? value.getNumber() : Double.NaN;
            slot.quality = word(value.getQuality());
            if (slot.judged != null && isSilence(slot.judged)) {
                slot.judged = null;
            }
        }
        if (!values.isEmpty() && values.stream().allMatch(value -> value.getQuality() == Quality.OFFLINE)) {
            // Somebody says that the device does not report.
            return;
        }
        lastTimeMillis = Math.max(lastTimeMillis, time);
        if (logMillis - time <= liveWithinMillis) {
            lastLiveMillis = Math.max(lastLiveMillis, logMillis);
        }
    }

    /**
     * What the detect job says of a point.
     *
     * @param word as in topic {@code quality}
     * @param sinceMillis since when it is so, epoch ms
     * @param learning null when what was learned of it can be relied on, or nothing is
     */
    synchronized void judged(String device, String metric, String word, long sinceMillis, @Nullable Learning learning) {
        var slot = slot(device, metric);
        if (slot != null) {
            slot.judged = word;
            slot.judgedSinceMillis = sinceMillis;
            slot.learning = learning;
        }
    }

    private static boolean isSilence(String word) {
        return word.equals("silent") || word.equals("offline");
    }

    synchronized @Nullable Latest latest(String device, String metric) {
        var slot = slot(device, metric);
        return slot == null || !slot.spoke()
                ? null
                : new Latest(
                        slot.timeMillis,
                        Double.isNaN(slot.value) ? null : slot.value,
                        slot.shown(),
                        slot.shownSinceMillis(),
                        slot.learning);
    }

    /** Points that ever spoke, in the order of the catalogue. */
    synchronized List<Reading> readings() {
        var readings = new ArrayList<Reading>(slots.size());
        for (var slot : slots) {
            if (slot.spoke()) {
                readings.add(new Reading(
                        slot.point, slot.timeMillis, slot.value, slot.shown(), slot.shownSinceMillis(), slot.learning));
            }
        }
        return readings;
    }

    synchronized boolean reportsAt(long nowMillis) {
        return lastLiveMillis != Long.MIN_VALUE && nowMillis - lastLiveMillis <= freshMillis;
    }

    synchronized FacilityState state(Glance alarms, long nowMillis) {
        return new FacilityState(
                stateWord(alarms, nowMillis),
                alarms.worstGrade() == 0 ? null : alarms.worstGrade(),
                alarms.unacked(),
                alarms.active(),
                lastTimeMillis == Long.MIN_VALUE ? null : lastTimeMillis,
                headline(alarms));
    }

    private String stateWord(Glance alarms, long nowMillis) {
        if (alarms.fault()) {
            return "fault";
        }
        if (!reportsAt(nowMillis)) {
            return "unknown";
        }
        if (operating.metric() == null) {
            return "run";
        }
        var known = false;
        for (var slot : slots) {
            if (slot.metric.equals(operating.metric()) && slot.usable()) {
                if (operating.runs(slot.value)) {
                    return "run";
                }
                known = true;
            }
        }
        return known ? "stop" : "unknown";
    }

    /** What the worst alarm is about, else the facility's first measured quantity. */
    private @Nullable Headline headline(Glance alarms) {
        var slot = headline;
        var worst = alarms.worst();
        if (worst != null && worst.active() && !worst.devices().isEmpty()) {
            var alarmed = slot(worst.devices().get(0), worst.metric());
            slot = alarmed == null ? slot : alarmed;
        }
        return slot == null || !slot.spoke()
                ? null
                : new Headline(slot.metric, slot.device, Double.isNaN(slot.value) ? null : slot.value);
    }

    private @Nullable Slot slot(String device, String metric) {
        var metrics = byDevice.get(device);
        return metrics == null ? null : metrics.get(metric);
    }

    private static String word(Quality quality) {
        return switch (quality) {
            case GOOD -> GOOD;
            case OUT_OF_RANGE -> "out_of_range";
            case OFFLINE -> "offline";
            case DEVICE_BAD, UNRECOGNIZED -> "device_bad";
        };
    }
}
