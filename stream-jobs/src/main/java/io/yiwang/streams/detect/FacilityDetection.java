package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.id.Ids;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.FacilityPlan.Place;
import io.yiwang.streams.detect.alarm.AlarmHistory;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.alarm.Reconciliation;
import io.yiwang.streams.detect.alarm.Reconciliation.Holder;
import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.course.DeviceCourse;
import io.yiwang.streams.detect.course.DevicePlan;
import io.yiwang.streams.detect.course.DeviceTrack;
import io.yiwang.streams.detect.course.Row;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.course.Surroundings;
import io.yiwang.streams.detect.instrument.Clocks;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.instrument.Repeats;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.detect.pattern.Incident;
import io.yiwang.streams.detect.pattern.IncidentHistory;
import io.yiwang.streams.detect.pattern.Patterns;
import io.yiwang.streams.detect.pattern.Showing;
import io.yiwang.streams.detect.pattern.Shown.Spell;
import io.yiwang.streams.detect.pattern.Symptoms;
import io.yiwang.streams.detect.verdict.Tolerance;
import io.yiwang.streams.intake.Intake;
import io.yiwang.streams.intake.Quality;
import io.yiwang.streams.intake.Reading;
import io.yiwang.streams.kafka.AlarmVerdict;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detection for one facility as the catalogue has it now: the order of the stages. A function of the facility's state and the log;
 * replaying the log gives the same announcements, byte for byte.
 *
 * <p>Instruments are judged as their messages come: silence is a matter of arrival. What the good readings say is judged in the order
 * of event time, see {@link DeviceTrack}; alarms follow from the episodes, see {@link Reconciliation}.
 */
public final class FacilityDetection {
    private static final Logger LOG = LoggerFactory.getLogger(FacilityDetection.class);

    private final FacilityAsset asset;
    private final FacilityRules rules;
    private final ZoneId zone;
    private final long slackMillis;
    private final long reconnectMillis;
    private final Intake intake;
    /** Null when the domain has no pack. */
    private final @Nullable Patterns patterns;

    private final FacilityPlan planned;
    private final Clocks clocks;
    private final Repeats repeats;

    /** Where announcements go, in order. */
    public interface Announcements {
        void alarm(Alarm alarm);

        void quality(PointQuality quality);

        /** What a symptom does that patterns of several facilities look for; of no interest where only single ones are judged. */
        default void showing(Showing showing) {}
    }

    /** By what the packs state. */
    public FacilityDetection(DomainPacks packs, FacilityAsset asset, ZoneId zone, CityClock clock) {
        this(
                packs,
                packs.domain(asset.domain()).map(Patterns::new).orElse(null),
                asset,
                RuleBook.EMPTY.rulesOf(packs, asset.toWire(), 0),
                zone,
                clock);
    }

    /**
     * @param patterns of the facility's domain; null when it has no pack
     * @param rules what holds at the facility, until {@link FacilityRules#untilMillis} by the log clock
     * @param zone where the city lives, for limits that move with the hour
     * @param clock the city's: how much of its time passes while readings are on their way and devices come back
     */
    FacilityDetection(
            DomainPacks packs,
            @Nullable Patterns patterns,
            FacilityAsset asset,
            FacilityRules rules,
            ZoneId zone,
            CityClock clock) {
        this.asset = asset;
        this.rules = rules;
        this.zone = zone;
        slackMillis = clock.deliverySlack().toMillis();
        reconnectMillis = Math.max(
                1000 * Instrument.RECONNECT_SECONDS,
                clock.inTheCity(Duration.ofSeconds(Instrument.RECONNECT_SECONDS))
                        .toMillis());
        intake = new Intake(packs, slackMillis);
        var domain = packs.domain(asset.domain());
        if (domain.isEmpty() && !asset.removed()) {
            LOG.error(
                    "facility {} is of domain '{}', which has no pack: nothing is judged", asset.id(), asset.domain());
        }
        this.patterns = patterns;
        rules.refused().forEach(reason -> LOG.error("facility {}: {}", asset.id(), reason));
        clocks = new Clocks(asset);
        repeats = new Repeats(asset);
        planned = new FacilityPlan(packs, asset, rules, zone, slackMillis);
    }

