package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.pattern.Extremes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is remembered of one point after its readings up to some event time. Mutable, copied when the past is judged again. */
public final class PointCourse {
    /** The newest good readings. */
    public Recent recent = new Recent();
    /** What its symptoms compare with; null when none does. */
    public @Nullable Extremes extremes;
    /** What was learned of the point; null when nothing is. */
    public Baseline.@Nullable State baseline;
    /** By signal id; a signal of which nothing is to be remembered has no entry. */
    final TreeMap<String, Signal.State> signals = new TreeMap<>();
    /** By code of the statistic. */
    final TreeMap<String, Statistic> means = new TreeMap<>();

    public Signal.@Nullable State signal(String id) {
        return signals.get(id);
    }

    PointCourse copy() {
        var copy = new PointCourse();
        copy.recent = recent.copy();
        copy.extremes = extremes == null ? null : extremes.copy();
        copy.baseline = baseline == null ? null : baseline.copy();
        means.forEach((code, mean) -> copy.means.put(code, mean.copy()));
        signals.forEach((id, state) -> copy.signals.put(id, state.copy()));
        return copy;
    }

    void write(DataOutput out) throws IOException {
        recent.write(out);
        out.writeBoolean(extremes != null);
        if (extremes != null) {
            extremes.write(out);
        }
        out.writeBoolean(baseline != null);
        if (baseline != null) {
            baseline.write(out);
        }
        out.writeByte(means.size());
        for (var entry : means.entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().write(out);
        }
        out.writeShort(signals.size());
        for (var entry : signals.entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().write(out);
        }
    }

    static PointCourse read(DataInput in) throws IOException {
        var point = new PointCourse();
        point.recent = Recent.read(in);
        point.extremes = in.readBoolean() ? Extremes.read(in) : null;
        point.baseline = in.readBoolean() ? Baseline.State.read(in) : null;
        int means = in.readUnsignedByte();
        for (int i = 0; i < means; i++) {
            point.means.put(in.readUTF(), Statistic.read(in, Statistic.VERSION));
        }
        int size = in.readUnsignedShort();
        for (int i = 0; i < size; i++) {
            point.signals.put(in.readUTF(), Signal.State.read(in));
        }
        return point;
    }
}
