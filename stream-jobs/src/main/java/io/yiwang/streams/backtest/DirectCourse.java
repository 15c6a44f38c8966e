package io.yiwang.streams.backtest;

import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.course.DevicePlan;
import io.yiwang.streams.detect.course.DeviceTrack;
import io.yiwang.streams.detect.course.PointPlan;
import io.yiwang.streams.detect.course.Row;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.course.Surroundings;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.instrument.Instrument.Standing;
import io.yiwang.streams.detect.joint.Joint;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.detect.limits.LimitCondition;
import io.yiwang.streams.detect.pattern.Extremes;
import io.yiwang.streams.intake.Plausibility;
import io.yiwang.streams.intake.PointMemory;
import io.yiwang.streams.intake.Quality;
import io.yiwang.streams.intake.Reading;
import io.yiwang.streams.kafka.FacilityAsset;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Judges rows by the parts that the detect job judges messages by, without making messages of them: what the first stage says of a
 * value, instruments, limits, what is learned of each series and of all together. While nothing happens nothing is made; the parts that
 * make things are asked only when something does. A test holds it against the job's own way, message by message.
 */
final class DirectCourse implements Course {
    /** Event time without a violation after which nothing of the limits is remembered, ms: more than any alarm can return in. */
    private static final long QUIET_MILLIS = 2 * DeviceTrack.KEPT_MILLIS;

    private static final String JOINT_RULE = LearnedCondition.JOINT + SeriesSet.DEVICE;
    private static final long NEVER = Long.MAX_VALUE;
    private static final String[] SHAPES = Arrays.stream(Baseline.Shape.values())
            .map(shape -> shape.name().toLowerCase(Locale.ROOT))
            .toArray(String[]::new);

    private final Series[] series;
    private final Episodes out;
    private final DevicePlan plan;
    private final Surroundings around = new Alone();
    private final @Nullable Joint joint;
    private final Joint.@Nullable State together;
    private final int jointGrade;
    /** Which series are learned together, and their values in the row. */
    private final int[] members;

    private final double[] memberValues;
    private final Strangeness strangeTogether = new Strangeness();
    /** The good values of the row. */
    private final double[] good;

    private final Set<String> touched = new TreeSet<>();
    /** Null while no limit has been violated lately. */
    private @Nullable DeviceTrack track;

    private long violatedMillis;
    private long newestMillis = TimeForm.NONE;
    /** No point's silence is due earlier; may be too early, never too late. */
    private long silenceMillis = NEVER;

    /** @param zone where the day begins and ends */
    DirectCourse(SeriesSet set, ZoneId zone, Episodes out) {
        this.out = out;
        var domain = set.packs().all().get(0);
        var rules = domain.rulesOf(set.asset().toWire());
        series = new Series[set.size()];
        good = new double[set.size()];
        var points = new ArrayList<PointPlan>();
        for (int i = 0; i < series.length; i++) {
            var code = SeriesSet.code(i);
            var metric = set.packs().metric(code).orElseThrow();
            var own = rules.stream().filter(rule -> rule.metric().equals(code)).toList();
            series[i] = new Series(metric, set.asset(), own, zone);
            var signals =
                    own.stream().map(rule -> LimitCondition.signal(rule, 0)).toList();
            points.add(plan(code, signals));
        }
        plan = new DevicePlan(SeriesSet.DEVICE, points, false, 0, null);
        members = IntStream.range(0, series.length)
                .filter(i -> series[i].isLearned())
                .limit(Joint.MOST_METRICS)
                .toArray();
        memberValues = new double[members.length];
        joint = members.length >= Joint.FEWEST_METRICS ? new Joint(Joint.Settings.DEFAULT, members.length, zone) : null;
        together = joint == null ? null : joint.fresh();
        jointGrade = LearnedCondition.subject(SeriesSet.DEVICE, set.asset(), FacilityRules.Learned.AS_USUAL)
                .grade();
    }

