package io.yiwang.streams.detect;

import io.yiwang.model.domain.Averaging;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.Ids;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.course.DeviceCourse;
import io.yiwang.streams.detect.course.DevicePlan;
import io.yiwang.streams.detect.course.DevicePlan.Together;
import io.yiwang.streams.detect.course.PointPlan;
import io.yiwang.streams.detect.course.PointPlan.Learning;
import io.yiwang.streams.detect.course.PointPlan.MeanPlan;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.course.Windows;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.joint.Joint;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.detect.limits.LimitCondition;
import io.yiwang.streams.detect.pattern.Extremes;
import io.yiwang.streams.detect.pattern.Symptoms;
import io.yiwang.streams.intake.Intake;
import io.yiwang.streams.kafka.FacilityAsset;
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

/** What is judged at a facility as the catalogue and the rules have it now. Immutable. */
final class FacilityPlan {
    private static final TreeSet<String> NONE = new TreeSet<>();
    private static final TreeMap<String, Integer> NOWHERE = new TreeMap<>();

    private final FacilityAsset asset;
    private final FacilityRules rules;
    private final ZoneId zone;
    private final long slackMillis;
    /** By device and metric. */
    private final Map<String, Map<String, Place>> places = new HashMap<>();
    /** Where a metric is measured, by device id. */
    private final Map<String, TreeMap<String, Integer>> placesByMetric = new HashMap<>();
    /** Devices whose limits move with a metric. */
    private final Map<String, TreeSet<String>> moversByMetric = new HashMap<>();

    private final Map<String, Instrument> instruments = new HashMap<>();
    private final Map<String, DevicePlan> plans = new TreeMap<>();
    private final Map<String, Judged> judgedById = new HashMap<>();

    /**
     * A point of the catalogue.
     *
     * @param index of it at its device
     * @param periodSeconds 0 when it speaks on change only
     * @param instrument null when no pack knows the metric
     */
    record Place(
            String id,
            int index,
            int periodSeconds,
            @Nullable Instrument instrument) {}

    /**
     * What can raise an alarm.
     *
     * @param places index of the point, or of the device as a whole, by the devices at which it is judged
     */
    record Judged(TreeMap<String, Integer> places, Subject live, Subject historic) {}

    /**
     * @param rules what holds at the facility
     * @param zone where the city lives, for limits that move with the hour
     * @param slackMillis as in {@link Signal}
     */
    FacilityPlan(DomainPacks packs, FacilityAsset asset, FacilityRules rules, ZoneId zone, long slackMillis) {
        this.asset = asset;
        this.rules = rules;
        this.zone = zone;
        this.slackMillis = slackMillis;
        var domain = packs.domain(asset.domain());
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
                            moversByMetric.values().stream().anyMatch(movers -> movers.contains(device.id())),
                            Intake.lateAfterMillis(longestPeriod) + slackMillis,
                            together(device.id(), points)));
        }
    }

    /** Ids of its devices, sorted. */
    Set<String> devices() {
        return plans.keySet();
    }

    /** Null when the catalogue has no such device. */
    DevicePlan device(String device) {
        return plans.get(device);
    }

    /** Metrics that a pack knows. */
    Set<String> metrics() {
        return instruments.keySet();
    }

    /** Null when the rule raises no alarm here. */
    @Nullable
    Judged judged(String rule) {
        return judgedById.get(rule);
    }

    /** The points of a device, by metric; empty when the catalogue has no such device. */
    Map<String, Place> points(String device) {
        return places.getOrDefault(device, Map.of());
    }

    /** Null when the catalogue has no such point. */
    @Nullable
    Place place(String device, String metric) {
        return points(device).get(metric);
    }

    /** 0 when there is no such point, or it speaks on change only. */
    static int periodSeconds(@Nullable Place place) {
        return place == null ? 0 : place.periodSeconds;
    }

    /** Where the metric is measured: index of the point at its device, by device id. */
    TreeMap<String, Integer> places(String metric) {
        return placesByMetric.getOrDefault(metric, NOWHERE);
    }

    boolean hasMovers() {
        return !moversByMetric.isEmpty();
    }

    /** Devices whose limits move with the metric. */
    Set<String> movers(String metric) {
        return moversByMetric.getOrDefault(metric, NONE);
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
}
