package io.yiwang.sim.city;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Placement;
import io.yiwang.sim.signal.Hash;
import java.util.Arrays;
import java.util.List;

/** A facility type that the city has, and how many of it there are so far in which district. */
final class Kind {
    private final Domain domain;
    private final FacilityType type;
    private final Placement placement;
    private final String prefix;
    private final Near taken = new Near();
    private final double[] room;
    private final double[] phase;
    private final int[] perDistrict;
    private int count;

    /** @param prefix of its facilities' ids, e.g. {@code gas-rs-} */
    Kind(Domain domain, FacilityType type, Placement placement, String prefix, double[] room, long seed) {
        this.domain = domain;
        this.type = type;
        this.placement = placement;
        this.prefix = prefix;
        this.room = room.clone();
        phase = new double[room.length];
        Arrays.setAll(phase, d -> 0.1 + 0.9 * Hash.unit(Hash.of(seed, prefix), d));
        perDistrict = new int[room.length];
        // No district goes without: the smallest gets at least a third of an equal part where there is room at all.
        var least = Arrays.stream(room).sum() / room.length / 3;
        for (int i = 0; i < room.length; i++) {
            this.room[i] = room[i] > 0 ? Math.max(room[i], least) : 0;
        }
    }

    Domain domain() {
        return domain;
    }

    FacilityType type() {
        return type;
    }

    Placement placement() {
        return placement;
    }

    Near taken() {
        return taken;
    }

    /** When the next one is due after so many: the smallest is next (Webster's method; a larger city then only adds). */
    double turn(int counted) {
        return (2 * counted + 1) / placement.share();
    }

    /** Counts one more and says its id's last part. */
    String nextId() {
        count++;
        return prefix + (count < 100 ? (count < 10 ? "00" : "0") : "") + count;
    }

    /** In which district the next one stands: each gets what its room is worth. */
    int nextDistrict() {
        var best = -1;
        for (int i = 0; i < room.length; i++) {
            if (room[i] > 0
                    && (best < 0
                            || (perDistrict[i] + phase[i]) / room[i]
                                    < (perDistrict[best] + phase[best]) / room[best])) {
                best = i;
            }
        }
        if (best < 0) {
            throw new IllegalStateException("the city has no place for " + type.id() + " at " + placement.site());
        }
        perDistrict[best]++;
        return best;
    }

    /** Ids of the types that feed it, best first. */
    List<String> feeders() {
        return placement.fedBy();
    }
}
