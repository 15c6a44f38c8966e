package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.joint.Joint;
import io.yiwang.streams.detect.pattern.Extremes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is remembered of a device's points after its rows up to some event time. Mutable, copied when the past is judged again. */
public final class DeviceCourse {
    private PointCourse[] points;
    private long newestMillis = Long.MIN_VALUE;
    /** Of the device as a whole: its signals only. */
    private PointCourse whole = new PointCourse();
    /** What was learned of its points together; null when nothing is. */
    private Joint.@Nullable State joint;

    DeviceCourse(int size) {
        points = new PointCourse[size];
        for (int i = 0; i < size; i++) {
            points[i] = new PointCourse();
        }
    }

    /** Index of the device as a whole. */
    public static final int WHOLE = -1;

    public PointCourse point(int index) {
        return index == WHOLE ? whole : points[index];
    }

    public Joint.@Nullable State joint() {
        return joint;
    }

    /** Event time of the newest row, {@code Long.MIN_VALUE} before the first. */
    public long newestMillis() {
        return newestMillis;
    }

    /**
     * Judges a row that is not older than the newest.
     *
     * @param touched gets the ids of the signals whose episodes began, went on or ended; null when nobody wants to know
     */
    public void step(DevicePlan plan, Row row, Surroundings around, @Nullable Set<String> touched) {
        var expected = around.expected(plan.device(), newestMillis, row.eventMillis());
        if (!expected.isEmpty()) {
            accept(plan, expected);
        }
        // All of a message is known at once.
        recall(row);
        newestMillis = row.eventMillis();
        var values = row.values();
        Moment moment = null;
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i])) {
                if (moment == null) {
                    moment = moment(plan, row, around);
                }
                var point = plan.points().get(i);
                finishMeans(points[i], point, moment, touched);
                moment.is(points[i], values[i]);
                if (point.extremes() != Extremes.Plan.NOTHING) {
                    points[i].extremes =
                            Extremes.after(points[i].extremes, point.extremes(), row.eventMillis(), values[i]);
                }
                learn(plan, points[i], point, moment, around);
                judge(points[i], point.signals(), moment, touched);
                for (var mean : point.means()) {
                    points[i]
                            .means
                            .computeIfAbsent(mean.code(), code -> new Statistic())
                            .on(mean.windows(), row.eventMillis(), values[i]);
                }
            }
        }
        learnTogether(plan, row, moment, around, touched);
    }

    private static void learn(
            DevicePlan plan, PointCourse course, PointPlan point, Moment moment, Surroundings around) {
        var learning = point.learning();
        if (learning == null || moment.unjudged) {
            return;
        }
        if (course.baseline == null) {
            course.baseline = learning.baseline().fresh();
        }
        tolerate(moment, learning.rule(), plan.device(), around);
        learning.baseline().step(course.baseline, moment.eventMillis, moment.value, moment.tolerance);
    }

    private static void tolerate(Moment moment, String rule, String device, Surroundings around) {
        moment.tolerance = around.tolerance(rule, device, moment.eventMillis);
        moment.widenedBy = moment.tolerance > 1 ? around.widenedBy(rule, device, moment.eventMillis) : List.of();
    }

    private void learnTogether(
            DevicePlan plan, Row row, @Nullable Moment moment, Surroundings around, @Nullable Set<String> touched) {
        var together = plan.together();
        if (together == null || moment == null || moment.unjudged) {
            return;
        }
        var values = new double[together.points().length];
        int good = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = row.values()[together.points()[i]];
            good += Double.isNaN(values[i]) ? 0 : 1;
        }
        if (good < 2) {
            return;
        }
        if (joint == null) {
            joint = together.joint().fresh();
        }
        tolerate(moment, together.signal().id(), plan.device(), around);
        together.joint().step(joint, row.eventMillis(), values, moment.tolerance);
        moment.is(whole, joint.score());
        moment.joint = joint;
        judge(whole, List.of(together.signal()), moment, touched);
    }

    /** What shows now is right: it is learned. */
    private void accept(DevicePlan plan, Set<String> rules) {
        for (int i = 0; i < points.length; i++) {
            var learning = plan.points().get(i).learning();
            if (learning != null && points[i].baseline != null && rules.contains(learning.rule())) {
                learning.baseline().accept(points[i].baseline);
            }
        }
        var together = plan.together();
        if (together != null
                && joint != null
                && rules.contains(together.signal().id())) {
            together.joint().accept(joint);
        }
    }

    private static Moment moment(DevicePlan plan, Row row, Surroundings around) {
        var moment = new Moment(row.eventMillis(), row.logMillis(), around.at(row.eventMillis()));
        moment.unjudged = around.isUnderMaintenance(plan.device(), row.eventMillis());
        return moment;
    }

    /** Judges the means whose windows are over when this reading comes, as readings of the windows' ends. */
    private static void finishMeans(PointCourse point, PointPlan plan, Moment reading, @Nullable Set<String> touched) {
        for (var mean : plan.means()) {
            var statistic = point.means.get(mean.code());
            var finished = statistic == null ? null : statistic.at(mean.windows(), reading.eventMillis);
            if (finished != null) {
                judge(point, mean, finished, reading.logMillis, reading, touched);
            }
        }
    }

    private static void judge(
            PointCourse point,
            PointPlan.MeanPlan plan,
            Statistic.Mean mean,
            long logMillis,
            Moment like,
            @Nullable Set<String> touched) {
        var moment = new Moment(mean.endMillis(), logMillis, like.known);
        moment.unjudged = like.unjudged;
        moment.is(point, mean.mean());
        judge(point, plan.signals(), moment, touched);
    }

    void recall(Row row) {
        for (int i = 0; i < points.length; i++) {
            if (!Double.isNaN(row.values()[i])) {
                points[i].recent.add(row.eventMillis(), row.values()[i]);
            }
        }
    }

    private static void judge(
            PointCourse point, Iterable<Signal> signals, Moment moment, @Nullable Set<String> touched) {
        for (var signal : signals) {
            var before = point.signals.isEmpty() ? null : point.signals.get(signal.id());
            boolean wasOpen = before != null && before.isOpen();
            int changes = before == null ? 0 : before.changes();
            var after = signal.step(before, moment);
            if (after == null) {
                if (before != null) {
                    point.signals.remove(signal.id());
                }
                continue;
            }
            if (before == null) {
                point.signals.put(signal.id(), after);
            }
            if (touched != null && (wasOpen || after.changes() != changes)) {
                touched.add(signal.id());
            }
        }
    }

    /** One value of a row too late to be live, after {@link #recall} of the row. */
    void stepLate(DevicePlan plan, int index, Signal signal, Row row, Surroundings around, Set<String> touched) {
        newestMillis = row.eventMillis();
        var moment = moment(plan, row, around);
        moment.is(points[index], row.values()[index]);
        judge(points[index], List.of(signal), moment, touched);
    }

    /** Earliest deadline by the log clock, epoch ms; {@code Long.MAX_VALUE} when there is none. */
    long dueLogMillis(DevicePlan plan) {
        long due = Signal.NEVER;
        for (int i = 0; i < points.length; i++) {
            if (!points[i].signals.isEmpty()) {
                for (var state : points[i].signals.values()) {
                    due = Math.min(due, state.dueLogMillis());
                }
            }
            for (var mean : plan.points().get(i).means()) {
                due = Math.min(due, dueLogMillis(plan, points[i], mean));
            }
        }
        return due;
    }

    /** A window is over by the log clock when no reading of it is awaited any more. */
    private static long dueLogMillis(DevicePlan plan, PointCourse point, PointPlan.MeanPlan mean) {
        var statistic = point.means.get(mean.code());
        return statistic == null || statistic.dueMillis() == Long.MAX_VALUE
                ? Signal.NEVER
                : statistic.dueMillis() + plan.horizonMillis();
    }

    private record Due(long logMillis, int point, String id) {
        static final Comparator<Due> ORDER = Comparator.comparingLong(Due::logMillis)
                .thenComparingInt(Due::point)
                .thenComparing(Due::id);
    }

    /**
     * Concludes every delay and every mean that is over by the log clock, in order.
     *
     * @return newest event time that was concluded, {@code Long.MIN_VALUE} when none was
     */
    long conclude(DevicePlan plan, long logMillis, Surroundings around, Set<String> touched) {
        long concluded = concludeMeans(plan, logMillis, around, touched);
        var due = new ArrayList<Due>();
        for (int i = 0; i < points.length; i++) {
            for (var entry : points[i].signals.entrySet()) {
                if (entry.getValue().dueLogMillis() <= logMillis) {
                    due.add(new Due(entry.getValue().dueLogMillis(), i, entry.getKey()));
                }
            }
        }
        due.sort(Due.ORDER);
        for (var one : due) {
            concluded = Math.max(concluded, Signal.conclude(points[one.point].signals.get(one.id), logMillis));
            touched.add(one.id);
        }
        return concluded;
    }

    private long concludeMeans(DevicePlan plan, long logMillis, Surroundings around, Set<String> touched) {
        long concluded = Long.MIN_VALUE;
        for (int i = 0; i < points.length; i++) {
            for (var mean : plan.points().get(i).means()) {
                long due = dueLogMillis(plan, points[i], mean);
                if (due <= logMillis) {
                    long end = due - plan.horizonMillis();
                    concluded = Math.max(concluded, end);
                    var finished = points[i].means.get(mean.code()).at(mean.windows(), end);
                    if (finished != null) {
                        var moment = moment(plan, new Row(end, due, new double[0]), around);
                        judge(points[i], mean, finished, due, moment, touched);
                    }
                }
            }
        }
        return concluded;
    }

    /** Ends what lasts: nobody speaks of it any more. */
    void abandon(Set<String> touched) {
        for (var point : points) {
            point.signals.forEach((id, state) -> {
                Signal.abandon(state);
                touched.add(id);
            });
        }
    }

    /** Ids of all signals of which something is remembered. */
    void mention(Set<String> ids) {
        for (var point : points) {
            ids.addAll(point.signals.keySet());
        }
        ids.addAll(whole.signals.keySet());
    }

    /** Forgets episodes that ended before. */
    void forget(long beforeMillis) {
        for (var point : points) {
            if (!point.signals.isEmpty()) {
                point.signals.values().removeIf(state -> state.isForgettable(beforeMillis));
            }
        }
        if (!whole.signals.isEmpty()) {
            whole.signals.values().removeIf(state -> state.isForgettable(beforeMillis));
        }
    }

    /** The same for other points: {@code from[i]} is where the i-th was, -1 for a new one; signals that are not judged go. */
    void become(DevicePlan plan, int[] from) {
        var next = new PointCourse[from.length];
        for (int i = 0; i < from.length; i++) {
            next[i] = from[i] < 0 ? new PointCourse() : points[from[i]];
            var point = plan.points().get(i);
            var ids = new HashSet<String>();
            point.signals().forEach(signal -> ids.add(signal.id()));
            point.means().forEach(mean -> mean.signals().forEach(signal -> ids.add(signal.id())));
            next[i].signals.keySet().retainAll(ids);
            next[i].means
                    .keySet()
                    .retainAll(
                            point.means().stream().map(PointPlan.MeanPlan::code).toList());
        }
        points = next;
        var together = plan.together();
        if (together == null || joint != null && !joint.isOf(together.points().length)) {
            joint = null;
        }
        if (together == null) {
            whole = new PointCourse();
        }
    }

    DeviceCourse copy() {
        var copy = new DeviceCourse(0);
        copy.points = new PointCourse[points.length];
        for (int i = 0; i < points.length; i++) {
            copy.points[i] = points[i].copy();
        }
        copy.newestMillis = newestMillis;
        copy.whole = whole.copy();
        copy.joint = joint == null ? null : joint.copy();
        return copy;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(newestMillis);
        out.writeShort(points.length);
        for (var point : points) {
            point.write(out);
        }
        whole.write(out);
        out.writeBoolean(joint != null);
        if (joint != null) {
            joint.write(out);
        }
    }

    static DeviceCourse read(DataInput in) throws IOException {
        long newest = in.readLong();
        var course = new DeviceCourse(0);
        course.points = new PointCourse[in.readUnsignedShort()];
        for (int i = 0; i < course.points.length; i++) {
            course.points[i] = PointCourse.read(in);
        }
        course.newestMillis = newest;
        course.whole = PointCourse.read(in);
        course.joint = in.readBoolean() ? Joint.State.read(in) : null;
        return course;
    }
}
