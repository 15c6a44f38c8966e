package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.alarm.AlarmHistory;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.pattern.IncidentHistory;
import io.yiwang.streams.detect.pattern.Shown;
import io.yiwang.streams.detect.verdict.Tolerance;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a facility's devices did and what was announced of it. Mutable. Written in a form of its own, small and with a version in
 * front: what an older version wrote can be read.
 */
public final class FacilityCourse {
    /** 2: what a device's track is behind may be settled. */
    static final int VERSION = 2;

    static final int SETTLED_AT_ONCE = 1;

    /** By device id. */
    public final TreeMap<String, DeviceTrack> tracks = new TreeMap<>();
    /** What the instruments are worth, by point id. */
    public final Map<String, Instrument.Point> points = new HashMap<>();
    /** By rule id. */
    public final TreeMap<String, AlarmHistory> alarms = new TreeMap<>();
    /** By rule id: what was concluded from readings that came too late to be live. */
    public final TreeMap<String, AlarmHistory> historic = new TreeMap<>();
    /** Which symptoms showed lately. */
    public Shown shown = new Shown();
    /** By rule id: incidents that the facility can tell by itself. */
    public final TreeMap<String, IncidentHistory> incidents = new TreeMap<>();
    /** What officers' verdicts come to. */
    public Tolerance tolerance = new Tolerance();
    /** False after it was read, until the rows that the devices are behind have been judged again. */
    public boolean restored = true;

    public FacilityCourse copy() {
        var copy = new FacilityCourse();
        tracks.forEach((device, track) -> copy.tracks.put(device, track.copy()));
        copy.points.putAll(points);
        alarms.forEach((rule, history) -> copy.alarms.put(rule, history.copy()));
        historic.forEach((rule, history) -> copy.historic.put(rule, history.copy()));
        copy.shown = shown.copy();
        incidents.forEach((rule, history) -> copy.incidents.put(rule, history.copy()));
        copy.tolerance = tolerance.copy();
        copy.restored = restored;
        return copy;
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeShort(tracks.size());
        for (var entry : tracks.entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().write(out);
        }
        writePoints(out);
        write(alarms, out);
        write(historic, out);
        shown.write(out);
        out.writeShort(incidents.size());
        for (var entry : incidents.entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().write(out);
        }
        tolerance.write(out);
    }

    /** Ids that follow each other begin alike. */
    private void writePoints(DataOutput out) throws IOException {
        out.writeShort(points.size());
        var before = "";
        for (var id : new TreeSet<>(points.keySet())) {
            int alike = 0;
            int most = Math.min(255, Math.min(id.length(), before.length()));
            while (alike < most && id.charAt(alike) == before.charAt(alike)) {
                alike++;
            }
            out.writeByte(alike);
            out.writeUTF(id.substring(alike));
            points.get(id).write(out);
            before = id;
        }
    }

    private void readPoints(DataInput in) throws IOException {
        int size = in.readUnsignedShort();
        var id = "";
        for (int i = 0; i < size; i++) {
            id = id.substring(0, in.readUnsignedByte()) + in.readUTF();
            points.put(id, Instrument.Point.read(in));
        }
    }

    private static void write(TreeMap<String, AlarmHistory> histories, DataOutput out) throws IOException {
        out.writeShort(histories.size());
        for (var entry : histories.entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().write(out);
        }
    }

    public static FacilityCourse read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION && version != SETTLED_AT_ONCE) {
            throw new IOException("the course of a facility was written by version " + version
                    + ", which this program does not know (it knows up to " + VERSION + ")");
        }
        var course = new FacilityCourse();
        int size = in.readUnsignedShort();
        for (int i = 0; i < size; i++) {
            course.tracks.put(in.readUTF(), DeviceTrack.read(in, version));
        }
        course.readPoints(in);
        read(course.alarms, in);
        read(course.historic, in);
        course.shown = Shown.read(in);
        int incidents = in.readUnsignedShort();
        for (int i = 0; i < incidents; i++) {
            course.incidents.put(in.readUTF(), IncidentHistory.read(in));
        }
        course.tolerance = Tolerance.read(in);
        course.restored = false;
        return course;
    }

    private static void read(TreeMap<String, AlarmHistory> histories, DataInput in) throws IOException {
        int size = in.readUnsignedShort();
        for (int i = 0; i < size; i++) {
            histories.put(in.readUTF(), AlarmHistory.read(in));
        }
    }
}
