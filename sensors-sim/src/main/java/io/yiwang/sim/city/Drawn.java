package io.yiwang.sim.city;

import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.List;

/** A facility in the making. */
final class Drawn {
    final Kind kind;
    final Facility.Builder facility;
    final Standing standing;
    /** Households that it serves by itself; 0 = not counted. */
    final int own;
    /** How large it is among its kind, about 1. */
    final double size;

    /** Where it belongs: a consumer to its feeder, a gully to its pumping station. First the nearest. */
    final List<Link> hubs = new ArrayList<>(1);
    /** Those whose first hub it is. */
    final List<Drawn> members = new ArrayList<>();

    /** @param junctions on the way from the member to the hub */
    record Link(Drawn hub, int[] junctions) {}

    Drawn(Kind kind, Facility.Builder facility, Standing standing, int own, double size) {
        this.kind = kind;
        this.facility = facility;
        this.standing = standing;
        this.own = own;
        this.size = size;
    }

    /** Its own households or all of its members', whichever are more: those that no member serves are served directly. */
    int households() {
        var sum = members.stream().mapToInt(Drawn::households).sum();
        return Math.max(own, sum);
    }
}