    private static PointPlan plan(String code, List<Signal> signals) {
        return new PointPlan(code, signals, List.of(), List.of(), Extremes.Plan.NOTHING, null);
    }

    /** What is remembered of one series. */
    private static final class Series {
        private final Metric metric;
        private final Plausibility plausibility;
        private final Instrument instrument;
        private final Rule[] limits;
        private final String baselineRule;
        private final Baseline baseline;
        private final Baseline.State learned;
        private final int learnedGrade;
        private final long silentAfterMillis;
        private final PointMemory memory = new PointMemory();
        private Instrument.Point point = Instrument.Point.NEW;
        private Instrument.State alarms = Instrument.State.CALM;
        /** The instrument is well, so that a good reading changes nothing but what stands here and not in the point. */
        private boolean steady;

        private long heardMillis;
        private double last;
        private final Strangeness strange = new Strangeness();

        Series(Metric metric, FacilityAsset facility, List<Rule> limits, ZoneId zone) {
            this.metric = metric;
            instrument = new Instrument(metric, facility, 0);
            learnedGrade = LearnedCondition.subject(metric, facility, FacilityRules.Learned.AS_USUAL)
                    .grade();
            this.limits = limits.toArray(Rule[]::new);
            plausibility = new Plausibility(metric);
            baselineRule = LearnedCondition.ruleOf(metric.code());
            baseline = new Baseline(Baseline.Settings.DEFAULT, metric.period(), zone);
            learned = baseline.fresh();
            silentAfterMillis = Instrument.silentAfterMillis(metric.period());
        }

        boolean isLearned() {
            return metric.learned();
        }

        long dueMillis() {
            return steady ? heardMillis + silentAfterMillis : point.dueLogMillis();
        }

        /** The newest good reading; nobody looks at the others. */
        List<Sample> samples() {
            return heardMillis == 0
                    ? List.of()
                    : List.of(Sample.newBuilder()
                            .setDevice(SeriesSet.DEVICE)
                            .setEventTimeMillis(heardMillis)
                            .setNumber(last)
                            .build());
        }

        /** The instrument as the job keeps it. */
        Instrument.Point point() {
            return steady
                    ? new Instrument.Point(
                            Standing.GOOD,
                            point.sinceMillis(),
                            0,
                            Instrument.IN_A_ROW,
                            point.badSinceMillis(),
                            heardMillis,
                            heardMillis,
                            heardMillis + silentAfterMillis,
                            Instrument.IN_A_ROW,
                            0)
                    : point;
        }

        void becomes(Instrument.Point next, Instrument.State nextAlarms) {
            point = next;
            alarms = nextAlarms;
            steady = next.standing() == Standing.GOOD
                    && next.bad() == 0
                    && next.good() == Instrument.IN_A_ROW
                    && next.moving() == Instrument.IN_A_ROW
                    && next.doubt() == 0
                    && !nextAlarms.range().isOpen()
                    && !nextAlarms.silent().isOpen()
                    && !nextAlarms.stuck().isOpen()
                    && !nextAlarms.rate().isOpen()
                    && !nextAlarms.noise().isOpen();
        }
    }

    /** A device that is alone in the world, with limits that do not move. */
    private static final class Alone implements Surroundings, LimitFormula.Readings {
        @Override
        public LimitFormula.Readings at(long eventMillis) {
            return this;
        }

        @Override
        public boolean isUnderMaintenance(String device, long eventMillis) {
            return false;
        }

        @Override
        public Set<String> expected(String device, long afterMillis, long tillMillis) {
            return Set.of();
        }

        @Override
        public double tolerance(String rule, String device, long eventMillis) {
            return 1;
        }

        @Override
        public List<String> widenedBy(String rule, String device, long eventMillis) {
            return List.of();
        }

        @Override
        public double here(String metric) {
            return Double.NaN;
        }

