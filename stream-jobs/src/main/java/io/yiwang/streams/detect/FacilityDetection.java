package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.Averaging;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.Ids;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.alarm.AlarmHistory;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.alarm.Reconciliation;
import io.yiwang.streams.detect.alarm.Reconciliation.Holder;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.course.DeviceCourse;
import io.yiwang.streams.detect.course.DevicePlan;
import io.yiwang.streams.detect.course.DevicePlan.Together;
import io.yiwang.streams.detect.course.DeviceTrack;
import io.yiwang.streams.detect.course.PointPlan;
import io.yiwang.streams.detect.course.PointPlan.Learning;
import io.yiwang.streams.detect.course.PointPlan.MeanPlan;
import io.yiwang.streams.detect.course.Row;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.course.Surroundings;
import io.yiwang.streams.detect.course.Windows;
import io.yiwang.streams.detect.instrument.Clocks;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.instrument.Repeats;
import io.yiwang.streams.detect.joint.Joint;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.detect.limits.LimitCondition;
import io.yiwang.streams.detect.pattern.Extremes;
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
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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
    private static final TreeSet<String> NONE = new TreeSet<>();

    private final FacilityAsset asset;
    private final FacilityRules rules;
    private final ZoneId zone;
    private final long slackMillis;
    private final long reconnectMillis;
    private final Intake intake;
    /** By device and metric. */
    private final Map<String, Map<String, Place>> places = new HashMap<>();
    /** Where a metric is measured, by device id. */
    private final Map<String, TreeMap<String, Integer>> placesByMetric = new HashMap<>();
    /** Devices whose limits move with a metric. */
    private final Map<String, TreeSet<String>> moversByMetric = new HashMap<>();

    private final Map<String, Instrument> instruments = new HashMap<>();
    /** Null when the domain has no pack. */
    private final @Nullable Patterns patterns;

    /**
     * A point of the catalogue.
     *
     * @param index of it at its device
     * @param periodSeconds 0 when it speaks on change only
     * @param instrument null when no pack knows the metric
     */
    private record Place(
            String id,
            int index,
            int periodSeconds,
            @Nullable Instrument instrument) {}

    private final Map<String, DevicePlan> plans = new TreeMap<>();
    private final Map<String, Judged> judgedById = new HashMap<>();

    /**
     * What can raise an alarm.
     *
     * @param places index of the point, or of the device as a whole, by the devices at which it is judged
     */
    private record Judged(TreeMap<String, Integer> places, Subject live, Subject historic) {}

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
        for (var device : asset.devices()) {
            var points = new ArrayList<PointPlan>();
            int longestPeriod = 0;
            for (var metric : new TreeSet<>(device.points().stream()
                    .map(FacilityAsset.PointAsset::metric)
                    .toList())) {
                var known = packs.metric(metric);
                known.ifPresent(
                        m -> instruments.computeIfAbsent(metric, code -> new Instrument(m, asset, slackMillis)));
                int period = device.points().stream()
                        .filter(point -> point.metric().equals(metric))
                        .mapToInt(FacilityAsset.PointAsset::periodSeconds)
                        .max()
                        .orElse(0);
                period = period > 0 ? period : known.map(m -> m.period()).orElse(0);
                places.computeIfAbsent(device.id(), id -> new HashMap<>())
                        .put(
                                metric,
                                new Place(
                                        Ids.point(device.id(), metric),
                                        points.size(),
                                        period,
                                        instruments.get(metric)));
                longestPeriod = Math.max(longestPeriod, period);
                placesByMetric.computeIfAbsent(metric, code -> new TreeMap<>()).put(device.id(), points.size());
                points.add(plan(domain.orElse(null), known.orElse(null), metric, device.id(), period, points.size()));
            }
            plans.put(
                    device.id(),
                    new DevicePlan(
                            device.id(),
                            points,
                            Intake.lateAfterMillis(longestPeriod) + slackMillis,
                            together(device.id(), points)));
        }
    }

    private PointPlan plan(
            @Nullable Domain domain,
            @Nullable Metric known,
            String metric,
            String device,
            int periodSeconds,
            int index) {
        var limits = new ArrayList<Signal>();
        var means = new TreeMap<String, List<Signal>>();
        for (var placed : rules.limits()) {
            var rule = placed.rule();
            if (!rule.metric().equals(metric)
                    || !rule.evaluated()
                    || !placed.devices().contains(device)) {
                continue;
            }
            judge(
                    rule.id(),
                    device,
                    index,
                    () -> LimitCondition.subject(rule, asset, false),
                    () -> LimitCondition.subject(rule, asset, true));
            var signal = LimitCondition.signal(rule, slackMillis);
            if (rule.statistic().equals(Limit.RAW)) {
                limits.add(signal);
            } else if (periodSeconds > 0) {
                means.computeIfAbsent(rule.statistic(), code -> new ArrayList<>())
                        .add(signal);
            }
            if (rule.formula() != null) {
                for (var mover : rule.formula().metrics()) {
                    moversByMetric
                            .computeIfAbsent(mover, code -> new TreeSet<>())
                            .add(device);
                }
            }
        }
        var signals = new ArrayList<>(limits);
        var extremes = Extremes.Plan.NOTHING;
        if (domain != null) {
            signals.addAll(Symptoms.of(domain, asset, metric, slackMillis));
            extremes = Symptoms.plan(domain, asset, metric, periodSeconds);
        }
        var setting = rules.learned(Ids.point(device, metric));
        Learning learning = null;
        if (known != null && known.learned() && !setting.disabled()) {
            var rule = LearnedCondition.ruleOf(metric);
            learning = new Learning(new Baseline(Baseline.Settings.DEFAULT, periodSeconds, zone), rule);
            signals.add(LearnedCondition.ofPoint(metric));
            judge(rule, device, index, () -> LearnedCondition.subject(known, asset, setting), null);
        }
        var meanPlans = new ArrayList<MeanPlan>();
        means.forEach((code, of) -> meanPlans.add(
                new MeanPlan(code, new Windows(Averaging.of(code).orElseThrow(), zone, periodSeconds), of)));
        return new PointPlan(metric, signals, limits, meanPlans, extremes, learning);
    }

    private @Nullable Together together(String device, List<PointPlan> points) {
        var learned = IntStream.range(0, points.size())
                .filter(i -> points.get(i).learning() != null)
                .limit(Joint.MOST_METRICS)
                .toArray();
        var setting = rules.joint(device);
        if (learned.length < Joint.FEWEST_METRICS || setting.disabled()) {
            return null;
        }
        var metrics =
                Arrays.stream(learned).mapToObj(i -> points.get(i).metric()).toList();
        var signal = LearnedCondition.ofDevice(device, metrics);
        judge(signal.id(), device, DeviceCourse.WHOLE, () -> LearnedCondition.subject(device, asset, setting), null);
        return new Together(new Joint(Joint.Settings.DEFAULT, learned.length, zone), learned, signal);
    }

    /** @param historic null when it is not judged in readings too late to be live */
    private void judge(
            String rule, String device, int index, Supplier<Subject> live, @Nullable Supplier<Subject> historic) {
        judgedById
                .computeIfAbsent(
                        rule,
                        id -> new Judged(new TreeMap<>(), live.get(), historic == null ? live.get() : historic.get()))
                .places
                .put(device, index);
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
        var judged = intake.on(
                state.intake.getOrDefault(message.device(), Intake.State.EMPTY), message, this::periodSeconds);
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
            onInstrument(state, reading, changed, out);
        }
        var plan = plans.get(message.device());
        if (plan != null) {
            judge(state, plan, judged.readings(), changed, out);
        }
        changed.forEach(id -> announce(state, id, out));
    }

    /** Null when the catalogue has no such point. */
    private @Nullable Place place(String device, String metric) {
        var of = places.get(device);
        return of == null ? null : of.get(metric);
    }

    private int periodSeconds(String device, String metric) {
        var place = place(device, metric);
        return place == null ? 0 : place.periodSeconds;
    }

    private void onInstrument(FacilityState state, Reading reading, Set<String> changed, Announcements out) {
        var place = place(reading.device(), reading.metric());
        if (place == null || place.instrument == null) {
            return;
        }
        var id = place.id;
        var before = state.course.points.getOrDefault(id, Instrument.Point.NEW);
        boolean inOrder = !reading.late() && reading.eventTimeMillis() >= before.newestMillis();
        var alarms = state.instruments.getOrDefault(reading.metric(), Instrument.State.CALM);
        var step = place.instrument.on(
                before,
                alarms,
                reading,
                // That a device is gone is told by who speaks for it, whose clock is another one.
                reading.quality() == Quality.OFFLINE ? !reading.late() : inOrder,
                place.periodSeconds,
                asset.inService()
                        && (reading.quality() != Quality.OFFLINE
                                || !rules.isUnderMaintenance(reading.device(), reading.eventTimeMillis())),
                () -> samples(state, reading.device(), place.index),
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
            FacilityState state, DevicePlan plan, List<Reading> readings, Set<String> changed, Announcements out) {
        var now = row(plan, readings, false);
        var past = row(plan, readings, true);
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
    private @Nullable Row row(DevicePlan plan, List<Reading> readings, boolean late) {
        double[] values = null;
        for (var reading : readings) {
            var place = reading.isGood() && reading.late() == late ? place(plan.device(), reading.metric()) : null;
            if (place != null) {
                if (values == null) {
                    values = new double[plan.points().size()];
                    Arrays.fill(values, Double.NaN);
                }
                values[place.index] = reading.number();
            }
        }
        var first = readings.isEmpty() ? null : readings.get(0);
        return values == null ? null : new Row(first.eventTimeMillis(), first.logTimeMillis(), values);
    }

    /** Limits of other devices that move with what this one says are judged again when its time was judged already. */
    private boolean tell(FacilityState state, DevicePlan plan, Row row, Set<String> touched, Set<String> changed) {
        boolean corrected = false;
        for (int i = 0; i < row.values().length && !moversByMetric.isEmpty(); i++) {
            if (Double.isNaN(row.values()[i])) {
                continue;
            }
            for (var device : moversByMetric.getOrDefault(plan.points().get(i).metric(), NONE)) {
                var track = state.course.tracks.get(device);
                if (!device.equals(plan.device())
                        && track != null
                        && track.live().newestMillis() >= row.eventMillis()) {
                    track.onceMore(plans.get(device), around(state), state.clockMillis, touched);
                    learningChanged(plans.get(device), track, changed);
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
        for (var place : judgedById.get(signal.id()).places.entrySet()) {
            var track = state.course.tracks.get(place.getKey());
            if (track != null && track.covers(place.getValue(), signal.id(), eventMillis)) {
                track.fold(plans.get(place.getKey()), place.getValue(), signal, eventMillis, value, around(state));
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
        for (var place : placesByMetric
                .getOrDefault(patterns.metric(symptom), new TreeMap<>())
                .entrySet()) {
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
        var judged = judgedById.get(id);
        if (judged == null) {
            return;
        }
        var history = state.course.alarms.computeIfAbsent(id, rule -> new AlarmHistory());
        long forget = state.clockMillis - DeviceTrack.KEPT_MILLIS;
        var holders = new ArrayList<Holder>();
        for (var place : judged.places.entrySet()) {
            var track = state.course.tracks.get(place.getKey());
            if (track != null) {
                hold(holders, place.getKey(), track.live(), place.getValue(), id, forget);
            }
        }
        Reconciliation.reconcile(
                history,
                holders,
                judged.live,
                corrected,
                settledMillis(state),
                forget,
                logMillis,
                alarm -> tell(alarm, out));
    }

    /** What is unusual here may be so at many facilities at once. */
    private static void tell(Alarm alarm, Announcements out) {
        out.alarm(alarm);
        if (LearnedCondition.isLearned(alarm.getRule()) && alarm.getStep() != AlarmStep.UPDATED) {
            Showing.of(alarm).forEach(out::showing);
        }
    }

    private void reconcileHistoric(FacilityState state, String id, long logMillis, Announcements out) {
        var judged = judgedById.get(id);
        if (judged == null) {
            return;
        }
        var history = state.course.historic.computeIfAbsent(id, rule -> new AlarmHistory());
        var holders = new ArrayList<Holder>();
        for (var place : judged.places.entrySet()) {
            var track = state.course.tracks.get(place.getKey());
            if (track != null && track.late() != null) {
                hold(holders, place.getKey(), track.late(), place.getValue(), id, Long.MIN_VALUE);
            }
        }
        // What was recorded stays recorded when a device's late readings end before another's.
        Reconciliation.reconcile(
                history, holders, judged.historic, false, Long.MAX_VALUE, Long.MIN_VALUE, logMillis, out::alarm);
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

    /** @param state null for a late reading: of other metrics only the newest values are kept, not those of its time */
    private Surroundings around(@Nullable FacilityState state) {
        return new Surroundings() {
            @Override
            public LimitFormula.Readings at(long eventMillis) {
                return state == null ? new Past(eventMillis) : new Known(state, eventMillis);
            }

            @Override
            public boolean isUnderMaintenance(String device, long eventMillis) {
                return rules.isUnderMaintenance(device, eventMillis);
            }

            @Override
            public double tolerance(String rule, String device, long eventMillis) {
                return state == null ? 1 : state.course.tolerance.at(rule, device, eventMillis);
            }

            @Override
            public List<String> widenedBy(String rule, String device, long eventMillis) {
                return state == null
                        ? List.of()
                        : state.course
                                .tolerance
                                .explain(rule, device, eventMillis)
                                .widenedBy();
            }

            @Override
            public Set<String> expected(String device, long afterMillis, long tillMillis) {
                return state == null ? Set.of() : state.course.tolerance.expected(device, afterMillis, tillMillis);
            }
        };
    }

    private class Past implements LimitFormula.Readings {
        private final long eventMillis;

        Past(long eventMillis) {
            this.eventMillis = eventMillis;
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
            var local = Instant.ofEpochMilli(eventMillis).atZone(zone).toLocalTime();
            return local.toNanoOfDay() / 3.6e12;
        }
    }

    /** What the facility's devices had said up to a time by their clocks; a value counts until its point would be silent. */
    private final class Known extends Past {
        private final FacilityState state;
        private final long eventMillis;

        Known(FacilityState state, long eventMillis) {
            super(eventMillis);
            this.state = state;
            this.eventMillis = eventMillis;
        }

        /** Of several points the one that spoke last by its own clock; of equally new ones the last in the order of ids. */
        @Override
        public double here(String metric) {
            var newest = Long.MIN_VALUE;
            var value = Double.NaN;
            for (var place :
                    placesByMetric.getOrDefault(metric, new TreeMap<>()).entrySet()) {
                var track = state.course.tracks.get(place.getKey());
                if (track == null) {
                    continue;
                }
                var recent = track.live().point(place.getValue()).recent;
                long spoke = recent.millisAt(eventMillis);
                int period = periodSeconds(place.getKey(), metric);
                boolean heard = spoke != Long.MIN_VALUE
                        && (period == 0 || eventMillis - spoke <= Instrument.silentAfterMillis(period) + slackMillis);
                if (heard && spoke >= newest) {
                    newest = spoke;
                    value = recent.numberAt(eventMillis);
                }
            }
            return value;
        }
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
        var place = place(device, id.substring(device.length() + 1));
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
        var learning = track == null ? null : track.learning(plans.get(device), place.index);
        if (learning != null) {
            quality.setLearning(
                    switch (learning) {
                        case LEARNS -> io.yiwang.model.wire.Learning.LEARNS;
                        case READY -> io.yiwang.model.wire.Learning.READY;
                        case FROZEN -> io.yiwang.model.wire.Learning.FROZEN;
                    });
            if (learning == Baseline.Learning.LEARNS) {
                quality.setReadyMillis(track.live().point(place.index).baseline.readyAtTheEarliestMillis());
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
                track.conclude(plans.get(device), due, around(state), touched);
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
            next = Math.min(next, Math.min(track.dueLogMillis(plans.get(entry.getKey())), track.lateDueLogMillis()));
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
            var place = place(device, metric);
            if (place == null || place.instrument == null) {
                throw new IllegalStateException(
                        "point " + id + " of facility " + asset.id() + " is not in the catalogue");
            }
            var point = state.course.points.get(id);
            long workEnds = rules.maintenanceEndMillis(device, due);
            if (workEnds > due) {
                state.course.points.put(
                        id, point.afterBreak(workEnds - due, Instrument.silentAfterMillis(place.periodSeconds)));
                continue;
            }
            var step = place.instrument.conclude(
                    point,
                    state.instruments.getOrDefault(metric, Instrument.State.CALM),
                    device,
                    () -> samples(state, device, place.index),
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
            var plan = plans.get(device);
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
            var plan = plans.get(device);
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
        course.tracks.keySet().retainAll(plans.keySet());
        course.tracks.forEach((device, track) -> track.become(plans.get(device), around(state)));
        restore(state);
        for (var id : new TreeSet<>(course.alarms.keySet())) {
            if (judgedById.containsKey(id)) {
                reconcile(state, id, false, state.clockMillis, out);
            } else {
                Reconciliation.end(course.alarms.remove(id), state.clockMillis, alarm -> tell(alarm, out));
            }
        }
        for (var id : new TreeSet<>(course.historic.keySet())) {
            if (judgedById.containsKey(id)) {
                reconcileHistoric(state, id, state.clockMillis, out);
            } else {
                Reconciliation.end(course.historic.remove(id), state.clockMillis, out::alarm);
            }
        }
        for (var id : new TreeSet<>(state.course.points.keySet())) {
            var device = deviceOf(id);
            var metric = id.substring(device.length() + 1);
            var place = place(device, metric);
            boolean known = place != null && place.instrument != null;
            if (!known || !asset.inService()) {
                var was = state.instruments.getOrDefault(metric, Instrument.State.CALM);
                state.instruments.put(metric, Instrument.forget(was, device, known, state.clockMillis, out::alarm));
                state.course.points.computeIfPresent(id, (i, point) -> known ? point.unexpected() : null);
            }
        }
        course.tolerance.keep(subject -> plans.containsKey(subject.device()));
        state.intake.keySet().retainAll(plans.keySet());
        state.instruments.keySet().retainAll(instruments.keySet());
        state.clocks = Alarms.keep(state.clocks, state.intake::containsKey, state.clockMillis, out::alarm);
        state.repeats = Alarms.keep(state.repeats, state.intake::containsKey, state.clockMillis, out::alarm);
        var changed = new TreeSet<String>();
        course.tracks.forEach((device, track) -> learningChanged(plans.get(device), track, changed));
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
                        && placesByMetric
                                .getOrDefault(patterns.metric(symptom), new TreeMap<>())
                                .containsKey(entry.getKey());
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
                    && !rules.pattern(entry.getKey().substring(Incident.PREFIX.length()))
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
        course.tracks.forEach((device, track) -> track.restore(plans.get(device), around(state), state.clockMillis));
    }

    private static String deviceOf(String point) {
        return point.substring(0, point.indexOf('.'));
    }
}
