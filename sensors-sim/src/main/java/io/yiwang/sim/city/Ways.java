package io.yiwang.sim.city;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From every junction the way along the roads to the nearest of some facilities and to the second nearest (Dijkstra's algorithm from all
 * of them at once).
 */
final class Ways {
    private final RoadNet roads;
    private final int most;
    /** Label {@code most * j + k} is junction j's way to its k-th nearest. */
    private final double[] distances;

    private final int[] owners;
    private final int[] previous;

    /**
     * @param handicaps metres by which each seems further away than it is
     * @param most how many of them are sought from each junction
     */
    Ways(RoadNet roads, List<Drawn> goals, double[] handicaps, int most) {
        this.roads = roads;
        this.most = most;
        distances = new double[roads.junctions() * most];
        owners = new int[roads.junctions() * most];
        previous = new int[roads.junctions() * most];
        Arrays.fill(owners, -1);
        var queue = new Queue();
        for (int i = 0; i < goals.size(); i++) {
            var standing = goals.get(i).standing;
            var piece = roads.piece(standing.piece());
            var near = handicaps[i] + standing.off();
            queue.add(near + standing.share() * piece.length(), piece.from(), i, -1);
            queue.add(near + (1 - standing.share()) * piece.length(), piece.to(), i, -1);
        }
        while (queue.next()) {
            var label = free(queue.junction, queue.owner);
            if (label < 0) {
                continue;
            }
            distances[label] = queue.distance;
            owners[label] = queue.owner;
            previous[label] = queue.previous;
            var distance = queue.distance;
            var owner = queue.owner;
            var junction = queue.junction;
            for (int i = 0; i < roads.degree(junction); i++) {
                var piece = roads.pieceAt(junction, i);
                queue.add(distance + roads.piece(piece).length(), roads.otherEnd(piece, junction), owner, label);
            }
        }
    }

    /** The place for another way of a junction; -1 when it has enough or knows that goal. */
    private int free(int junction, int owner) {
        for (int k = 0; k < most; k++) {
            var label = junction * most + k;
            if (owners[label] == owner) {
                return -1;
            }
            if (owners[label] < 0) {
                return label;
            }
        }
        return -1;
    }

    /** A way from a facility to a goal. @param distance m, the goal's handicap included */
    record Way(int goal, double distance, int[] junctions) {}

    /** The number of the nearest goal; -1 when there is none. */
    int nearest(Standing standing) {
        var label = label(standing, -1);
        return label < 0 ? -1 : owners[label];
    }

    /** The way to the nearest goal but {@code other} (-1 = to the nearest). */
    @Nullable
    Way way(Standing standing, int other) {
        var label = label(standing, other);
        if (label < 0) {
            return null;
        }
        var count = 0;
        for (int at = label; at >= 0; at = previous[at]) {
            count++;
        }
        var junctions = new int[count];
        count = 0;
        for (int at = label; at >= 0; at = previous[at]) {
            junctions[count++] = at / most;
        }
        return new Way(owners[label], distance(standing, label), junctions);
    }

    private int label(Standing standing, int other) {
        var piece = roads.piece(standing.piece());
        var best = -1;
        for (var junction : new int[] {piece.from(), piece.to()}) {
            for (int k = 0; k < most; k++) {
                var label = junction * most + k;
                if (owners[label] >= 0
                        && owners[label] != other
                        && (best < 0 || distance(standing, label) < distance(standing, best))) {
                    best = label;
                }
            }
        }
        return best;
    }

    private double distance(Standing standing, int label) {
        var piece = roads.piece(standing.piece());
        var share = piece.from() == label / most ? standing.share() : 1 - standing.share();
        return standing.off() + share * piece.length() + distances[label];
    }

    /** A binary heap of arrays; of equal distances the one added first. */
    private static final class Queue {
        private double[] keys = new double[1024];
        private int[] entries = new int[1024];
        private int[] fields = new int[3 * 1024];
        private int size;
        private int added;

        private double distance;
        private int junction;
        private int owner;
        private int previous;

        private void add(double key, int atJunction, int ofOwner, int from) {
            if (3 * added + 3 > fields.length) {
                fields = Arrays.copyOf(fields, 2 * fields.length);
            }
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, 2 * size);
                entries = Arrays.copyOf(entries, 2 * size);
            }
            fields[3 * added] = atJunction;
            fields[3 * added + 1] = ofOwner;
            fields[3 * added + 2] = from;
            var at = size++;
            while (at > 0 && before(key, added, (at - 1) / 2)) {
                keys[at] = keys[(at - 1) / 2];
                entries[at] = entries[(at - 1) / 2];
                at = (at - 1) / 2;
            }
            keys[at] = key;
            entries[at] = added++;
        }

        private boolean before(double key, int entry, int at) {
            return key < keys[at] || key == keys[at] && entry < entries[at];
        }

        private boolean next() {
            if (size == 0) {
                return false;
            }
            distance = keys[0];
            junction = fields[3 * entries[0]];
            owner = fields[3 * entries[0] + 1];
            previous = fields[3 * entries[0] + 2];
            size--;
            var key = keys[size];
            var entry = entries[size];
            var at = 0;
            while (2 * at + 1 < size) {
                var child = 2 * at + 1;
                if (child + 1 < size && before(keys[child + 1], entries[child + 1], child)) {
                    child++;
                }
                if (before(key, entry, child)) {
                    break;
                }
                keys[at] = keys[child];
                entries[at] = entries[child];
                at = child;
            }
            keys[at] = key;
            entries[at] = entry;
            return true;
        }
    }
}