    /** One record of the facility, in the order of its partition. */
    public void on(FacilityState state, TelemetryMessage message, Announcements out) {
        restore(state);
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
        var points = planned.points(message.device());
        var judged = intake.on(
                state.intake.getOrDefault(message.device(), Intake.State.EMPTY),
                message,
                (device, metric) -> FacilityPlan.periodSeconds(points.get(metric)));
        if (judged.identity() != Intake.Identity.NEW) {
            return;
        }
        state.intake.put(message.device(), judged.state());
        long offMillis = judged.clockOffMillis();
        state.clocks = clocks.on(
                state.clocks, message.device(), offMillis, message.eventTimeMillis() + offMillis, log, out::alarm);
        state.repeats = repeats.on(state.repeats, message.device(), judged.repeats(), log, out::alarm);
        var changed = new TreeSet<String>();
        for (var reading : judged.readings()) {
            onInstrument(state, reading, points.get(reading.metric()), changed, out);
        }
        var plan = planned.device(message.device());
        if (plan != null) {
            judge(state, plan, points, judged.readings(), changed, out);
        }
        changed.forEach(id -> announce(state, id, out));
    }

    private void onInstrument(
            FacilityState state, Reading reading, @Nullable Place place, Set<String> changed, Announcements out) {
        if (place == null || place.instrument() == null) {
            return;
        }
        var id = place.id();
        var before = state.course.points.getOrDefault(id, Instrument.Point.NEW);
        boolean inOrder = !reading.late() && reading.eventTimeMillis() >= before.newestMillis();
        var alarms = state.instruments.getOrDefault(reading.metric(), Instrument.State.CALM);
        var step = place.instrument()
                .on(
                        before,
                        alarms,
                        reading,
                        // That a device is gone is told by who speaks for it, whose clock is another one.
                        reading.quality() == Quality.OFFLINE ? !reading.late() : inOrder,
                        place.periodSeconds(),
                        asset.inService()
                                && (reading.quality() != Quality.OFFLINE
                                        || !rules.isUnderMaintenance(reading.device(), reading.eventTimeMillis())),
                        () -> samples(state, reading.device(), place.index()),
                        out::alarm);
        if (step.state() != alarms) {
            state.instruments.put(reading.metric(), step.state());
        }
        if (remember(state, id, before, step)) {
            changed.add(id);
        }
    }

    /** The newest good readings of a point, oldest first. */
    private static List<Sample> samples(FacilityState state, String device, int index) {
        var track = state.course.tracks.get(device);
        return track == null ? List.of() : track.live().point(index).recent.samples(device, Long.MIN_VALUE);
    }

    /**
     * @param readings of one message of the device
     * @param changed gets the ids of the points whose learning is at another stage now
     */
    private void judge(
            FacilityState state,
            DevicePlan plan,
            Map<String, Place> points,
            List<Reading> readings,
            Set<String> changed,
            Announcements out) {
        var now = row(plan, points, readings, false);
        var past = row(plan, points, readings, true);
        var track = state.course.tracks.computeIfAbsent(plan.device(), device -> new DeviceTrack(plan));
        var touched = new TreeSet<String>();
        boolean corrected = false;
        if (now != null && track.isSettled(now)) {
            onLate(state, plan, track, now, touched, out);
        } else if (now != null) {
            corrected = track.on(plan, now, around(state), state.clockMillis, touched);
            corrected |= tell(state, plan, now, touched, changed);
            learningChanged(plan, track, changed);
            state.dueMillis = Math.min(state.dueMillis, track.dueLogMillis(plan));
        }
        if (past != null) {
            onLate(state, plan, track, past, touched, out);
        }
        long log = readings.get(0).logTimeMillis();
        reconcile(state, touched, corrected, log, out);
    }

