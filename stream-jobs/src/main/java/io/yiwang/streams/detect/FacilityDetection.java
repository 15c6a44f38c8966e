package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.detect.alarm.Samples;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.instrument.Instrument.Standing;
import io.yiwang.streams.detect.limits.Limits;
import io.yiwang.streams.intake.Intake;
import io.yiwang.streams.intake.Quality;
import io.yiwang.streams.intake.Reading;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detection for one facility as the catalogue has it now: the order of the stages. A function of the facility's state and the log;
 * replaying the log gives the same announcements, byte for byte.
 */
public final class FacilityDetection {
    static final String HISTORIC = "#historic";

    private static final Logger LOG = LoggerFactory.getLogger(FacilityDetection.class);

    private final FacilityAsset asset;
    private final ZoneId zone;
    private final long reconnectMillis;
    private final Intake intake;
    private final Map<String, Integer> periodSecondsByPoint = new HashMap<>();
    private final Map<String, List<String>> pointsByMetric = new HashMap<>();
    private final Map<String, Instrument> instruments = new HashMap<>();
    private final Map<String, List<Limits>> live = new HashMap<>();
    private final Map<String, List<Limits>> historic = new HashMap<>();
    private final Map<String, Limits> limitsByKey = new HashMap<>();

    /** Where announcements go, in order. */
    public interface Announcements {
        void alarm(Alarm alarm);

        void quality(PointQuality quality);
    }

    /**
     * @param zone where the city lives, for limits that move with the hour
     * @param clock the city's: how much of its time passes while readings are on their way and devices come back
     */
    public FacilityDetection(DomainPacks packs, FacilityAsset asset, ZoneId zone, CityClock clock) {
        this.asset = asset;
        this.zone = zone;
        long slackMillis = clock.deliverySlack().toMillis();
        reconnectMillis = Math.max(
                1000 * Instrument.RECONNECT_SECONDS,
                clock.inTheCity(Duration.ofSeconds(Instrument.RECONNECT_SECONDS))
                        .toMillis());
        intake = new Intake(packs, slackMillis);
        for (var device : asset.devices()) {
            for (var point : device.points()) {
                var metric = packs.metric(point.metric());
                metric.ifPresent(
                        m -> instruments.computeIfAbsent(m.code(), code -> new Instrument(m, asset, slackMillis)));
                var id = Ids.point(device.id(), point.metric());
                pointsByMetric
                        .computeIfAbsent(point.metric(), code -> new ArrayList<>())
                        .add(id);
                periodSecondsByPoint.put(
                        id,
                        point.periodSeconds() > 0
                                ? point.periodSeconds()
                                : metric.map(m -> m.period()).orElse(0));
            }
        }
        pointsByMetric.values().forEach(Collections::sort);
        for (var rule : rulesOf(packs, asset)) {
            if (rule.evaluated()) {
                add(live, rule.id(), Limits.live(rule, asset, slackMillis));
                add(historic, rule.id() + HISTORIC, Limits.historic(rule, asset, slackMillis));
            }
        }
    }

    private void add(Map<String, List<Limits>> lane, String key, Limits limits) {
        lane.computeIfAbsent(limits.rule().metric(), metric -> new ArrayList<>())
                .add(limits);
        limitsByKey.put(key, limits);
    }

    /** A facility whose limits cannot be evaluated has none; the others must not suffer for it. */
    private static List<Rule> rulesOf(DomainPacks packs, FacilityAsset asset) {
        var domain = packs.domain(asset.domain());
        if (domain.isEmpty()) {
            if (!asset.removed()) {
                LOG.error(
                        "facility {} is of domain '{}', which has no pack: nothing is judged",
                        asset.id(),
                        asset.domain());
            }
            return List.of();
        }
        try {
            return domain.get().rulesOf(asset.toWire());
        } catch (IllegalArgumentException e) {
            LOG.error("facility {} has no limits: {}", asset.id(), e.getMessage());
            return List.of();
        }
    }

    /** One record of the facility, in the order of its partition. */
    public void on(FacilityState state, TelemetryMessage message, Announcements out) {
        if (message.isBreak()) {
            onBreak(state, message, out);
            return;
        }
        if (message.isInterval()) {
            return;
        }
        long log = message.logTimeMillis();
        conclude(state, log, out);
        state.clockMillis = Math.max(state.clockMillis, log);
        var judged = intake.on(
                state.intake.getOrDefault(message.device(), Intake.State.EMPTY), message, this::periodSeconds);
        if (judged.identity() != Intake.Identity.NEW) {
            return;
        }
        state.intake.put(message.device(), judged.state());
        for (var reading : judged.readings()) {
            on(state, reading, judged.readings(), out);
        }
    }

    private int periodSeconds(String device, String metric) {
        return periodSecondsByPoint.getOrDefault(Ids.point(device, metric), 0);
    }

