package io.yiwang.streams.detect.course;

import io.yiwang.model.wire.Learned;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A condition with delays, over the readings of one point in event-time order. The condition must hold for the whole on-delay before
 * an episode begins, and must not hold for the whole off-delay before it ends. Between two readings a value is taken to last. A delay
 * is over when the device's own time says so (a later reading) or when the log clock does ({@link #conclude}).
 *
 * <p>An episode that begins within {@value #RETURN_MILLIS} ms after the last one ended is the same episode again.
 */
public final class Signal {
    /** Event time after its end in which an episode returns instead of a new one beginning, ms. */
    public static final long RETURN_MILLIS = 600_000;
    /** End of an episode that lasts. */
    public static final long OPEN = Long.MAX_VALUE;

    static final long NEVER = Long.MAX_VALUE;

    private final String id;
    private final Condition condition;
    private final int onDelaySeconds;
    private final int offDelaySeconds;
    private final boolean lowIsWorse;
    private final long slackMillis;

    /**
     * @param id of the rule or symptom, unique within the facility
     * @param lowIsWorse whether the smallest value is the peak
     * @param slackMillis what a next reading may take longer before the log clock concludes without it
     */
    public Signal(
            String id,
            Condition condition,
            int onDelaySeconds,
            int offDelaySeconds,
            boolean lowIsWorse,
            long slackMillis) {
        this.id = id;
        this.condition = condition;
        this.onDelaySeconds = onDelaySeconds;
        this.offDelaySeconds = offDelaySeconds;
        this.lowIsWorse = lowIsWorse;
        this.slackMillis = slackMillis;
    }

    public String id() {
        return id;
    }

    /** Where the point stands with the condition. */
    enum Phase {
        /** The condition does not hold. */
        CALM,
        /** It holds, and the on-delay runs. */
        PENDING,
        ACTIVE,
        /** It does not hold any more, and the off-delay runs. */
        ENDING
    }

    /** What was seen while a condition held: the worst reading and the newest. */
    private static final class Seen {
        double number;
        double severity = Double.NEGATIVE_INFINITY;
        long millis;

        @Nullable
        Learned learned;

        double last;
        long lastMillis;
        /** Where the limit stood when it was exceeded. */
        double limit = Double.NaN;

        void see(Moment moment, double severity) {
            last = moment.value;
            lastMillis = moment.eventMillis;
            if (severity > this.severity) {
                number = moment.value;
                this.severity = severity;
                millis = moment.eventMillis;
                learned = moment.learned == null ? null : moment.learned.get();
            }
        }

        void see(Seen other) {
            last = other.last;
            lastMillis = other.lastMillis;
            limit = other.limit;
            if (other.severity > severity) {
                number = other.number;
                severity = other.severity;
                millis = other.millis;
                learned = other.learned;
            }
        }

        Seen copy() {
            var copy = new Seen();
            copy.see(this);
            return copy;
        }

        void write(DataOutput out) throws IOException {
            out.writeDouble(number);
            out.writeDouble(severity);
            out.writeLong(millis);
            var bytes = learned == null ? new byte[0] : learned.toByteArray();
            out.writeShort(bytes.length);
            out.write(bytes);
            out.writeDouble(last);
            out.writeLong(lastMillis);
            out.writeDouble(limit);
        }

        static Seen read(DataInput in) throws IOException {
            var seen = new Seen();
            seen.number = in.readDouble();
            seen.severity = in.readDouble();
            seen.millis = in.readLong();
            var bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            seen.learned = bytes.length == 0 ? null : Learned.parseFrom(bytes);
            seen.last = in.readDouble();
            seen.lastMillis = in.readLong();
            seen.limit = in.readDouble();
            return seen;
        }
    }

    /** Memory of one signal at one point; there is none while nothing happened lately. */
    public static final class State {
        private Phase phase = Phase.CALM;
        /** Event time at which the running delay is over, and the log clock at which it is without a reading. */
        private long dueMillis = NEVER;

        private long dueLogMillis = NEVER;
        /** What waits for the on-delay: since when the condition holds, and the worst since then. */
        private long pendingMillis;

        private @Nullable Seen pending;

        /** What was seen of the newest episode; null when there is none. */
        private @Nullable Seen seen;

        private long onsetMillis;
        private long raisedMillis;
        private long endMillis;
        private int runs;

        /** Counts what happened to the episode since this object was made. */
        private int changes;

        int changes() {
            return changes;
        }

        /** Log clock of the deadline, epoch ms; {@code Long.MAX_VALUE} when none runs. */
        public long dueLogMillis() {
            return dueLogMillis;
        }

        /** The newest episode, as far as it is known; null when there is none. */
        public @Nullable Episode episode() {
            return seen == null
                    ? null
                    : new Episode(
                            onsetMillis,
                            raisedMillis,
                            endMillis,
                            seen.number,
                            seen.severity,
                            seen.millis,
                            seen.last,
                            seen.lastMillis,
                            seen.limit,
                            runs,
                            seen.learned);
        }

        /** Whether an episode lasts. */
        public boolean isOpen() {
            return seen != null && endMillis == OPEN;
        }

        /** Whether the newest episode speaks of this time. */
        public boolean covers(long eventMillis) {
            return seen != null && eventMillis >= onsetMillis && eventMillis <= endMillis;
        }

        /** Nothing goes on, and what was is over since long. */
        boolean isForgettable(long beforeMillis) {
            return phase == Phase.CALM && (seen == null || endMillis < beforeMillis);
        }

        State copy() {
            var copy = new State();
            copy.phase = phase;
            copy.dueMillis = dueMillis;
            copy.dueLogMillis = dueLogMillis;
            copy.pendingMillis = pendingMillis;
            copy.pending = pending == null ? null : pending.copy();
            copy.seen = seen == null ? null : seen.copy();
            copy.onsetMillis = onsetMillis;
            copy.raisedMillis = raisedMillis;
            copy.endMillis = endMillis;
            copy.runs = runs;
            return copy;
        }

        void write(DataOutput out) throws IOException {
            boolean isDue = dueMillis != NEVER || dueLogMillis != NEVER;
            out.writeByte(
                    phase.ordinal() | (pending == null ? 0 : 0x10) | (seen == null ? 0 : 0x20) | (isDue ? 0x40 : 0));
            if (isDue) {
                out.writeLong(dueMillis);
                out.writeLong(dueLogMillis);
            }
            if (pending != null) {
                out.writeLong(pendingMillis);
                pending.write(out);
            }
            if (seen != null) {
                seen.write(out);
                out.writeLong(onsetMillis);
                out.writeLong(raisedMillis);
                out.writeLong(endMillis);
                out.writeInt(runs);
            }
        }

        static State read(DataInput in) throws IOException {
            var state = new State();
            int head = in.readUnsignedByte();
            state.phase = Phase.values()[head & 0xf];
            if ((head & 0x40) != 0) {
                state.dueMillis = in.readLong();
                state.dueLogMillis = in.readLong();
            }
            if ((head & 0x10) != 0) {
                state.pendingMillis = in.readLong();
                state.pending = Seen.read(in);
            }
            if ((head & 0x20) != 0) {
                state.seen = Seen.read(in);
                state.onsetMillis = in.readLong();
                state.raisedMillis = in.readLong();
                state.endMillis = in.readLong();
                state.runs = in.readInt();
            }
            return state;
        }
    }

    /**
     * Judges the moment's reading.
     *
     * @param state null while nothing happened lately
     * @return the state to keep, null when there is nothing to remember
     */
    @Nullable
    State step(@Nullable State state, Moment moment) {
        moment.clear();
        var stand = moment.unjudged ? Condition.Stand.UNKNOWN : condition.judge(moment);
        if (state == null) {
            if (stand != Condition.Stand.BEYOND) {
                return null;
            }
            state = new State();
        }
        double severity = !Double.isNaN(moment.severity) ? moment.severity : lowIsWorse ? -moment.value : moment.value;
        step(state, moment, severity, stand);
        return state.phase == Phase.CALM && state.seen == null ? null : state;
    }

    private void step(State state, Moment moment, double severity, Condition.Stand stand) {
        long at = moment.eventMillis;
        if (state.dueMillis <= at) {
            over(state);
        }
        if (state.phase == Phase.CALM) {
            if (stand != Condition.Stand.BEYOND) {
                return;
            }
            state.phase = Phase.PENDING;
            state.pendingMillis = Math.min(moment.onsetMillis, at);
            state.pending = new Seen();
            delay(state, at, moment.logMillis, onDelaySeconds);
        }
        if (state.phase == Phase.PENDING) {
            if (stand != Condition.Stand.BEYOND) {
                state.phase = Phase.CALM;
                state.pending = null;
                delayIsOver(state);
                return;
            }
            state.pending.see(moment, severity);
            state.pending.limit = moment.limit;
        } else {
            state.seen.see(moment, severity);
        }
        switch (state.phase) {
            case PENDING -> {
                if (onDelaySeconds == 0) {
                    raise(state, at);
                }
            }
            case ACTIVE -> {
                if (stand == Condition.Stand.WITHIN) {
                    if (offDelaySeconds == 0) {
                        end(state, at);
                    } else {
                        state.phase = Phase.ENDING;
                        delay(state, at, moment.logMillis, offDelaySeconds);
                    }
                }
            }
            default -> {
                if (stand == Condition.Stand.BEYOND) {
                    state.phase = Phase.ACTIVE;
                    delayIsOver(state);
                }
            }
        }
    }

    /**
     * Concludes a delay that is over by the log clock.
     *
     * @return event time at which it was over, {@code Long.MIN_VALUE} when none was
     */
    static long conclude(State state, long logMillis) {
        if (state.dueLogMillis > logMillis) {
            return Long.MIN_VALUE;
        }
        long due = state.dueMillis;
        over(state);
        return due;
    }

    /** Nobody speaks of it any more: what was about to begin is given up, what lasts ends with its last reading. */
    static void abandon(State state) {
        if (state.phase == Phase.PENDING) {
            state.phase = Phase.CALM;
            state.pending = null;
            delayIsOver(state);
        } else if (state.phase != Phase.CALM) {
            end(state, state.seen.lastMillis);
        }
    }

    /** A reading too late to be judged in its order: it can only make the episode worse that already speaks of its time. */
    void fold(State state, long at, double value) {
        double severity = lowIsWorse ? -value : value;
        if (state.covers(at) && severity > state.seen.severity) {
            state.seen.number = value;
            state.seen.severity = severity;
            state.seen.millis = at;
        }
    }

    private static void over(State state) {
        if (state.phase == Phase.PENDING) {
            raise(state, state.dueMillis);
        } else {
            end(state, state.dueMillis);
        }
    }

    private static void raise(State state, long at) {
        if (state.seen != null && state.pendingMillis - state.endMillis <= RETURN_MILLIS) {
            state.runs++;
            state.seen.see(state.pending);
        } else {
            state.runs = 1;
            state.onsetMillis = state.pendingMillis;
            state.raisedMillis = at;
            state.seen = state.pending;
        }
        state.pending = null;
        state.changes++;
        state.endMillis = OPEN;
        state.phase = Phase.ACTIVE;
        delayIsOver(state);
    }

    private static void end(State state, long at) {
        state.endMillis = Math.max(at, state.raisedMillis);
        state.changes++;
        state.phase = Phase.CALM;
        delayIsOver(state);
    }

    private void delay(State state, long at, long log, int seconds) {
        state.dueMillis = at + 1000L * seconds;
        state.dueLogMillis = log + 1000L * seconds + slackMillis;
    }

    private static void delayIsOver(State state) {
        state.dueMillis = NEVER;
        state.dueLogMillis = NEVER;
    }
}