    /** Null when there is none. */
    private @Nullable Row row(DevicePlan plan, Map<String, Place> points, List<Reading> readings, boolean late) {
        double[] values = null;
        for (var reading : readings) {
            var place = reading.isGood() && reading.late() == late ? points.get(reading.metric()) : null;
            if (place != null) {
                if (values == null) {
                    values = new double[plan.points().size()];
                    Arrays.fill(values, Double.NaN);
                }
                values[place.index()] = reading.number();
            }
        }
        var first = readings.isEmpty() ? null : readings.get(0);
        return values == null ? null : new Row(first.eventTimeMillis(), first.logTimeMillis(), values);
    }

    /** Limits of other devices that move with what this one says are judged again when its time was judged already. */
    private boolean tell(FacilityState state, DevicePlan plan, Row row, Set<String> touched, Set<String> changed) {
        boolean corrected = false;
        for (int i = 0; i < row.values().length && planned.hasMovers(); i++) {
            if (Double.isNaN(row.values()[i])) {
                continue;
            }
            for (var device : planned.movers(plan.points().get(i).metric())) {
                var track = state.course.tracks.get(device);
                if (!device.equals(plan.device())
                        && track != null
                        && track.live().newestMillis() >= row.eventMillis()) {
                    track.onceMore(planned.device(device), around(state), state.clockMillis, touched);
                    learningChanged(planned.device(device), track, changed);
                    corrected = true;
                }
            }
        }
        return corrected;
    }

    /** A row whose time is over belongs to the alarm that already speaks of that time, or to one that is only recorded. */
    private void onLate(
            FacilityState state, DevicePlan plan, DeviceTrack track, Row row, Set<String> touched, Announcements out) {
        var recorded = new TreeSet<String>();
        track.onLate(row, slackMillis);
        for (int i = 0; i < row.values().length; i++) {
            if (Double.isNaN(row.values()[i])) {
                continue;
            }
            for (var signal : plan.points().get(i).late()) {
                var history = state.course.alarms.get(signal.id());
                if (history != null && history.covers(row.eventMillis())) {
                    fold(state, signal, row.eventMillis(), row.values()[i]);
                    touched.add(signal.id());
                } else {
                    track.onLate(plan, row, i, signal, around(null), recorded);
                }
            }
        }
        state.dueMillis = Math.min(state.dueMillis, track.lateDueLogMillis());
        for (var id : recorded) {
            reconcileHistoric(state, id, row.logMillis(), out);
        }
    }

    /** Whichever device held the alarm at that time: it was worse than thought. */
    private void fold(FacilityState state, Signal signal, long eventMillis, double value) {
        for (var place : planned.judged(signal.id()).places().entrySet()) {
            var track = state.course.tracks.get(place.getKey());
            if (track != null && track.covers(place.getValue(), signal.id(), eventMillis)) {
                track.fold(planned.device(place.getKey()), place.getValue(), signal, eventMillis, value, around(state));
                return;
            }
        }
    }

    private void reconcile(
            FacilityState state, Set<String> touched, boolean corrected, long logMillis, Announcements out) {
        boolean shown = false;
        for (var id : touched) {
            if (id.startsWith(Symptoms.PREFIX)) {
                shown |= show(state, id.substring(Symptoms.PREFIX.length()), corrected, logMillis, out);
            } else {
                reconcile(state, id, corrected, logMillis, out);
            }
        }
        if (shown) {
            reconcileIncidents(state, corrected, logMillis, out);
        }
    }

