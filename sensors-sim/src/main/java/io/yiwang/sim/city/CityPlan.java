package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What a generated city is, without its facilities; {@code demo.yaml} says it in data.
 *
 * @param surveyed the newest year in which anything was built
 * @param columns inner borders from west to east, as shares of the area's width
 * @param rows inner borders from south to north, as shares of the area's height
 * @param districts west to east, south to north
 * @param villages how many
 * @param names well-known ones, for the longest roads
 * @param first first halves of all other names, see {@link Names}
 */
record CityPlan(
        Name name,
        Area area,
        int surveyed,
        List<Double> columns,
        List<Double> rows,
        List<DistrictPlan> districts,
        RiverPlan river,
        int villages,
        Owners owners,
        Words words,
        List<Name> names,
        List<Name> first,
        List<Name> second) {

    record Area(double west, double south, double east, double north) {}

    /** @param division administrative division code, 6 digits */
    record DistrictPlan(String id, Name name, String division, Town town) {}

    /**
     * Where a district is built up.
     *
     * @param x share of the area's width
     * @param y share of the area's height
     * @param radius km
     * @param density of its middle, 0 to 1
     */
    record Town(double x, double y, double radius, double density) {}

    /**
     * @param width m
     * @param course places it passes, as shares of the area
     */
    record RiverPlan(Name name, double width, List<List<Double>> course) {}

    /** Patterns of owners' names; words in braces are replaced: city, district, street, quarter, domain. */
    record Owners(String network, String village, String block, String other) {}

    /** Last parts of names. */
    record Words(
            Name avenue,
            Name road,
            Name street,
            Name lane,
            Name countryRoad,
            Name quarter,
            Name village,
            Name subdistrict,
            Name town) {}

    CityPlan {
        if (districts.size() != (columns.size() + 1) * (rows.size() + 1)) {
            throw new IllegalArgumentException("a plan of " + (columns.size() + 1) + " by " + (rows.size() + 1)
                    + " needs that many districts, not " + districts.size());
        }
    }

    /** The borders from side to side, both outer ones included. */
    static List<Double> withEnds(List<Double> inner) {
        var all = new ArrayList<Double>();
        all.add(0.0);
        all.addAll(inner);
        all.add(1.0);
        return all;
    }

    static CityPlan demo() {
        try (var in = CityPlan.class.getResourceAsStream("/city/demo.yaml")) {
            return YAMLMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(in, CityPlan.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
