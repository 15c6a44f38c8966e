package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.Rule;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The limits that facilities are judged by: the packs' and what people made of them. */
@FunctionalInterface
public interface RulesInForce {
    /** A facility's limits by device; a device without any is not among them. */
    Map<String, List<Rule>> byDevice(Facility facility);

    /** The same, of what holds at one moment. */
    static Map<String, List<Rule>> byDevice(FacilityRules rules) {
        var byDevice = new LinkedHashMap<String, List<Rule>>();
        for (var placed : rules.limits()) {
            for (var device : placed.devices()) {
                byDevice.computeIfAbsent(device, id -> new ArrayList<>()).add(placed.rule());
            }
        }
        return byDevice;
    }
}
