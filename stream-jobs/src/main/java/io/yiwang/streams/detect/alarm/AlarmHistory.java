package io.yiwang.streams.detect.alarm;

import io.yiwang.model.wire.Alarm;
import io.yiwang.streams.detect.course.Episode;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was announced of one rule of a facility and can still change: hardly ever more than one alarm. Mutable. */
public final class AlarmHistory {
    final List<Told> told = new ArrayList<>();
    /** Onset of the newest alarm as first announced: no two have the same. */
    long newestOnsetMillis = Long.MIN_VALUE;

    /** One alarm, as last announced. */
    static final class Told {
        Alarm alarm;
        /** By device: the episodes that it was concluded from. */
        TreeMap<String, Episode> episodes = new TreeMap<>();
        /** What was settled of it before, as one episode: the points have forgotten it. */
        @Nullable
        Episode past;

        TreeSet<String> pastDevices = new TreeSet<>();

        Told(Alarm alarm) {
            this.alarm = alarm;
        }

        boolean isOpen() {
            return alarm.getClearedMillis() == 0;
        }

        private Told copy() {
            var copy = new Told(alarm);
            copy.episodes.putAll(episodes);
            copy.past = past;
            copy.pastDevices.addAll(pastDevices);
            return copy;
        }
    }

    /** Whether any alarm is open. */
    public boolean isOpen() {
        return told.stream().anyMatch(Told::isOpen);
    }

    /** Whether an alarm, open or not, speaks of this time. */
    public boolean covers(long eventMillis) {
        return told.stream()
                .map(one -> one.alarm)
                .anyMatch(alarm -> eventMillis >= alarm.getOnsetMillis()
                        && (alarm.getClearedMillis() == 0 || eventMillis <= alarm.getClearedMillis()));
    }

    public AlarmHistory copy() {
        var copy = new AlarmHistory();
        told.forEach(one -> copy.told.add(one.copy()));
        copy.newestOnsetMillis = newestOnsetMillis;
        return copy;
    }

    public void write(DataOutput out) throws IOException {
        out.writeLong(newestOnsetMillis);
        out.writeShort(told.size());
        for (var one : told) {
            var bytes = one.alarm.toByteArray();
            out.writeInt(bytes.length);
            out.write(bytes);
            out.writeShort(one.episodes.size());
            for (var entry : one.episodes.entrySet()) {
                out.writeUTF(entry.getKey());
                entry.getValue().write(out);
            }
            out.writeBoolean(one.past != null);
            if (one.past != null) {
                one.past.write(out);
                out.writeShort(one.pastDevices.size());
                for (var device : one.pastDevices) {
                    out.writeUTF(device);
                }
            }
        }
    }

    public static AlarmHistory read(DataInput in) throws IOException {
        var history = new AlarmHistory();
        history.newestOnsetMillis = in.readLong();
        int size = in.readUnsignedShort();
        for (int i = 0; i < size; i++) {
            var bytes = new byte[in.readInt()];
            in.readFully(bytes);
            var one = new Told(Alarm.parseFrom(bytes));
            int episodes = in.readUnsignedShort();
            for (int j = 0; j < episodes; j++) {
                one.episodes.put(in.readUTF(), Episode.read(in));
            }
            if (in.readBoolean()) {
                one.past = Episode.read(in);
                int devices = in.readUnsignedShort();
                for (int j = 0; j < devices; j++) {
                    one.pastDevices.add(in.readUTF());
                }
            }
            history.told.add(one);
        }
        return history;
    }
}
