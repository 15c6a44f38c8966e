package io.yiwang.streams.backtest;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.streams.detect.FacilityDetection;
import io.yiwang.streams.detect.FacilityDetections;
import io.yiwang.streams.detect.FacilityState;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * The detect job over one log, such as one partition of the telemetry topic: what the job announces of the same records, in an order
 * that depends on the log alone. Deadlines are concluded by ticks and by messages of their own facility, never by others.
 */
final class LogDetection {
    private final FacilityDetections detections;
    private final FacilityDetection.Announcements out;
    private final Map<String, Track> tracks = new HashMap<>();
    /** By id: the job tells facilities of a break in this order. */
    private final TreeMap<String, Track> heard = new TreeMap<>();

    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long clockMillis = Long.MIN_VALUE;
    private long messagesWithoutFacility;

    /**
     * @param rules what people made of the packs' rules, every version of it
     * @param zone where the city lives, for limits that move with the hour
     * @param clock the city's: how much of its time passes while readings are on their way
     */
    LogDetection(DomainPacks packs, RuleBook rules, ZoneId zone, CityClock clock, FacilityDetection.Announcements out) {
        detections = new FacilityDetections(packs, rules, zone, clock);
        this.out = out;
    }

    /** One facility, what is remembered of it, and for when it is in the queue. */
    private static final class Track {
        private final FacilityAsset asset;
        private final FacilityState state = new FacilityState();
        private long timerMillis = Long.MAX_VALUE;
        private boolean heard;

        Track(FacilityAsset asset) {
            this.asset = asset;
        }
    }

    /** A facility has something to conclude. One that has been overtaken by an earlier one stays in the queue and counts for nothing. */
    private record Timer(long atMillis, String facility, Track track) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : facility.compareTo(other.facility);
        }
    }

    /** A facility of the catalogue; all of them come before the first record. A second word of the same facility replaces the first. */
    void add(FacilityAsset asset) {
        if (asset.removed()) {
            tracks.remove(asset.id());
        } else {
            tracks.put(asset.id(), new Track(asset));
        }
    }

    /** A message of a device, in the order of the log. That of a facility which is not in the catalogue is counted and let go. */
    void on(TelemetryMessage message) {
        advance(message.logTimeMillis());
        var track = tracks.get(message.facility());
        if (track == null) {
            messagesWithoutFacility++;
            return;
        }
        if (!track.heard) {
            track.heard = true;
            heard.put(message.facility(), track);
        }
        detections.on(track.asset, track.state, message, out);
        keep(message.facility(), track);
    }

    /**
     * A tick of the log: tells every facility that has spoken of the break that it ends, then concludes what is due everywhere.
     *
     * @param breakMillis how long the doors were closed before; 0 when they were not
     */
    void tick(long logMillis, long breakMillis) {
        advance(logMillis);
        if (breakMillis > 0) {
            heard.forEach((facility, track) -> {
                detections.on(
                        track.asset, track.state, TelemetryMessage.notice(facility, logMillis, 0, breakMillis), out);
                keep(facility, track);
            });
        }
        for (var next = timers.peek(); next != null && next.atMillis <= logMillis; next = timers.peek()) {
            timers.remove();
            var track = next.track;
            if (next.atMillis == track.timerMillis) {
                track.timerMillis = Long.MAX_VALUE;
                detections.conclude(track.asset, track.state, next.atMillis, out);
                keep(next.facility, track);
            }
        }
    }

    private void keep(String facility, Track track) {
        if (track.state.dueMillis < track.timerMillis) {
            track.timerMillis = track.state.dueMillis;
            timers.add(new Timer(track.timerMillis, facility, track));
        }
    }

    private void advance(long logMillis) {
        if (logMillis < clockMillis) {
            throw new IllegalArgumentException("the log clock goes back from " + clockMillis + " to " + logMillis
                    + "; records must come in log order");
        }
        clockMillis = logMillis;
    }

    /** Messages that were not judged because their facility is not in the catalogue. */
    long messagesWithoutFacility() {
        return messagesWithoutFacility;
    }

    /** The log clock of the newest record, epoch ms; {@code Long.MIN_VALUE} before the first. */
    long clockMillis() {
        return clockMillis;
    }
}
