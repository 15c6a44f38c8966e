package io.yiwang.streams.detect.pattern;

import io.yiwang.streams.kafka.FacilityAsset;
import java.util.List;

/**
 * Where a facility is on the network of its domain.
 *
 * @param upstream ids of the facilities that feed it
 * @param removed it is no longer there
 */
public record Link(
        String domain, String facility, String type, String district, List<String> upstream, boolean removed) {

    public static Link of(FacilityAsset asset) {
        return new Link(asset.domain(), asset.id(), asset.type(), asset.district(), asset.upstream(), false);
    }

    /** The facility left the catalogue, or the domain. */
    public static Link gone(String domain, String facility) {
        return new Link(domain, facility, "", "", List.of(), true);
    }
}
