package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.snapshot.Compact;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One device, judged in event-time order although its messages come as they come. What is known of the past up to the lateness horizon
 * is settled; what came since can still be put in order. A message in order is one step of the live course; one out of order makes
 * those that are not settled be judged again.
 *
 * <p>Live = base + rows. So that a row is judged once and not again when it settles, the base stays behind what is settled: from time to
 * time the live course is copied, and once all of its rows are settled the copy is the next base. Only when something needs what is
 * settled as it stands, the base takes the steps that it is behind.
 *
 * <p>The late course is for readings that come when their time is settled: only limits are judged there, in the order of arrival, and
 * what is open ends when no more come.
 */
public final class DeviceTrack {
    /** Log time without a further late reading after which the late course ends, ms. */
    public static final long QUIET_MILLIS = 300_000;
    /** Event time for which an episode that is over is remembered, ms: longer than it can return or be corrected. */
    public static final long KEPT_MILLIS = 1_200_000;

    /** Settled rows that the base may be behind before the live course is copied. */
    private static final int BEHIND = 16;

    private List<String> metrics;
    /** How far learning was, by point, when it was last told; null = nothing is learned. */
    private Baseline.@Nullable Learning[] told;

    private DeviceCourse base;
    /** What came since the base, in order; the first of them are settled. */
    private final List<Row> rows = new ArrayList<>();

    private int settledRows;
    private DeviceCourse live;
    /** The live course behind the first rows; null when there is no copy. */
    private @Nullable DeviceCourse next;

    private int nextRows;
    /** By which the rows were judged; null after {@link #read}. */
    private @Nullable DevicePlan plan;

    /** Newest event time that the log clock has concluded in the live course. */
    private long concludedMillis = Long.MIN_VALUE;

    private @Nullable DeviceCourse late;
    private long lateDueLogMillis = Signal.NEVER;

    public DeviceTrack(DevicePlan plan) {
        this.plan = plan;
        metrics = plan.metrics();
        told = new Baseline.Learning[metrics.size()];
        base = new DeviceCourse(metrics.size());
        live = new DeviceCourse(metrics.size());
    }

    private DeviceTrack(List<String> metrics, DeviceCourse base, DeviceCourse live) {
        this.metrics = metrics;
        told = new Baseline.Learning[metrics.size()];
        this.base = base;
        this.live = live;
    }

    public DeviceCourse live() {
        return live;
    }

    /** Null while no late readings come. */
    public @Nullable DeviceCourse late() {
        return late;
    }

    /** An episode that lasts. */
    public record Open(String signal, Episode episode) {}

    /** Episodes of signals with that prefix that last, by point and signal. */
    public List<Open> open(String prefix) {
        var open = new ArrayList<Open>();
        for (int i = 0; i < metrics.size(); i++) {
            live.point(i).signals.forEach((id, state) -> {
                var episode = state.episode();
                if (id.startsWith(prefix) && episode != null && episode.isOpen()) {
                    open.add(new Open(id, episode));
                }
            });
        }
        return open;
    }

    /** How far the learning of a point is; null = nothing is learned of it, or nothing yet. */
    public Baseline.@Nullable Learning learning(DevicePlan plan, int point) {
        var baseline = live.point(point).baseline;
        return baseline == null || plan.points().get(point).learning() == null ? null : baseline.learning();
    }

    /** Whether that is otherwise than when this was last asked. */
    public boolean tellsLearning(DevicePlan plan, int point) {
        var now = learning(plan, point);
        boolean news = now != told[point];
        told[point] = now;
        return news;
    }

    /** Whether the row's time is settled. */
    public boolean isSettled(Row row) {
        return row.eventMillis() < settledMillis();
    }

    /** Event time up to which nothing is judged again, {@code Long.MIN_VALUE} before the first row. */
    public long settledMillis() {
        return settledRows == 0
                ? base.newestMillis()
                : rows.get(settledRows - 1).eventMillis();
    }

