package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.pattern.Extremes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One point with its signals, stepped by hand. */
public final class TestingPoint {
    private final List<Signal> signals;
    private final Extremes.Plan plan;
    private PointCourse course = new PointCourse();

    public TestingPoint(List<Signal> signals, Extremes.Plan plan) {
        this.signals = signals;
        this.plan = plan;
    }

    /** A reading, heard as soon as it was measured. */
    public TestingPoint on(long eventMillis, double value) {
        course.extremes = Extremes.after(course.extremes, plan, eventMillis, value);
        course.recent.add(eventMillis, value);
        var moment = new Moment(eventMillis, eventMillis, null);
        moment.is(course, value);
        for (var signal : signals) {
            var state = signal.step(course.signals.get(signal.id()), moment);
            if (state == null) {
                course.signals.remove(signal.id());
            } else {
                course.signals.put(signal.id(), state);
            }
        }
        return this;
    }

    /** Nothing but the log clock. */
    public TestingPoint until(long logMillis) {
        course.signals.values().forEach(state -> Signal.conclude(state, logMillis));
        return this;
    }

    public TestingPoint copy() {
        var copy = new TestingPoint(signals, plan);
        copy.course = course.copy();
        return copy;
    }

    /** As it is after a savepoint. */
    public TestingPoint restored() {
        try {
            var bytes = new ByteArrayOutputStream();
            course.write(new DataOutputStream(bytes));
            var restored = new TestingPoint(signals, plan);
            restored.course = PointCourse.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            return restored;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest episode of a signal. */
    public @Nullable Episode episode(String signal) {
        var state = course.signal(signal);
        return state == null ? null : state.episode();
    }
}
