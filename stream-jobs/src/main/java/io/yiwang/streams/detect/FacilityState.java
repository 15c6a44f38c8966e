package io.yiwang.streams.detect;

import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.course.FacilityCourse;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.snapshot.Names;
import io.yiwang.streams.intake.Intake;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * All that is remembered of one facility. Mutable: copying a facility for every message would cost more than judging it. Written in a
 * form of its own, small and with a version in front. Its fields are public because savepoints from before that form are read into them.
 */
@TypeInfo(FacilityStateType.class)
public final class FacilityState {
    static final int VERSION = 1;

    /** By device id. */
    public Map<String, Intake.State> intake = new HashMap<>();
    /** By metric. */
    public Map<String, Instrument.State> instruments = new HashMap<>();
    /** What the devices' good readings were judged to be. */
    public FacilityCourse course = new FacilityCourse();
    /** The alarm of its devices' clocks. */
    public Alarms.State clocks = Alarms.State.NONE;
    /** The alarm of its devices that send their messages again and again. */
    public Alarms.State repeats = Alarms.State.NONE;
    /** Newest log clock of the facility's messages, epoch ms. */
    public long clockMillis;
    /** No deadline is earlier than this, by the log clock; epoch ms. */
    public long dueMillis = Long.MAX_VALUE;
    /** The operator's: log clock for which a timer is set, {@code Long.MAX_VALUE} when none is. */
    public long timerMillis = Long.MAX_VALUE;
    /** The operator's: messages that wait for the facility's asset. */
    public int waiting;

    /** One that goes its own way from here. */
    public FacilityState copy() {
        var copy = new FacilityState();
        intake.forEach((device, state) -> copy.intake.put(device, state.copy()));
        copy.instruments.putAll(instruments);
        copy.course = course.copy();
        copy.clocks = clocks;
        copy.repeats = repeats;
        copy.clockMillis = clockMillis;
        copy.dueMillis = dueMillis;
        copy.timerMillis = timerMillis;
        copy.waiting = waiting;
        return copy;
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(clockMillis);
        out.writeLong(dueMillis);
        out.writeLong(timerMillis);
        out.writeInt(waiting);
        var names = new Names();
        out.writeShort(intake.size());
        for (var entry : new TreeMap<>(intake).entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().write(out, names);
        }
        out.writeShort(instruments.size());
        for (var entry : new TreeMap<>(instruments).entrySet()) {
            names.write(out, entry.getKey());
            entry.getValue().write(out);
        }
        clocks.write(out);
        repeats.write(out);
        course.write(out);
    }

    public static FacilityState read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("the state of a facility was written by version " + version
                    + ", which this program does not know (it knows " + VERSION + ")");
        }
        var state = new FacilityState();
        state.clockMillis = in.readLong();
        state.dueMillis = in.readLong();
        state.timerMillis = in.readLong();
        state.waiting = in.readInt();
        var names = new Names();
        int devices = in.readUnsignedShort();
        for (int i = 0; i < devices; i++) {
            state.intake.put(in.readUTF(), Intake.State.read(in, names));
        }
        int metrics = in.readUnsignedShort();
        for (int i = 0; i < metrics; i++) {
            state.instruments.put(names.read(in), Instrument.State.read(in));
        }
        state.clocks = Alarms.State.read(in);
        state.repeats = Alarms.State.read(in);
        state.course = FacilityCourse.read(in);
        return state;
    }
}
