package io.yiwang.streams.detect.alarm;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Sample;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The life of the alarms of one key: at most one is open; the devices that hold it open are its members. An alarm's id comes from
 * its onset as first announced and never changes; its steps count up. All times come from readings and deadlines.
 */
public final class Alarms {
    /** Least event time between two updates of an alarm, ms. */
    public static final long UPDATE_MILLIS = 5_000;

    static final int EVIDENCE = 32;

    private Alarms() {}

    /**
     * @param current the open alarm as last known (its peak may be newer than what was announced); empty when none is open
     * @param holding devices that hold it open, sorted
     * @param newestOnsetMillis onset of the newest alarm of the key, {@code Long.MIN_VALUE} before the first
     * @param newestClearedMillis when that was cleared; 0 while open
     */
    public record State(
            byte[] current,
            List<String> holding,
            double announcedPeak,
            long announcedMillis,
            int announcedDevices,
            long newestOnsetMillis,
            long newestClearedMillis) {
        public static final State NONE = new State(new byte[0], List.of(), 0, 0, 0, Long.MIN_VALUE, 0);

        public boolean isOpen() {
            return current.length > 0;
        }

        /** Whether the newest alarm of the key, open or not, already speaks of this time. */
        public boolean covers(long eventTimeMillis) {
            return eventTimeMillis >= newestOnsetMillis && (isOpen() || eventTimeMillis <= newestClearedMillis);
        }

        /** One byte while there was no alarm. */
        public void write(DataOutput out) throws IOException {
            boolean was = isOpen() || newestOnsetMillis != Long.MIN_VALUE;
            out.writeBoolean(was);
            if (!was) {
                return;
            }
            out.writeInt(current.length);
            out.write(current);
            out.writeShort(holding.size());
            for (var device : holding) {
                out.writeUTF(device);
            }
            out.writeDouble(announcedPeak);
            out.writeLong(announcedMillis);
            out.writeInt(announcedDevices);
            out.writeLong(newestOnsetMillis);
            out.writeLong(newestClearedMillis);
        }

        public static State read(DataInput in) throws IOException {
            if (!in.readBoolean()) {
                return NONE;
            }
            var current = new byte[in.readInt()];
            in.readFully(current);
            var holding = new String[in.readUnsignedShort()];
            for (int i = 0; i < holding.length; i++) {
                holding[i] = in.readUTF();
            }
            return new State(
                    current,
                    List.of(holding),
                    in.readDouble(),
                    in.readLong(),
                    in.readInt(),
                    in.readLong(),
                    in.readLong());
        }
    }

    /** A value that a device showed, in the metric's unit, and when by its clock. */
    public record Seen(double number, long eventTimeMillis) {}

    /**
     * A device begins to hold the alarm: opens it or joins it.
     *
     * @param onsetMillis event time at which its condition began
     * @param atMillis event time at which it counts
     * @param logMillis log clock of what concluded it
     * @param peak worst value since the onset
     * @param last newest value
     */
    public static State begin(
            State state,
            Subject subject,
            String device,
            long onsetMillis,
            long atMillis,
            long logMillis,
            Seen peak,
            Seen last,
            List<Sample> samples,
            Consumer<Alarm> out) {
        if (state.isOpen()) {
            var joined = worse(parse(state.current).toBuilder(), subject, peak, last);
            var devices = new TreeSet<>(joined.getDevicesList());
            devices.add(device);
            joined.clearDevices().addAllDevices(devices);
            return update(withHolding(state, joined, device, true), subject, atMillis, logMillis, out);
        }
        // The same millisecond must not give the same id twice.
        long onset = Math.max(onsetMillis, state.newestOnsetMillis + 1);
        var alarm = Alarm.newBuilder()
                .setId(Ids.alarm(subject.facility(), subject.rule(), onset))
                .setFacility(subject.facility())
                .setDomain(subject.domain())
                .setDistrict(subject.district())
                .setRule(subject.rule())
                .setGrade(subject.grade())
                .setKind(subject.kind())
                .setStep(AlarmStep.RAISED)
                .setOnsetMillis(onset)
                .setRaisedMillis(Math.max(atMillis, onset))
                .setLastMillis(last.eventTimeMillis)
                .setPeak(peak.number)
                .setPeakMillis(peak.eventTimeMillis)
                .setLast(last.number)
                .addDevices(device)
                .setMetric(subject.metric())
                .setEvidence(subject.evidence().toBuilder()
                        .addAllSamples(samples.subList(Math.max(0, samples.size() - EVIDENCE), samples.size())))
                .setHistoric(subject.historic())
                .setRevision(1)
                .setLogMillis(logMillis)
                .build();
        out.accept(alarm);
        return new State(alarm.toByteArray(), List.of(device), peak.number, Math.max(atMillis, onset), 1, onset, 0);
    }