    /** @param together what its message says, itself included: all of it is known at once */
    private void on(FacilityState state, Reading reading, List<Reading> together, Announcements out) {
        var id = Ids.point(reading.device(), reading.metric());
        var period = periodSecondsByPoint.get(id);
        var instrument = instruments.get(reading.metric());
        if (period == null || instrument == null) {
            return;
        }
        var before = state.points.getOrDefault(id, Instrument.Point.NEW);
        boolean inOrder = !reading.late() && reading.eventTimeMillis() >= before.newestMillis();
        var step = instrument.on(
                before,
                state.instruments.getOrDefault(reading.metric(), Instrument.State.CALM),
                reading,
                // That a device is gone is told by who speaks for it, whose clock is another one.
                reading.quality() == Quality.OFFLINE ? !reading.late() : inOrder,
                period,
                asset.inService(),
                out::alarm);
        remember(state, id, reading.metric(), before, step, out);
        if (!reading.isGood()) {
            return;
        }
        if (inOrder) {
            var known = new Known(state, together, reading.eventTimeMillis());
            for (var limits : live.getOrDefault(reading.metric(), List.of())) {
                var key = limits.rule().id();
                var was = state.limits.getOrDefault(key, Limits.State.CALM);
                var now = limits.now(known);
                put(
                        state,
                        key,
                        was,
                        now == null
                                ? Limits.unjudged(was, reading.device())
                                : now.on(was, reading, step.point().samples(), out::alarm));
            }
        } else {
            for (var limits : historic.getOrDefault(reading.metric(), List.of())) {
                var now = limits.now(new Past(reading.eventTimeMillis()));
                if (now != null) {
                    onPast(state, now, reading, out);
                }
            }
        }
    }

    /** What a late reading can be judged by: of other metrics only the newest values are kept, not those of its time. */
    private class Past implements LimitFormula.Readings {
        private final long eventTimeMillis;

        Past(long eventTimeMillis) {
            this.eventTimeMillis = eventTimeMillis;
        }

        @Override
        public double here(String metric) {
            return Double.NaN;
        }

        /** A single facility is judged without the others. */
        @Override
        public double districtMean(String metric) {
            return Double.NaN;
        }

        @Override
        public double hour() {
            var local = Instant.ofEpochMilli(eventTimeMillis).atZone(zone).toLocalTime();
            return local.toNanoOfDay() / 3.6e12;
        }
    }

    /** What the facility knows when a live reading is judged; a value counts until its point falls silent. */
    private final class Known extends Past {
        private final FacilityState state;
        private final List<Reading> together;

        Known(FacilityState state, List<Reading> together, long eventTimeMillis) {
            super(eventTimeMillis);
            this.state = state;
            this.together = together;
        }

        /** Of several points the one that spoke last by its own clock; of equally new ones the last in the order of ids. */
        @Override
        public double here(String metric) {
            var newest = Long.MIN_VALUE;
            var value = Double.NaN;
            for (var id : pointsByMetric.getOrDefault(metric, List.of())) {
                var point = state.points.get(id);
                if (point != null
                        && point.standing().isHeard()
                        && point.samples().newestMillis() >= newest) {
                    newest = point.samples().newestMillis();
                    value = point.samples().newest();
                }
            }
            for (var reading : together) {
                if (reading.metric().equals(metric)
                        && reading.isGood()
                        && !reading.late()
                        && reading.eventTimeMillis() >= newest) {
                    newest = reading.eventTimeMillis();
                    value = reading.number();
                }
            }
            return value;
        }
    }

    /** A reading of the past belongs to the alarm that already speaks of its time, or to one that is only recorded. */
    private void onPast(FacilityState state, Limits limits, Reading reading, Announcements out) {
        var key = limits.rule().id();
        var now = state.limits.getOrDefault(key, Limits.State.CALM);
        if (now.alarm().covers(reading.eventTimeMillis())) {
            put(state, key, now, limits.fold(now, reading, out::alarm));
            return;
        }
        var was = state.limits.getOrDefault(key + HISTORIC, Limits.State.CALM);
        var samples = Samples.NONE.and(reading.eventTimeMillis(), reading.number());
        put(state, key + HISTORIC, was, limits.on(was, reading, samples, out::alarm));
    }

    private static void put(FacilityState state, String key, Limits.State before, Limits.State after) {
        if (after != before) {
            state.limits.put(key, after);
            state.dueMillis = Math.min(state.dueMillis, after.dueLogMillis());
        }
    }

    private void remember(
            FacilityState state,
            String id,
            String metric,
            Instrument.Point before,
            Instrument.Step step,
            Announcements out) {
        var point = step.point();
        state.points.put(id, point);
        state.instruments.put(metric, step.state());
        state.dueMillis = Math.min(state.dueMillis, point.dueLogMillis());
        if (point.standing() != before.standing()) {
            announce(id, point.standing(), point.sinceMillis(), out);
        }
    }

