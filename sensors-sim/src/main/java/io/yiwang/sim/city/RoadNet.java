package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import io.yiwang.sim.city.Plane.Spot;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The city's roads: a connected graph of junctions and straight pieces, each piece of one road. */
final class RoadNet {
    private final double[] x;
    private final double[] y;
    private final List<Piece> pieces;
    private final List<Road> roads;
    /** Pieces at junction j are {@code at[first[j]]} up to {@code at[first[j + 1]]}. */
    private final int[] first;

    private final int[] at;

    /** @param village whose lane it is; null = none */
    record Road(Name root, Name name, Rank rank, @Nullable Village village) {}

    enum Rank {
        AVENUE,
        ROAD,
        STREET,
        LANE,
        COUNTRY_ROAD
    }

    record Village(Name root, Name name, Spot middle) {}

    /**
     * @param start how far along the road it begins, m
     * @param bridge whether it crosses the river
     */
    record Piece(int from, int to, Road road, double length, double start, boolean bridge) {}

    RoadNet(double[] x, double[] y, List<Piece> pieces, List<Road> roads) {
        this.x = x.clone();
        this.y = y.clone();
        this.pieces = List.copyOf(pieces);
        this.roads = List.copyOf(roads);
        first = new int[x.length + 1];
        for (var piece : pieces) {
            first[piece.from + 1]++;
            first[piece.to + 1]++;
        }
        Arrays.parallelPrefix(first, Integer::sum);
        at = new int[2 * pieces.size()];
        var next = first.clone();
        for (int i = 0; i < pieces.size(); i++) {
            at[next[pieces.get(i).from]++] = i;
            at[next[pieces.get(i).to]++] = i;
        }
    }

    int junctions() {
        return x.length;
    }

    Spot junction(int number) {
        return new Spot(x[number], y[number]);
    }

    List<Piece> pieces() {
        return pieces;
    }

    Piece piece(int number) {
        return pieces.get(number);
    }

    List<Road> roads() {
        return roads;
    }

    /** How many pieces meet at a junction. */
    int degree(int junction) {
        return first[junction + 1] - first[junction];
    }

    /** The {@code number}-th piece at a junction. */
    int pieceAt(int junction, int number) {
        return at[first[junction] + number];
    }

    int otherEnd(int piece, int junction) {
        var p = pieces.get(piece);
        return p.from == junction ? p.to : p.from;
    }

    /** The spot of a piece at a share of its length. */
    Spot on(int piece, double share) {
        var p = pieces.get(piece);
        return junction(p.from).towards(junction(p.to), share);
    }
}