    /**
     * A row whose time is not settled.
     *
     * @param clockMillis the log clock
     * @return whether the past was judged again, so that any episode may have changed
     */
    public boolean on(DevicePlan plan, Row row, Surroundings around, long clockMillis, Set<String> touched) {
        boolean inOrder = row.eventMillis() > live.newestMillis() && row.eventMillis() >= concludedMillis;
        boolean beside = row.eventMillis() == live.newestMillis()
                && row.eventMillis() >= concludedMillis
                && unsettled().stream()
                        .allMatch(other -> other.eventMillis() < row.eventMillis() || other.isApartFrom(row));
        if (inOrder) {
            rows.add(row);
        } else {
            int found = Collections.binarySearch(unsettled(), row, Row.ORDER);
            int at = settledRows + (found < 0 ? -found - 1 : found);
            rows.add(at, row);
            if (at < nextRows) {
                dropNext();
            }
        }
        if (inOrder || beside) {
            live.step(plan, row, around, touched);
        } else {
            onceMore(plan, around, clockMillis, touched);
        }
        settle(plan, clockMillis - plan.horizonMillis(), around);
        return !inOrder && !beside;
    }

    private List<Row> unsettled() {
        return rows.subList(settledRows, rows.size());
    }

    /** Another device has told something of a time that was judged without it. */
    public void onceMore(DevicePlan plan, Surroundings around, long clockMillis, Set<String> touched) {
        live.mention(touched);
        rejudge(plan, around, clockMillis, touched);
        live.mention(touched);
    }

    private void rejudge(DevicePlan plan, Surroundings around, long clockMillis, Set<String> touched) {
        catchUp(plan, around);
        live = base.copy();
        concludedMillis = Long.MIN_VALUE;
        for (var row : rows) {
            live.step(plan, row, around, touched);
        }
        conclude(plan, clockMillis, around, touched);
    }

    private void settle(DevicePlan plan, long horizonMillis, Surroundings around) {
        int before = settledRows;
        while (settledRows < rows.size() && rows.get(settledRows).eventMillis() <= horizonMillis) {
            settledRows++;
        }
        if (settledRows > before) {
            live.forget(settledMillis() - KEPT_MILLIS);
            if (plan.moves()) {
                // Where a limit stood is known only for as long as the readings that it moved with are.
                catchUp(plan, around);
                return;
            }
        }
        if (next != null && nextRows <= settledRows) {
            base = next;
            base.forget(base.newestMillis() - KEPT_MILLIS);
            rows.subList(0, nextRows).clear();
            settledRows -= nextRows;
            dropNext();
        }
        // What the log clock concluded later than the newest row may still turn out otherwise.
        if (next == null && settledRows >= BEHIND && concludedMillis <= live.newestMillis()) {
            next = live.copy();
            nextRows = rows.size();
        }
    }

    /** The base takes the steps up to what is settled: before anything changes by which they were judged. */
    public void catchUp(DevicePlan plan, Surroundings around) {
        for (var row : rows.subList(0, settledRows)) {
            base.step(plan, row, around, null);
            base.forget(row.eventMillis() - KEPT_MILLIS);
        }
        rows.subList(0, settledRows).clear();
        settledRows = 0;
        dropNext();
    }

    private void dropNext() {
        next = null;
        nextRows = 0;
    }

    /** Concludes what is over by the log clock without a reading. */
    public void conclude(DevicePlan plan, long logMillis, Surroundings around, Set<String> touched) {
        concludedMillis = Math.max(concludedMillis, live.conclude(plan, logMillis, around, touched));
    }

    /** Earliest deadline by the log clock, epoch ms; {@code Long.MAX_VALUE} when there is none. */
    public long dueLogMillis(DevicePlan plan) {
        return live.dueLogMillis(plan);
    }

    /** When the late course ends by the log clock; {@code Long.MAX_VALUE} when there is none. */
    public long lateDueLogMillis() {
        return lateDueLogMillis;
    }

    /** Whether an episode of the signal, which is the live course's, speaks of that time. */
    public boolean covers(int point, String signal, long eventMillis) {
        var state = live.point(point).signals.get(signal);
        return state != null && state.covers(eventMillis);
    }

    /** A late reading of a time of which the live episode speaks. */
    public void fold(DevicePlan plan, int point, Signal signal, long eventMillis, double value, Surroundings around) {
        catchUp(plan, around);
        for (var course : List.of(base, live)) {
            var state = course.point(point).signals.get(signal.id());
            if (state != null) {
                signal.fold(state, eventMillis, value);
            }
        }
    }

    /** A row whose time is settled begins to be judged in the late course. */
    public void onLate(Row row, long slackMillis) {
        if (late == null) {
            late = new DeviceCourse(metrics.size());
        }
        if (row.eventMillis() >= late.newestMillis()) {
            late.recall(row);
        }
        lateDueLogMillis = row.logMillis() + QUIET_MILLIS + slackMillis;
    }