    /** @return whether what is known of the symptom has changed */
    private boolean show(FacilityState state, String symptom, boolean corrected, long logMillis, Announcements out) {
        if (patterns == null) {
            return false;
        }
        boolean changed = false;
        for (var place : planned.places(patterns.metric(symptom)).entrySet()) {
            var track = state.course.tracks.get(place.getKey());
            var signal =
                    track == null ? null : track.live().point(place.getValue()).signal(Symptoms.PREFIX + symptom);
            var episode = signal == null ? null : signal.episode();
            long refutable = settledMillis(state);
            boolean news = episode != null
                    ? state.course.shown.see(asset.id(), place.getKey(), symptom, Spell.of(episode))
                    : corrected && state.course.shown.never(asset.id(), place.getKey(), symptom, refutable);
            if (news && patterns.mattersElsewhere(symptom)) {
                out.showing(
                        episode != null
                                ? Showing.of(
                                        asset.domain(),
                                        asset.id(),
                                        place.getKey(),
                                        symptom,
                                        episode,
                                        corrected,
                                        logMillis)
                                : Showing.never(
                                        asset.domain(), asset.id(), place.getKey(), symptom, refutable, logMillis));
            }
            changed |= news;
        }
        return changed;
    }

    /** No late reading can change what was over before this, by event time. */
    private long settledMillis(FacilityState state) {
        return state.clockMillis - Intake.LATE_AT_MOST_MILLIS - slackMillis;
    }

    private void reconcileIncidents(FacilityState state, boolean corrected, long logMillis, Announcements out) {
        var course = state.course;
        var byRule = new TreeMap<String, List<Incident>>();
        for (var incident : patterns.alone(asset.id(), asset.type(), course.shown, rules::pattern)) {
            byRule.computeIfAbsent(incident.rule(), rule -> new ArrayList<>()).add(incident);
        }
        var rules = new TreeSet<>(byRule.keySet());
        rules.addAll(course.incidents.keySet());
        long oldestOpen = Long.MAX_VALUE;
        for (var rule : rules) {
            var history = course.incidents.computeIfAbsent(rule, r -> new IncidentHistory());
            history.reconcile(
                    byRule.getOrDefault(rule, List.of()),
                    asset.domain(),
                    asset.district(),
                    corrected,
                    state.clockMillis,
                    logMillis,
                    out::alarm);
            oldestOpen = Math.min(oldestOpen, history.oldestOpenMillis());
        }
        course.incidents.values().removeIf(history -> history.isOver(state.clockMillis));
        course.shown.forget(patterns.forgettableBefore(course.shown, oldestOpen, state.clockMillis));
    }

    private void reconcile(FacilityState state, String id, boolean corrected, long logMillis, Announcements out) {
        var judged = planned.judged(id);
        if (judged == null) {
            return;
        }
        var history = state.course.alarms.computeIfAbsent(id, rule -> new AlarmHistory());
        long forget = state.clockMillis - DeviceTrack.KEPT_MILLIS;
        var holders = new ArrayList<Holder>();
        for (var place : judged.places().entrySet()) {
            var track = state.course.tracks.get(place.getKey());
            if (track != null) {
                hold(holders, place.getKey(), track.live(), place.getValue(), id, forget);
            }
        }
        Reconciliation.reconcile(
                history,
                holders,
                judged.live(),
                corrected,
                settledMillis(state),
                forget,
                logMillis,
                alarm -> announce(alarm, out));
    }

    /** What is unusual here may be so at many facilities at once. */
    private static void announce(Alarm alarm, Announcements out) {
        out.alarm(alarm);
        if (LearnedCondition.isLearned(alarm.getRule()) && alarm.getStep() != AlarmStep.UPDATED) {
            Showing.of(alarm).forEach(out::showing);
        }
    }

