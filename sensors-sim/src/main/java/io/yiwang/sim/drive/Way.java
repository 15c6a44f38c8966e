package io.yiwang.sim.drive;

import io.yiwang.model.domain.FacilityType.Link;
import io.yiwang.sim.fault.Manner;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The way of a device's messages until they leave for the broker: the link's delay, and what faults do on the way. Messages of a
 * device do not overtake each other unless a fault makes them. Pure: moments in, messages out.
 */
final class Way {
    /** Held or delayed messages beyond that are lost, the oldest first, as in a real device. */
    static final int MOST_HELD = 20_000;

    private final long leastMillis;
    private final long mostMillis;
    private final long seed;
    private final ArrayDeque<Leaving> leaving = new ArrayDeque<>();
    private final ArrayDeque<Outgoing> held = new ArrayDeque<>();
    private final List<Outgoing> shuffled = new ArrayList<>();
    private long lastLeaveMillis = Long.MIN_VALUE;
    private long draws;
    private long lost;

    private record Leaving(Outgoing message, long millis, int copies) {}

    /** @param everyMillis how often the device says something at least; in a demo, where that is often, links are quick too */
    Way(Link link, long everyMillis, long seed) {
        var usual = usualMillis(link);
        this.mostMillis = Math.min(usual[1], everyMillis / 2);
        this.leastMillis = Math.min(usual[0], mostMillis / 2);
        this.seed = Hash.mix(seed, 1);
    }

    /** How long a message travels at least and at most, ms. */
    static long[] usualMillis(Link link) {
        return switch (link) {
            case WIRED -> new long[] {200, 1_000};
            case CELLULAR -> new long[] {1_000, 10_000};
            // It has to wake up and register first.
            case BATTERY -> new long[] {2_000, 30_000};
        };
    }

    /** A new message sets out. */
    void add(Outgoing message, Manner manner, long nowMillis) {
        tick(manner, nowMillis);
        if (manner.held()) {
            held.add(message);
            if (held.size() > MOST_HELD) {
                held.remove();
                lost++;
            }
        } else if (manner.disorder() > 0) {
            shuffled.add(message);
            if (shuffled.size() > manner.disorder()) {
                leave(shuffled.remove(draw(shuffled.size())), manner, nowMillis);
            }
        } else {
            leave(message, manner, nowMillis);
        }
    }

    /** Time goes on: what a fault kept goes on its way when the fault is over. */
    void tick(Manner manner, long nowMillis) {
        if (!manner.held()) {
            while (!held.isEmpty()) {
                leave(held.remove(), manner, nowMillis);
            }
            while (manner.disorder() == 0 && !shuffled.isEmpty()) {
                leave(shuffled.remove(draw(shuffled.size())), manner, nowMillis);
            }
        }
    }

    private void leave(Outgoing message, Manner manner, long nowMillis) {
        var delay = leastMillis + (long) (Hash.unit(seed, message.seq()) * (mostMillis - leastMillis));
        lastLeaveMillis = Math.max(lastLeaveMillis, nowMillis + delay);
        leaving.add(new Leaving(message, lastLeaveMillis, manner.copies()));
    }

    private int draw(int bound) {
        return (int) (Hash.unit(Hash.mix(seed, 2), draws++) * bound);
    }

    /** What has left by now, in the order in which it leaves. */
    List<Outgoing> left(long nowMillis) {
        var left = new ArrayList<Outgoing>(1);
        while (!leaving.isEmpty() && leaving.element().millis <= nowMillis) {
            var next = leaving.remove();
            left.add(next.message);
            for (int i = 0; i < next.copies; i++) {
                left.add(next.message.again());
            }
        }
        return left;
    }

    /** When the next message leaves; {@link Long#MAX_VALUE} when none is under way. */
    long nextMillis() {
        return leaving.isEmpty() ? Long.MAX_VALUE : leaving.element().millis;
    }

    /** The device is switched off: everything that it has leaves at once. */
    List<Outgoing> all() {
        tick(Manner.USUAL, lastLeaveMillis);
        return left(Long.MAX_VALUE);
    }

    /** Messages lost because too many were held. */
    long lost() {
        return lost;
    }
}
