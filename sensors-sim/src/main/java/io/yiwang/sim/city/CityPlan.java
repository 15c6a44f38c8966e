package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What a demo city is drawn from; {@code demo.yaml} says it in data, so that no Java names a domain. */
record CityPlan(
        Name name,
        Area area,
        int columns,
        int rows,
        List<DistrictPlan> districts,
        List<Mix> facilities,
        List<Name> places) {

    record Area(double west, double south, double east, double north) {}

    record DistrictPlan(String id, Name name) {}

    /**
     * One type's part of the city.
     *
     * @param code middle part of the ids, e.g. {@code rs} in {@code gas-rs-001}
     * @param share number among a hundred facilities
     * @param vary parameters that differ from facility to facility, all by one factor
     * @param upstream types of the same domain of which the nearest one feeds it
     */
    record Mix(String domain, String type, String code, double share, List<String> vary, List<String> upstream) {
        String prefix() {
            var word = domain.indexOf('_') < 0 ? domain : domain.substring(0, domain.indexOf('_'));
            return word + "-" + code;
        }
    }

    CityPlan {
        if (districts.size() != columns * rows) {
            throw new IllegalArgumentException(
                    "a plan of " + columns + " by " + rows + " needs that many districts, not " + districts.size());
        }
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