    private void reconcileHistoric(FacilityState state, String id, long logMillis, Announcements out) {
        var judged = planned.judged(id);
        if (judged == null) {
            return;
        }
        var history = state.course.historic.computeIfAbsent(id, rule -> new AlarmHistory());
        var holders = new ArrayList<Holder>();
        for (var place : judged.places().entrySet()) {
            var track = state.course.tracks.get(place.getKey());
            if (track != null && track.late() != null) {
                hold(holders, place.getKey(), track.late(), place.getValue(), id, Long.MIN_VALUE);
            }
        }
        // What was recorded stays recorded when a device's late readings end before another's.
        Reconciliation.reconcile(
                history, holders, judged.historic(), false, Long.MAX_VALUE, Long.MIN_VALUE, logMillis, out::alarm);
    }

    private static void hold(
            List<Holder> holders, String device, DeviceCourse course, int point, String id, long forgetMillis) {
        var signal = course.point(point).signal(id);
        var episode = signal == null ? null : signal.episode();
        if (episode != null && episode.endMillis() >= forgetMillis) {
            var recent = course.point(point).recent;
            holders.add(new Holder(device, episode, from -> recent.samples(device, from)));
        }
    }

    /** @param state null for a late reading */
    private Surroundings around(@Nullable FacilityState state) {
        return new FacilitySurroundings(state, planned, rules, zone, slackMillis);
    }

    /** @return whether it stands otherwise now */
    private boolean remember(FacilityState state, String id, Instrument.Point before, Instrument.Step step) {
        var point = step.point();
        state.course.points.put(id, point);
        state.dueMillis = Math.min(state.dueMillis, point.dueLogMillis());
        return point.standing() != before.standing();
    }

    private static void learningChanged(DevicePlan plan, DeviceTrack track, Set<String> changed) {
        for (int i = 0; i < plan.points().size(); i++) {
            if (track.tellsLearning(plan, i)) {
                changed.add(Ids.point(plan.device(), plan.points().get(i).metric()));
            }
        }
    }

    /** How a point stands now, and how far its learning is. */
    private void announce(FacilityState state, String id, Announcements out) {
        var device = deviceOf(id);
        var place = planned.place(device, id.substring(device.length() + 1));
        var point = state.course.points.get(id);
        if (place == null || point == null) {
            return;
        }
        var quality = PointQuality.newBuilder()
                .setPoint(id)
                .setFacility(asset.id())
                .setQuality(point.standing().code())
                .setSinceMillis(point.sinceMillis());
        var track = state.course.tracks.get(device);
        var learning = track == null ? null : track.learning(planned.device(device), place.index());
        if (learning != null) {
            quality.setLearning(
                    switch (learning) {
                        case LEARNS -> io.yiwang.model.wire.Learning.LEARNS;
                        case READY -> io.yiwang.model.wire.Learning.READY;
                        case FROZEN -> io.yiwang.model.wire.Learning.FROZEN;
                    });
            if (learning == Baseline.Learning.LEARNS) {
                quality.setReadyMillis(
                        track.live().point(place.index()).baseline.readyAtTheEarliestMillis());
            }
        }
        out.quality(quality.build());
    }

    /** Concludes every deadline up to {@code logMillis}, each stamped with itself, in their order. */
    public void conclude(FacilityState state, long logMillis, Announcements out) {
        if (logMillis < state.dueMillis) {
            return;
        }
        restore(state);
        while (true) {
            long due = earliest(state);
            if (due > logMillis) {
                state.dueMillis = due;
                return;
            }
            state.clockMillis = Math.max(state.clockMillis, due);
            concludeSilence(state, due, out);
            var touched = new TreeSet<String>();
            state.course.tracks.forEach((device, track) -> {
                track.conclude(planned.device(device), due, around(state), touched);
            });
            reconcile(state, touched, false, due, out);
            concludeLate(state, due, out);
        }
    }

    private long earliest(FacilityState state) {
        long next = Long.MAX_VALUE;
        for (var point : state.course.points.values()) {
            next = Math.min(next, point.dueLogMillis());
        }
        for (var entry : state.course.tracks.entrySet()) {
            var track = entry.getValue();
            next = Math.min(
                    next, Math.min(track.dueLogMillis(planned.device(entry.getKey())), track.lateDueLogMillis()));
        }
        return next;
    }

