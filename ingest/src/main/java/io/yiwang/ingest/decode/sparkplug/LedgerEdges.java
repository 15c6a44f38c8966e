package io.yiwang.ingest.decode.sparkplug;

import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the ledger says of an edge node: the points of its own and of the devices whose gateway it is. */
public final class LedgerEdges implements BehindEdge {
    private final Catalogue catalogue;

    public LedgerEdges(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public Map<String, List<String>> of(String edge) {
        var points = new TreeMap<String, List<String>>();
        var node = catalogue.deviceCalled(edge);
        if (node == null) {
            return points;
        }
        points.put("", metrics(node));
        for (var facility : catalogue.facilities()) {
            for (var listed : facility.getDevicesList()) {
                var device = catalogue.device(listed.getId());
                if (device != null
                        && device.gateway().equals(node.id())
                        && !device.id().equals(node.id())) {
                    points.put(device.id(), metrics(device));
                }
            }
        }
        return points;
    }

    private static List<String> metrics(CataloguedDevice device) {
        return device.points().values().stream()
                .map(point -> point.metric().code())
                .distinct()
                .sorted()
                .toList();
    }
}