    /** One value of the row, by one signal; of the late ones, too, one that is older than others only makes what it speaks of worse. */
    public void onLate(DevicePlan plan, Row row, int point, Signal signal, Surroundings around, Set<String> touched) {
        if (row.eventMillis() >= late.newestMillis()) {
            late.stepLate(plan, point, signal, row, around, touched);
        } else {
            var state = late.point(point).signal(signal.id());
            if (state != null) {
                signal.fold(state, row.eventMillis(), row.values()[point]);
                touched.add(signal.id());
            }
        }
    }

    /** Ends the late course's episodes. It is to be dropped when they have been told. */
    public void abandonLate(Set<String> touched) {
        if (late != null) {
            late.abandon(touched);
        }
    }

    public void dropLate() {
        late = null;
        lateDueLogMillis = Signal.NEVER;
    }

    /** The catalogue or the rules have changed. */
    public void become(DevicePlan plan, Surroundings around) {
        if (this.plan != null) {
            catchUp(this.plan, around);
        }
        this.plan = plan;
        var now = plan.metrics();
        var from = now.stream().mapToInt(metrics::indexOf).toArray();
        var toldBefore = told;
        told = new Baseline.Learning[from.length];
        Arrays.setAll(told, i -> from[i] < 0 ? null : toldBefore[from[i]]);
        for (var course : late == null ? List.of(base, live) : List.of(base, live, late)) {
            course.become(plan, from);
        }
        rows.replaceAll(row -> {
            var values = new double[from.length];
            for (int i = 0; i < from.length; i++) {
                values[i] = from[i] < 0 ? Double.NaN : row.values()[from[i]];
            }
            return new Row(row.eventMillis(), row.logMillis(), values);
        });
        metrics = now;
    }

    public DeviceTrack copy() {
        var copy = new DeviceTrack(metrics, base.copy(), live.copy());
        copy.told = told.clone();
        copy.rows.addAll(rows);
        copy.settledRows = settledRows;
        copy.plan = plan;
        copy.concludedMillis = concludedMillis;
        copy.late = late == null ? null : late.copy();
        copy.lateDueLogMillis = lateDueLogMillis;
        return copy;
    }

    /** Without the live course, which can be had again: {@link #read} followed by {@link #restore} is the same track. */
    public void write(DataOutput out) throws IOException {
        out.writeShort(metrics.size());
        for (var metric : metrics) {
            out.writeUTF(metric);
        }
        base.write(out);
        out.writeShort(rows.size());
        out.writeShort(settledRows);
        for (var row : rows) {
            out.writeLong(row.eventMillis());
            Compact.writeLong(out, row.logMillis() - row.eventMillis());
            for (var value : row.values()) {
                new Compact().write(out, value);
            }
        }
        out.writeBoolean(late != null);
        if (late != null) {
            late.write(out);
            out.writeLong(lateDueLogMillis);
        }
    }

    /** @param version of the facility's course that it is part of */
    static DeviceTrack read(DataInput in, int version) throws IOException {
        int points = in.readUnsignedShort();
        var metrics = new ArrayList<String>(points);
        for (int i = 0; i < points; i++) {
            metrics.add(in.readUTF());
        }
        var base = DeviceCourse.read(in);
        var track = new DeviceTrack(List.copyOf(metrics), base, base.copy());
        int rows = in.readUnsignedShort();
        track.settledRows = version == FacilityCourse.SETTLED_AT_ONCE ? 0 : in.readUnsignedShort();
        for (int i = 0; i < rows; i++) {
            long event = in.readLong();
            long log = event + Compact.readLong(in);
            var values = new double[points];
            for (int j = 0; j < points; j++) {
                values[j] = new Compact().read(in);
            }
            track.rows.add(new Row(event, log, values));
        }
        if (in.readBoolean()) {
            track.late = DeviceCourse.read(in);
            track.lateDueLogMillis = in.readLong();
        }
        return track;
    }

    /** After {@link #read}, first for every device of the facility: what each has said is known. */
    public void recall() {
        live = base.copy();
        rows.forEach(live::recall);
    }

    /** Then: judges again what the base is behind; nothing of it is news. */
    public void restore(DevicePlan plan, Surroundings around, long clockMillis) {
        this.plan = plan;
        rejudge(plan, around, clockMillis, new TreeSet<>());
        Arrays.setAll(told, i -> learning(plan, i));
    }
}