    private void concludeSilence(FacilityState state, long due, Announcements out) {
        var silent = new TreeSet<String>();
        state.course.points.forEach((id, point) -> {
            if (point.dueLogMillis() <= due) {
                silent.add(id);
            }
        });
        for (var id : silent) {
            var device = deviceOf(id);
            var metric = id.substring(device.length() + 1);
            var place = planned.place(device, metric);
            if (place == null || place.instrument() == null) {
                throw new IllegalStateException(
                        "point " + id + " of facility " + asset.id() + " is not in the catalogue");
            }
            var point = state.course.points.get(id);
            long workEnds = rules.maintenanceEndMillis(device, due);
            if (workEnds > due) {
                state.course.points.put(
                        id, point.afterBreak(workEnds - due, Instrument.silentAfterMillis(place.periodSeconds())));
                continue;
            }
            var step = place.instrument()
                    .conclude(
                            point,
                            state.instruments.getOrDefault(metric, Instrument.State.CALM),
                            device,
                            () -> samples(state, device, place.index()),
                            out::alarm);
            state.instruments.put(metric, step.state());
            if (remember(state, id, point, step)) {
                announce(state, id, out);
            }
        }
    }

    private void concludeLate(FacilityState state, long due, Announcements out) {
        var touched = new TreeSet<String>();
        var over = new ArrayList<DeviceTrack>();
        for (var track : state.course.tracks.values()) {
            if (track.lateDueLogMillis() <= due) {
                track.abandonLate(touched);
                over.add(track);
            }
        }
        for (var id : touched) {
            reconcileHistoric(state, id, due, out);
        }
        over.forEach(DeviceTrack::dropLate);
        if (!over.isEmpty() && state.course.tracks.values().stream().allMatch(track -> track.late() == null)) {
            state.course.historic.clear();
        }
    }

    /** What was due when the doors closed is concluded; the silence of the others begins anew. */
    private void onBreak(FacilityState state, TelemetryMessage message, Announcements out) {
        conclude(state, message.logTimeMillis() - message.breakMillis(), out);
        state.clockMillis = Math.max(state.clockMillis, message.logTimeMillis());
        state.course.points.replaceAll((id, point) -> point.afterBreak(message.breakMillis(), reconnectMillis));
    }

    /** Keeps what an officer says of an alarm of a facility that is not known yet. */
    static void note(FacilityState state, AlarmVerdict verdict) {
        state.course.tolerance.on(verdict, device -> Long.MIN_VALUE);
    }

    /** What an officer says of one of the facility's alarms. What came since it was said is judged again. */
    void on(FacilityState state, AlarmVerdict verdict, Announcements out) {
        restore(state);
        var tracks = state.course.tracks;
        for (var device : verdict.devices()) {
            var track = tracks.get(device);
            var plan = planned.device(device);
            if (track != null && plan != null) {
                track.catchUp(plan, around(state));
            }
        }
        var subjects = state.course.tolerance.on(verdict, device -> {
            var track = tracks.get(device);
            return track == null ? Long.MIN_VALUE : track.settledMillis();
        });
        var touched = new TreeSet<String>();
        var changed = new TreeSet<String>();
        for (var device :
                new TreeSet<>(subjects.stream().map(Tolerance.Subject::device).toList())) {
            var track = tracks.get(device);
            var plan = planned.device(device);
            if (track != null && plan != null) {
                track.onceMore(plan, around(state), state.clockMillis, touched);
                learningChanged(plan, track, changed);
                state.dueMillis = Math.min(state.dueMillis, track.dueLogMillis(plan));
            }
        }
        reconcile(state, touched, true, state.clockMillis, out);
        changed.forEach(id -> announce(state, id, out));
    }