        @Override
        public double districtMean(String metric) {
            return Double.NaN;
        }

        @Override
        public double hour() {
            return Double.NaN;
        }
    }

    @Override
    public void on(long millis, double[] values) {
        conclude(millis);
        newestMillis = millis;
        boolean isAny = false;
        boolean isViolated = false;
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            good[i] = Double.NaN;
            if (Double.isNaN(value)) {
                continue;
            }
            var one = series[i];
            var quality = quality(one, millis, value);
            boolean isGood = quality == Quality.GOOD;
            if (isGood && one.steady) {
                one.heardMillis = millis;
                one.last = value;
            } else {
                tellInstrument(one, quality, millis, value);
            }
            if (isGood) {
                good[i] = value;
                isAny = true;
                for (var rule : one.limits) {
                    isViolated |= rule.violatedBy(value);
                }
            }
        }
        if (!isAny) {
            return;
        }
        if (isViolated || track != null) {
            judgeLimits(millis, isViolated);
        }
        for (int i = 0; i < good.length; i++) {
            if (!Double.isNaN(good[i]) && series[i].isLearned()) {
                judgeLearned(i, millis);
            }
        }
        if (joint != null && together != null) {
            judgeTogether(joint, together, millis);
        }
    }

    private static Quality quality(Series one, long millis, double value) {
        if (!one.metric.range().contains(value)) {
            return Quality.OUT_OF_RANGE;
        }
        return one.plausibility.remembers() ? one.plausibility.judge(one.memory, millis, value) : Quality.GOOD;
    }

    private void tellInstrument(Series one, Quality quality, long millis, double value) {
        var reading = new Reading(
                SeriesSet.DEVICE,
                one.metric.code(),
                millis,
                millis,
                quality == Quality.OUT_OF_RANGE ? Double.NaN : value,
                quality,
                false,
                one.memory.sinceMillis(quality, millis));
        var step = one.instrument.on(
                one.point(), one.alarms, reading, true, one.metric.period(), true, one::samples, out::alarm);
        one.becomes(step.point(), step.state());
        if (quality == Quality.GOOD) {
            one.heardMillis = millis;
            one.last = value;
        }
        silenceMillis = Math.min(silenceMillis, one.dueMillis());
    }

    /** Whatever is due up to now, each at its own time. */
    private void conclude(long millis) {
        while (true) {
            long due = silenceMillis <= millis ? earliestSilence() : silenceMillis;
            if (track != null) {
                due = Math.min(due, track.dueLogMillis(plan));
            }
            if (due > millis) {
                return;
            }
            for (var one : series) {
                if (one.dueMillis() <= due) {
                    var step = one.instrument.conclude(
                            one.point(), one.alarms, SeriesSet.DEVICE, one::samples, out::alarm);
                    one.becomes(step.point(), step.state());
                }
            }
            if (track != null) {
                track.conclude(plan, due, around, touched);
                tellLimits(due);
            }
        }
    }

    private long earliestSilence() {
        silenceMillis = NEVER;
        for (var one : series) {
            silenceMillis = Math.min(silenceMillis, one.dueMillis());
        }
        return silenceMillis;
    }

    private void judgeLimits(long millis, boolean isViolated) {
        if (track == null) {
            track = new DeviceTrack(plan);
        }
        track.on(plan, new Row(millis, millis, good.clone()), around, millis, touched);
        tellLimits(millis);
        if (isViolated) {
            violatedMillis = millis;
        } else if (millis - violatedMillis > QUIET_MILLIS && isCalm(track)) {
            track = null;
        }
    }

    private boolean isCalm(DeviceTrack of) {
        for (int i = 0; i < series.length; i++) {
            for (var rule : series[i].limits) {
                if (of.live().point(i).signal(rule.id()) != null) {
                    return false;
                }
            }
        }
        return true;
    }

    private void tellLimits(long millis) {
        if (track == null || touched.isEmpty()) {
            return;
        }
        for (int i = 0; i < series.length; i++) {
            for (var rule : series[i].limits) {
                if (touched.contains(rule.id())) {
                    var signal = track.live().point(i).signal(rule.id());
                    var episode = signal == null ? null : signal.episode();
                    if (episode != null) {
                        if (episode.isOpen() || out.isRunning(rule.id())) {
                            out.seeCertain(
                                    rule.id(),
                                    i,
                                    millis,
                                    episode.peak(),
                                    rule.side().code(),
                                    rule.grade());
                        }
                        if (!episode.isOpen()) {
                            out.end(rule.id(), millis);
                        }
                    }
                }
            }
        }
        touched.clear();
    }

    /** An alarm of something learned, as far as it has gone. One that returns soon is the same and remembers its worst. */
    private static final class Strangeness {
        private boolean isOpen;
        private long endMillis = TimeForm.NONE;
        private double peak;
        private double score;
        private String shape = "";

        /** @return whether this row says more than the ones before */
        boolean goesOn(long onsetMillis, long millis, double value, double nowScore, String nowShape) {
            boolean begins = !isOpen;
            boolean returns =
                    endMillis != TimeForm.NONE && Math.min(onsetMillis, millis) - endMillis <= Signal.RETURN_MILLIS;
            isOpen = true;
            if (begins && !returns || nowScore > score) {
                peak = value;
                score = nowScore;
                shape = nowShape;
                return true;
            }
            return begins;
        }

        /** @return whether it was open */
        boolean ends(long millis) {
            boolean was = isOpen;
            isOpen = false;
            endMillis = was ? millis : endMillis;
            return was;
        }
    }

    private void judgeLearned(int i, long millis) {
        var one = series[i];
        var learned = one.learned;
        one.baseline.step(learned, millis, good[i], 1);
        // A value that stands still is the first stage's matter.
        if (learned.alarming() && learned.shape() != Baseline.Shape.STUCK) {
            var strange = one.strange;
            if (strange.goesOn(learned.onsetMillis(), millis, good[i], learned.score(), word(learned.shape()))) {
                out.see(one.baselineRule, i, millis, strange.peak, strange.shape, one.learnedGrade, strange.score);
            }
        } else if (one.strange.ends(millis)) {
            out.end(one.baselineRule, millis);
        }
    }

    private static String word(Baseline.Shape shape) {
        return SHAPES[shape.ordinal()];
    }

    private void judgeTogether(Joint judge, Joint.State state, long millis) {
        int known = 0;
        for (int i = 0; i < members.length; i++) {
            memberValues[i] = good[members[i]];
            known += Double.isNaN(memberValues[i]) ? 0 : 1;
        }
        if (known < 2) {
            return;
        }
        judge.step(state, millis, memberValues, 1);
        if (state.alarming()) {
            if (strangeTogether.goesOn(state.onsetMillis(), millis, state.score(), state.score(), "joint")) {
                out.see(
                        JOINT_RULE,
                        Episodes.TOGETHER,
                        millis,
                        strangeTogether.peak,
                        strangeTogether.shape,
                        jointGrade,
                        strangeTogether.score);
            }
        } else if (strangeTogether.ends(millis)) {
            out.end(JOINT_RULE, millis);
        }
    }

    @Override
    public void resume(long millis) {
        if (newestMillis == TimeForm.NONE || millis <= newestMillis) {
            return;
        }
        for (var one : series) {
            one.becomes(one.point().afterBreak(millis - newestMillis, 1000 * Instrument.RECONNECT_SECONDS), one.alarms);
            // What it is due at stands in the point until it is heard again.
            one.steady = false;
        }
        earliestSilence();
    }

    @Override
    public double unusual(int of) {
        return series[of].learned.score();
    }

    @Override
    public double unusualTogether() {
        return together == null || together.readiness() == Joint.Readiness.LEARNS ? Double.NaN : together.score();
    }
}
