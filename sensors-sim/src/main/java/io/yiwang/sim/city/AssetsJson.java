package io.yiwang.sim.city;

import com.google.protobuf.ByteString;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Text;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** A city as the body of {@code POST /api/assets}. */
public final class AssetsJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private AssetsJson() {}

    private record Assets(CityJson city, List<DistrictJson> districts, List<FacilityJson> facilities) {}

    private record CityJson(Name name) {}

    private record DistrictJson(String id, Name name, List<List<Double>> boundary) {}

    private record FacilityJson(
            String id,
            String domain,
            String type,
            String district,
            Name name,
            double longitude,
            double latitude,
            Map<String, Double> parameters,
            boolean inService,
            List<String> upstream,
            List<DeviceJson> devices) {}

    private record DeviceJson(String id, Name name, List<PointJson> points, CredentialJson credential) {}

    private record PointJson(String metric, int periodSeconds) {}

    private record CredentialJson(String salt, String hash) {}

    /** UTF-8 JSON. */
    public static byte[] write(City city) {
        return JSON.writeValueAsBytes(new Assets(
                new CityJson(city.name()),
                city.districts().stream()
                        .map(d -> new DistrictJson(
                                d.id(),
                                d.name(),
                                d.boundary().stream()
                                        .map(p -> List.of(p.longitude(), p.latitude()))
                                        .toList()))
                        .toList(),
                city.facilities().stream().map(AssetsJson::facility).toList()));
    }

    private static FacilityJson facility(Facility f) {
        return new FacilityJson(
                f.getId(),
                f.getDomain(),
                f.getType(),
                f.getDistrict(),
                name(f.getName()),
                f.getLongitude(),
                f.getLatitude(),
                new TreeMap<>(f.getParametersMap()),
                f.getInService(),
                List.copyOf(f.getUpstreamList()),
                f.getDevicesList().stream().map(AssetsJson::device).toList());
    }

    private static DeviceJson device(Device d) {
        return new DeviceJson(
                d.getId(),
                name(d.getName()),
                d.getPointsList().stream()
                        .map(p -> new PointJson(p.getMetric(), p.getPeriodSeconds()))
                        .toList(),
                new CredentialJson(
                        base64(d.getCredential().getSalt()),
                        base64(d.getCredential().getHash())));
    }

    private static Name name(Text text) {
        return new Name(text.getZh(), text.getEn());
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