    /** The catalogue or the rules changed: what is no longer there lets go of its alarms. To be called once with each new detection. */
    public void adopt(FacilityState state, Announcements out) {
        var course = state.course;
        endShown(state, out);
        course.tracks.keySet().retainAll(planned.devices());
        course.tracks.forEach((device, track) -> track.become(planned.device(device), around(state)));
        restore(state);
        for (var id : new TreeSet<>(course.alarms.keySet())) {
            if (planned.judged(id) != null) {
                reconcile(state, id, false, state.clockMillis, out);
            } else {
                Reconciliation.end(course.alarms.remove(id), state.clockMillis, alarm -> announce(alarm, out));
            }
        }
        for (var id : new TreeSet<>(course.historic.keySet())) {
            if (planned.judged(id) != null) {
                reconcileHistoric(state, id, state.clockMillis, out);
            } else {
                Reconciliation.end(course.historic.remove(id), state.clockMillis, out::alarm);
            }
        }
        for (var id : new TreeSet<>(state.course.points.keySet())) {
            var device = deviceOf(id);
            var metric = id.substring(device.length() + 1);
            var place = planned.place(device, metric);
            boolean known = place != null && place.instrument() != null;
            if (!known || !asset.inService()) {
                var was = state.instruments.getOrDefault(metric, Instrument.State.CALM);
                state.instruments.put(metric, Instrument.forget(was, device, known, state.clockMillis, out::alarm));
                state.course.points.computeIfPresent(id, (i, point) -> known ? point.unexpected() : null);
            }
        }
        course.tolerance.keep(subject -> planned.devices().contains(subject.device()));
        state.intake.keySet().retainAll(planned.devices());
        state.instruments.keySet().retainAll(planned.metrics());
        state.clocks = Alarms.keep(state.clocks, state.intake::containsKey, state.clockMillis, out::alarm);
        state.repeats = Alarms.keep(state.repeats, state.intake::containsKey, state.clockMillis, out::alarm);
        var changed = new TreeSet<String>();
        course.tracks.forEach((device, track) -> learningChanged(planned.device(device), track, changed));
        changed.forEach(id -> announce(state, id, out));
    }

    /** Symptoms of what is not measured any more end, and incidents of patterns that are not judged any more do; others may now be. */
    private void endShown(FacilityState state, Announcements out) {
        var course = state.course;
        for (var entry : course.tracks.entrySet()) {
            for (var ended : entry.getValue().open(Symptoms.PREFIX)) {
                var symptom = ended.signal().substring(Symptoms.PREFIX.length());
                boolean judged = patterns != null
                        && patterns.knows(symptom)
                        && planned.places(patterns.metric(symptom)).containsKey(entry.getKey());
                if (!judged) {
                    var over = ended.episode().endingAt(Math.max(ended.episode().raisedMillis(), state.clockMillis));
                    course.shown.see(asset.id(), entry.getKey(), symptom, Spell.of(over));
                    out.showing(Showing.of(
                            asset.domain(), asset.id(), entry.getKey(), symptom, over, false, state.clockMillis));
                }
            }
        }
        course.incidents.entrySet().removeIf(entry -> {
            boolean judged = patterns != null
                    && !rules.pattern(entry.getKey().substring(Pattern.RULE.length()))
                            .disabled();
            if (!judged) {
                entry.getValue().end(state.clockMillis, out::alarm);
            }
            return !judged;
        });
        if (patterns != null) {
            reconcileIncidents(state, false, state.clockMillis, out);
        }
    }

    /** After a restart: what is pending is judged again before anything else is. */
    private void restore(FacilityState state) {
        var course = state.course;
        if (course.restored) {
            return;
        }
        course.restored = true;
        course.tracks.values().forEach(DeviceTrack::recall);
        course.tracks.forEach(
                (device, track) -> track.restore(planned.device(device), around(state), state.clockMillis));
    }

    private static String deviceOf(String point) {
        return point.substring(0, point.indexOf('.'));
    }
}
