package io.yiwang.streams.intake;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.streams.detect.snapshot.Compact;
import io.yiwang.streams.detect.snapshot.Names;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Drops what was already seen and judges what is left. A function of one device's state and one message; on an ordered partition
 * every job comes to the same answer. State is bounded: {@value #BOOTS} starts of the device, {@value #RANGES} runs of counters
 * in each, {@value #FINGERPRINTS} messages without counter, and a memory of each metric that a pack knows. Only readings of an instant
 * pass through here.
 *
 * <p>A reading's quality is the first that fits: what is said of it on its way (OFFLINE, DEVICE_BAD, OUT_OF_RANGE), what {@link
 * Plausibility} says of its value, what {@link DeviceClock} says of its time, BACKFILL, LATE. Readings are compared in the order of
 * their event time: one that comes behind a newer one of its point teaches nothing.
 */
public final class Intake {
    /** Least lateness that makes a reading historic, ms. */
    public static final long LATE_MILLIS = 30_000;
    /** Lateness that makes a reading historic whatever its period, ms. */
    public static final long LATE_AT_MOST_MILLIS = 300_000;

    /** Readings further ahead than this are of a clock that was wrong, ms. */
    static final long AHEAD_MILLIS = DeviceClock.OFF_MILLIS;

    static final int BOOTS = 8;
    static final int RANGES = 32;
    static final int FINGERPRINTS = 256;

    private static final long READING = 1125899906842597L;
    private static final long OFFLINE = 4611686018427387847L;

    private final DomainPacks packs;
    private final long slackMillis;
    private final DeviceClock clock;
    private final Map<String, Plausibility> plausibilities = new HashMap<>();

    /** @param slackMillis what a reading may come later besides, because time runs fast in the city */
    public Intake(DomainPacks packs, long slackMillis) {
        this.packs = packs;
        this.slackMillis = slackMillis;
        clock = new DeviceClock(slackMillis);
    }

    /** Seconds between the readings of a point; 0 = on change only. */
    @FunctionalInterface
    public interface Periods {
        int seconds(String device, String metric);
    }

    /** What is known of a message's identity. */
    public enum Identity {
        NEW,
        /** Seen before: dropped by every job. */
        DUPLICATE,
        /** Older than the memory: may be stored (storing twice is storing once), must not be counted. */
        FORGOTTEN
    }

    /**
     * Memory of one device.
     *
     * @param boots newest used last
     * @param fingerprints of messages without counter, oldest first
     * @param forgottenMillis newest event time among the fingerprints that were dropped; {@code Long.MIN_VALUE} when none
     * @param memory mutable, and goes on to the next state: a state that has a next one is no longer of use. Null before the first
     *     message and in a savepoint from before there was one
     */
    public record State(
            List<Boot> boots,
            long[] fingerprints,
            long[] fingerprintMillis,
            long forgottenMillis,
            @Nullable DeviceMemory memory) {
        private static final long NONE = Long.MIN_VALUE;
        public static final State EMPTY = new State(List.of(), new long[0], new long[0], NONE, null);

        /** One that goes its own way from here. */
        public State copy() {
            return new State(
                    boots, fingerprints, fingerprintMillis, forgottenMillis, memory == null ? null : memory.copy());
        }

        /** For who keeps it outside of Flink's own types. */
        public void write(DataOutput out, Names names) throws IOException {
            out.writeByte(boots.size());
            for (var boot : boots) {
                out.writeUTF(boot.id);
                Compact.writeLong(out, boot.forgottenSeq - NONE);
                out.writeByte(boot.runs.length);
                long before = boot.forgottenSeq == NONE ? 0 : boot.forgottenSeq;
                for (long seq : boot.runs) {
                    Compact.writeLong(out, seq - before);
                    before = seq;
                }
            }
            out.writeShort(fingerprints.length);
            for (int i = 0; i < fingerprints.length; i++) {
                out.writeLong(fingerprints[i]);
                Compact.writeLong(out, fingerprintMillis[i] - (i == 0 ? 0 : fingerprintMillis[i - 1]));
            }
            Compact.writeLong(out, forgottenMillis - NONE);
            out.writeBoolean(memory != null);
            if (memory != null) {
                memory.write(out, names);
            }
        }

        public static State read(DataInput in, Names names) throws IOException {
            var boots = new Boot[in.readUnsignedByte()];
            for (int i = 0; i < boots.length; i++) {
                var id = in.readUTF();
                long forgotten = NONE + Compact.readLong(in);
                var runs = new long[in.readUnsignedByte()];
                long before = forgotten == NONE ? 0 : forgotten;
                for (int j = 0; j < runs.length; j++) {
                    before += Compact.readLong(in);
                    runs[j] = before;
                }
                boots[i] = new Boot(id, runs, forgotten);
            }
            var fingerprints = new long[in.readUnsignedShort()];
            var millis = new long[fingerprints.length];
            for (int i = 0; i < fingerprints.length; i++) {
                fingerprints[i] = in.readLong();
                millis[i] = Compact.readLong(in) + (i == 0 ? 0 : millis[i - 1]);
            }
            long forgotten = NONE + Compact.readLong(in);
            return new State(
                    List.of(boots),
                    fingerprints,
                    millis,
                    forgotten,
                    in.readBoolean() ? DeviceMemory.read(in, names) : null);
        }
    }

    /**
     * Counters seen in one start of a device.
     *
     * @param runs pairs first, last (both included), ascending and not touching
     * @param forgottenSeq counters up to here are no longer known; {@code Long.MIN_VALUE} when none
     */
    public record Boot(String id, long[] runs, long forgottenSeq) {}

    /** The device's next state and the readings of the message; a duplicate has none. */
    public record Judged(State state, Identity identity, List<Reading> readings) {
        /** By how much the device's clock is behind, ms; negative when it is ahead, 0 as far as is known that it is right. */
        public long clockOffMillis() {
            return state.memory == null ? 0 : state.memory.clockOffMillis;
        }

        /** How many messages the device has sent again of late while it does so again and again; otherwise 0. */
        public int repeats() {
            return state.memory == null || !state.memory.isRepeating ? 0 : state.memory.repeats;
        }

        /** The message that was judged, with the codes of its values' qualities; a duplicate stays as it is. */
        public TelemetryMessage of(TelemetryMessage message) {
            byte[] codes = null;
            for (int i = 0; i < readings.size(); i++) {
                byte code = readings.get(i).quality().code();
                if (code != message.qualities()[i]) {
                    codes = codes == null ? message.qualities().clone() : codes;
                    codes[i] = code;
                }
            }
            return codes == null ? message : message.with(codes);
        }
    }

    /** One message of the device that {@code state} belongs to. */
    public Judged on(State state, TelemetryMessage message, Periods periods) {
        return message.boot().isEmpty() ? uncounted(state, message, periods) : counted(state, message, periods);
    }

    private Judged counted(State state, TelemetryMessage message, Periods periods) {
        int at = state.boots.size() - 1;
        while (at >= 0 && !state.boots.get(at).id.equals(message.boot())) {
            at--;
        }
        var boot = at < 0 ? new Boot(message.boot(), new long[0], Long.MIN_VALUE) : state.boots.get(at);
        long seq = message.seq();
        if (seq <= boot.forgottenSeq) {
            return new Judged(state, Identity.FORGOTTEN, readings(null, message, periods));
        }
        if (contains(boot.runs, seq)) {
            return repeated(state, message);
        }
        var boots = new ArrayList<Boot>(state.boots.size() + 1);
        for (int i = 0; i < state.boots.size(); i++) {
            // Without the boot itself, which goes last, and without the longest unused when there is no room.
            if (i != at && !(i == 0 && at < 0 && state.boots.size() >= BOOTS)) {
                boots.add(state.boots.get(i));
            }
        }
        boots.add(with(boot, seq));
        var memory = memory(state);
        var next = new State(boots, state.fingerprints, state.fingerprintMillis, state.forgottenMillis, memory);
        return new Judged(next, Identity.NEW, readings(memory, message, periods));
    }

    private Judged uncounted(State state, TelemetryMessage message, Periods periods) {
        long fingerprint = fingerprint(message);
        for (int i = 0; i < state.fingerprints.length; i++) {
            if (state.fingerprints[i] == fingerprint && state.fingerprintMillis[i] == message.eventTimeMillis()) {
                return repeated(state, message);
            }
        }
        if (message.eventTimeMillis() <= state.forgottenMillis) {
            return new Judged(state, Identity.FORGOTTEN, readings(null, message, periods));
        }
        int kept = Math.min(state.fingerprints.length, FINGERPRINTS - 1);
        int dropped = state.fingerprints.length - kept;
        long forgotten = state.forgottenMillis;
        for (int i = 0; i < dropped; i++) {
            forgotten = Math.max(forgotten, state.fingerprintMillis[i]);
        }
        var fingerprints = Arrays.copyOfRange(state.fingerprints, dropped, dropped + kept + 1);
        var millis = Arrays.copyOfRange(state.fingerprintMillis, dropped, dropped + kept + 1);
        fingerprints[kept] = fingerprint;
        millis[kept] = message.eventTimeMillis();
        var memory = memory(state);
        var next = new State(state.boots, fingerprints, millis, forgotten, memory);
        return new Judged(next, Identity.NEW, readings(memory, message, periods));
    }

    private Judged repeated(State state, TelemetryMessage message) {
        if (state.memory != null && !isGone(message)) {
            clock.hearsAgain(state.memory, message.logTimeMillis());
        }
        return new Judged(state, Identity.DUPLICATE, List.of());
    }

    private static DeviceMemory memory(State state) {
        return state.memory == null ? new DeviceMemory() : state.memory;
    }

    /** @param memory null when the message must not be compared with others */
    private List<Reading> readings(@Nullable DeviceMemory memory, TelemetryMessage message, Periods periods) {
        int size = message.size();
        var known = new Plausibility[size];
        int quickest = 0;
        for (int i = 0; i < size; i++) {
            known[i] = plausibility(message.metrics()[i]);
            int period = known[i] == null ? 0 : known[i].periodSeconds;
            quickest = quickest == 0 || period > 0 && period < quickest ? period : quickest;
        }
        boolean whileSilent = memory != null
                && !isGone(message)
                && clock.hears(memory, message.eventTimeMillis(), message.logTimeMillis(), 1000L * quickest);
        long off = memory == null ? 0 : memory.clockOffMillis;
        long event = message.eventTimeMillis() + off;
        long lateness = message.logTimeMillis() - event - slackMillis;
        var readings = new ArrayList<Reading>(size);
        for (int i = 0; i < size; i++) {
            var metric = known[i] == null ? message.metrics()[i] : known[i].metric;
            double number = message.numbers()[i];
            boolean late =
                    lateness > LATE_MILLIS && lateness > lateAfterMillis(periods.seconds(message.device(), metric));
            var quality = quality(known[i], number, message.qualities()[i]);
            long since = event;
            if (quality == Quality.GOOD) {
                if (memory != null && known[i] != null && known[i].remembers()) {
                    var point = memory.points.get(metric);
                    if (point == null) {
                        point = new PointMemory();
                        memory.points.put(metric, point);
                    }
                    if (event <= message.logTimeMillis()
                            && point.newestMillis > message.logTimeMillis() + AHEAD_MILLIS) {
                        point.goBackTo(event - 1);
                    }
                    quality = known[i].judge(point, event, number);
                    since = point.sinceMillis(quality, event);
                }
                if (quality == Quality.GOOD && off != 0) {
                    quality = Quality.CLOCK;
                } else if (quality == Quality.GOOD && late) {
                    quality = whileSilent ? Quality.BACKFILL : Quality.LATE;
                }
            }
            boolean hasNumber = quality != Quality.OUT_OF_RANGE && quality != Quality.OFFLINE;
            readings.add(new Reading(
                    message.device(),
                    metric,
                    event,
                    message.logTimeMillis(),
                    hasNumber ? number : Double.NaN,
                    quality,
                    late,
                    since));
        }
        return readings;
    }

    /** Somebody else says it, by another clock. */
    private static boolean isGone(TelemetryMessage message) {
        for (byte quality : message.qualities()) {
            if (quality != io.yiwang.model.wire.Quality.OFFLINE_VALUE) {
                return false;
            }
        }
        return true;
    }

    /** Null when no pack knows the metric. */
    private @Nullable Plausibility plausibility(String metric) {
        var known = plausibilities.get(metric);
        if (known == null) {
            known = packs.metric(metric).map(Plausibility::new).orElse(null);
            if (known != null) {
                plausibilities.put(metric, known);
            }
        }
        return known;
    }

    /** Lateness beyond which a reading of this period is historic: two periods, at least 30 s and at most 5 min; ms. */
    public static long lateAfterMillis(int periodSeconds) {
        return Math.min(Math.max(2000L * periodSeconds, LATE_MILLIS), LATE_AT_MOST_MILLIS);
    }

    private static Quality quality(@Nullable Plausibility known, double number, byte wire) {
        if (wire == io.yiwang.model.wire.Quality.OUT_OF_RANGE_VALUE) {
            return Quality.OUT_OF_RANGE;
        }
        if (wire == io.yiwang.model.wire.Quality.OFFLINE_VALUE) {
            return Quality.OFFLINE;
        }
        if (wire != io.yiwang.model.wire.Quality.GOOD_VALUE || !Double.isFinite(number)) {
            return Quality.DEVICE_BAD;
        }
        return known != null && !known.range.contains(number) ? Quality.OUT_OF_RANGE : Quality.GOOD;
    }

    private static boolean contains(long[] runs, long seq) {
        for (int i = runs.length - 2; i >= 0; i -= 2) {
            if (seq >= runs[i]) {
                return seq <= runs[i + 1];
            }
        }
        return false;
    }

    /** The boot that has also seen {@code seq}, which it had not. */
    private static Boot with(Boot boot, long seq) {
        var runs = boot.runs;
        int at = runs.length;
        while (at > 0 && runs[at - 2] > seq) {
            at -= 2;
        }
        boolean joinsLower = at > 0 && runs[at - 1] == seq - 1;
        boolean joinsUpper = at < runs.length && runs[at] == seq + 1;
        long[] next;
        if (joinsLower && joinsUpper) {
            next = new long[runs.length - 2];
            System.arraycopy(runs, 0, next, 0, at - 1);
            System.arraycopy(runs, at + 1, next, at - 1, runs.length - at - 1);
        } else if (joinsLower || joinsUpper) {
            next = runs.clone();
            next[joinsLower ? at - 1 : at] = seq;
        } else {
            next = new long[runs.length + 2];
            System.arraycopy(runs, 0, next, 0, at);
            next[at] = seq;
            next[at + 1] = seq;
            System.arraycopy(runs, at, next, at + 2, runs.length - at);
        }
        if (next.length > 2 * RANGES) {
            return new Boot(boot.id, Arrays.copyOfRange(next, 2, next.length), next[1]);
        }
        return new Boot(boot.id, next, boot.forgottenSeq);
    }

    /** Of the set of metrics, whatever their order. That a point is gone is another message than a reading of the same millisecond. */
    private static long fingerprint(TelemetryMessage message) {
        long sum = message.size();
        for (int i = 0; i < message.size(); i++) {
            var metric = message.metrics()[i];
            long hash = message.qualities()[i] == io.yiwang.model.wire.Quality.OFFLINE_VALUE ? OFFLINE : READING;
            for (int c = 0; c < metric.length(); c++) {
                hash = 31 * hash + metric.charAt(c);
            }
            sum += hash * 0x9E3779B97F4A7C15L;
        }
        return sum;
    }
}