    /** A further value of a device that holds the alarm; tells when the alarm grew. */
    public static State see(
            State state, Subject subject, String device, Seen seen, long logMillis, Consumer<Alarm> out) {
        if (!state.isOpen()) {
            return state;
        }
        var alarm = worse(parse(state.current).toBuilder(), subject, seen, seen);
        if (alarm.getEvidence().getSamplesCount() < EVIDENCE) {
            alarm.getEvidenceBuilder()
                    .addSamples(Sample.newBuilder()
                            .setDevice(device)
                            .setEventTimeMillis(seen.eventTimeMillis)
                            .setNumber(seen.number));
        }
        return update(withHolding(state, alarm, device, true), subject, seen.eventTimeMillis, logMillis, out);
    }

    /** A value of the past: it may make the open alarm worse and changes nothing else. */
    public static State fold(State state, Subject subject, Seen seen, long logMillis, Consumer<Alarm> out) {
        if (!state.isOpen() || seen.eventTimeMillis < state.newestOnsetMillis) {
            return state;
        }
        var alarm = parse(state.current).toBuilder();
        if (!subject.isWorse(seen.number, alarm.getPeak())) {
            return state;
        }
        alarm.setPeak(seen.number).setPeakMillis(seen.eventTimeMillis);
        return update(withCurrent(state, alarm, state.holding), subject, alarm.getLastMillis(), logMillis, out);
    }

    /** A device no longer holds the alarm; the last one to let go clears it. */
    public static State end(State state, String device, long atMillis, long logMillis, Consumer<Alarm> out) {
        if (!state.isOpen() || !state.holding.contains(device)) {
            return state;
        }
        var alarm = parse(state.current).toBuilder();
        if (state.holding.size() > 1) {
            return withHolding(state, alarm, device, false);
        }
        long cleared = Math.max(atMillis, alarm.getRaisedMillis());
        out.accept(alarm.setStep(AlarmStep.CLEARED)
                .setClearedMillis(cleared)
                .setRevision(alarm.getRevision() + 1)
                .setLogMillis(logMillis)
                .build());
        return new State(new byte[0], List.of(), 0, 0, 0, state.newestOnsetMillis, cleared);
    }

    /** Nothing can hold the alarm any more, such as when its rule is gone. */
    public static State endAll(State state, long logMillis, Consumer<Alarm> out) {
        var next = state;
        for (var device : state.holding) {
            next = end(next, device, parse(state.current).getLastMillis(), logMillis, out);
        }
        return next;
    }

    /** Lets go of the devices that are no longer there. */
    public static State keep(State state, Predicate<String> isThere, long logMillis, Consumer<Alarm> out) {
        var next = state;
        for (var device : state.holding()) {
            if (!isThere.test(device)) {
                next = end(next, device, logMillis, logMillis, out);
            }
        }
        return next;
    }

    private static State update(State state, Subject subject, long atMillis, long logMillis, Consumer<Alarm> out) {
        var alarm = parse(state.current);
        boolean grew = alarm.getDevicesCount() > state.announcedDevices
                || subject.isWorse(alarm.getPeak(), state.announcedPeak)
                        && Math.abs(alarm.getPeak() - state.announcedPeak) >= subject.step();
        if (!grew || atMillis < state.announcedMillis + UPDATE_MILLIS) {
            return state;
        }
        var next = alarm.toBuilder()
                .setStep(AlarmStep.UPDATED)
                .setRevision(alarm.getRevision() + 1)
                .setLogMillis(logMillis)
                .build();
        out.accept(next);
        return new State(
                next.toByteArray(),
                state.holding,
                next.getPeak(),
                atMillis,
                next.getDevicesCount(),
                state.newestOnsetMillis,
                0);
    }

    private static Alarm.Builder worse(Alarm.Builder alarm, Subject subject, Seen peak, Seen last) {
        if (subject.isWorse(peak.number, alarm.getPeak())) {
            alarm.setPeak(peak.number).setPeakMillis(peak.eventTimeMillis);
        }
        if (last.eventTimeMillis >= alarm.getLastMillis()) {
            alarm.setLast(last.number).setLastMillis(last.eventTimeMillis);
        }
        return alarm;
    }

    private static State withHolding(State state, Alarm.Builder alarm, String device, boolean holds) {
        List<String> holding = state.holding;
        if (holding.contains(device) != holds) {
            var changed = new TreeSet<>(holding);
            if (holds) {
                changed.add(device);
            } else {
                changed.remove(device);
            }
            holding = new ArrayList<>(changed);
        }
        return withCurrent(state, alarm, holding);
    }

    private static State withCurrent(State state, Alarm.Builder alarm, List<String> holding) {
        return new State(
                alarm.build().toByteArray(),
                holding,
                state.announcedPeak,
                state.announcedMillis,
                state.announcedDevices,
                state.newestOnsetMillis,
                0);
    }

    private static Alarm parse(byte[] current) {
        try {
            return Alarm.parseFrom(current);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an open alarm in state cannot be read", e);
        }
    }
}