    private void announce(String point, Standing standing, long sinceMillis, Announcements out) {
        out.quality(PointQuality.newBuilder()
                .setPoint(point)
                .setFacility(asset.id())
                .setQuality(standing.code())
                .setSinceMillis(sinceMillis)
                .build());
    }

    /** Something whose time is over by the log clock. */
    private record Due(long logMillis, String key, String device, boolean silence) {
        static final Comparator<Due> ORDER =
                Comparator.comparingLong(Due::logMillis).thenComparing(Due::key).thenComparing(Due::device);
    }

    /** Concludes every deadline up to {@code logMillis}, each stamped with itself, in their order. */
    public void conclude(FacilityState state, long logMillis, Announcements out) {
        if (logMillis < state.dueMillis) {
            return;
        }
        var due = new ArrayList<Due>();
        state.points.forEach((id, point) -> {
            if (point.dueLogMillis() <= logMillis) {
                due.add(new Due(point.dueLogMillis(), id, deviceOf(id), true));
            }
        });
        state.limits.forEach((key, limits) -> limits.members().forEach(member -> {
            if (member.dueLogMillis() <= logMillis) {
                due.add(new Due(member.dueLogMillis(), key, member.device(), false));
            }
        }));
        due.sort(Due.ORDER);
        for (var one : due) {
            if (one.silence) {
                concludeSilence(state, one, out);
            } else {
                concludeDelay(state, one, out);
            }
        }
        long next = Long.MAX_VALUE;
        for (var point : state.points.values()) {
            next = Math.min(next, point.dueLogMillis());
        }
        for (var limits : state.limits.values()) {
            next = Math.min(next, limits.dueLogMillis());
        }
        state.dueMillis = next;
    }

    private void concludeSilence(FacilityState state, Due due, Announcements out) {
        var metric = due.key.substring(due.device.length() + 1);
        var instrument = instruments.get(metric);
        var point = state.points.get(due.key);
        if (instrument == null || point == null) {
            throw new IllegalStateException(
                    "point " + due.key + " of facility " + asset.id() + " is not in the catalogue");
        }
        var step = instrument.conclude(
                point, state.instruments.getOrDefault(metric, Instrument.State.CALM), due.device, out::alarm);
        remember(state, due.key, metric, point, step, out);
    }

    private void concludeDelay(FacilityState state, Due due, Announcements out) {
        var limits = limitsByKey.get(due.key);
        var was = state.limits.get(due.key);
        if (limits == null || was == null) {
            throw new IllegalStateException("rule " + due.key + " of facility " + asset.id() + " is not in force");
        }
        var point = state.points.get(Ids.point(due.device, limits.rule().metric()));
        var samples = point == null ? Samples.NONE : point.samples();
        state.limits.put(due.key, limits.conclude(was, due.device, due.logMillis, samples, out::alarm));
    }

    /** What was due when the doors closed is concluded; the silence of the others begins anew. */
    private void onBreak(FacilityState state, TelemetryMessage message, Announcements out) {
        conclude(state, message.logTimeMillis() - message.breakMillis(), out);
        state.clockMillis = Math.max(state.clockMillis, message.logTimeMillis());
        state.points.replaceAll((id, point) -> point.afterBreak(message.breakMillis(), reconnectMillis));
    }

    /** The catalogue changed: what is no longer there lets go of its alarms. To be called once with each new detection. */
    public void adopt(FacilityState state, Announcements out) {
        for (var key : new TreeSet<>(state.limits.keySet())) {
            var limits = limitsByKey.get(key);
            var was = state.limits.get(key);
            var now = Limits.keep(
                    was,
                    device -> limits != null
                            && periodSecondsByPoint.containsKey(
                                    Ids.point(device, limits.rule().metric())),
                    state.clockMillis,
                    out::alarm);
            if (limits == null) {
                state.limits.remove(key);
            } else {
                state.limits.put(key, now);
            }
        }
        for (var id : new TreeSet<>(state.points.keySet())) {
            var device = deviceOf(id);
            var metric = id.substring(device.length() + 1);
            boolean known = periodSecondsByPoint.containsKey(id) && instruments.containsKey(metric);
            if (!known || !asset.inService()) {
                var was = state.instruments.getOrDefault(metric, Instrument.State.CALM);
                state.instruments.put(metric, Instrument.forget(was, device, known, state.clockMillis, out::alarm));
                state.points.computeIfPresent(id, (i, point) -> known ? point.unexpected() : null);
            }
        }
        state.intake
                .keySet()
                .retainAll(asset.devices().stream()
                        .map(FacilityAsset.DeviceAsset::id)
                        .toList());
        state.instruments.keySet().retainAll(instruments.keySet());
    }

    private static String deviceOf(String point) {
        return point.substring(0, point.indexOf('.'));
    }
}
