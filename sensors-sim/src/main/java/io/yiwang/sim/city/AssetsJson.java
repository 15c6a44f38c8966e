package io.yiwang.sim.city;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.google.protobuf.ByteString;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Pipe;
import io.yiwang.model.wire.Text;
import java.io.OutputStream;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A city as the body, or bodies, of {@code POST /api/assets}. What is absent stays as it is there. */
public final class AssetsJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(included -> included.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private AssetsJson() {}

    private record Assets(
            @Nullable CityJson city,
            @Nullable List<DistrictJson> districts,
            @Nullable List<StreetJson> streets,
            List<FacilityJson> facilities) {}

    private record CityJson(Name name) {}

    private record DistrictJson(String id, Name name, List<List<Double>> boundary) {}

    private record StreetJson(String id, String district, Name name) {}

    private record FacilityJson(
            String id,
            String domain,
            String type,
            String district,
            String street,
            String grid,
            Name name,
            double longitude,
            double latitude,
            String owner,
            int builtYear,
            int households,
            String address,
            Map<String, Double> parameters,
            boolean inService,
            List<String> upstream,
            List<PipeJson> pipes,
            List<DeviceJson> devices) {}

    private record PipeJson(
            String id, String from, double lengthM, String material, int diameterMm, double depthM, int laidYear) {}

    private record DeviceJson(
            String id,
            Name name,
            List<PointJson> points,
            @Nullable CredentialJson credential) {}

    private record PointJson(String metric, int periodSeconds) {}

    private record CredentialJson(String salt, String hash) {}

    /** The whole city in one body; UTF-8. */
    public static byte[] write(City city) {
        return JSON.writeValueAsBytes(assets(city, city.facilities(), AssetsJson::device));
    }

    /** The whole city to look at, without credentials. */
    static void writeOpen(City city, OutputStream out) {
        JSON.writeValue(out, assets(city, city.facilities(), AssetsJson::openDevice));
    }

    /** The city, its districts and streets, and no facility. */
    public static byte[] writeFrame(City city) {
        return JSON.writeValueAsBytes(assets(city, List.of(), AssetsJson::device));
    }

    /** Some facilities of a city whose frame is known. */
    public static byte[] writePart(List<Facility> facilities) {
        return JSON.writeValueAsBytes(new Assets(
                null,
                null,
                null,
                facilities.stream().map(f -> facility(f, AssetsJson::device)).toList()));
    }

    private static Assets assets(City city, List<Facility> facilities, Function<Device, DeviceJson> devices) {
        return new Assets(
                new CityJson(city.name()),
                city.districts().stream()
                        .map(d -> new DistrictJson(
                                d.id(),
                                d.name(),
                                d.boundary().stream()
                                        .map(p -> List.of(p.longitude(), p.latitude()))
                                        .toList()))
                        .toList(),
                city.streets().stream()
                        .map(s -> new StreetJson(s.id(), s.district(), s.name()))
                        .toList(),
                facilities.stream().map(f -> facility(f, devices)).toList());
    }

    private static FacilityJson facility(Facility f, Function<Device, DeviceJson> devices) {
        return new FacilityJson(
                f.getId(),
                f.getDomain(),
                f.getType(),
                f.getDistrict(),
                f.getStreet(),
                f.getGrid(),
                name(f.getName()),
                f.getLongitude(),
                f.getLatitude(),
                f.getOwner(),
                f.getBuiltYear(),
                f.getHouseholds(),
                f.getAddress(),
                new TreeMap<>(f.getParametersMap()),
                f.getInService(),
                List.copyOf(f.getUpstreamList()),
                f.getPipesList().stream().map(AssetsJson::pipe).toList(),
                f.getDevicesList().stream().map(devices).toList());
    }

    private static PipeJson pipe(Pipe p) {
        return new PipeJson(
                p.getId(),
                p.getFrom(),
                p.getLengthM(),
                p.getMaterial(),
                p.getDiameterMm(),
                p.getDepthM(),
                p.getLaidYear());
    }

    private static DeviceJson device(Device d) {
        return device(
                d,
                new CredentialJson(
                        base64(d.getCredential().getSalt()),
                        base64(d.getCredential().getHash())));
    }

    private static DeviceJson openDevice(Device d) {
        return device(d, null);
    }

    private static DeviceJson device(Device d, @Nullable CredentialJson credential) {
        return new DeviceJson(
                d.getId(),
                name(d.getName()),
                d.getPointsList().stream()
                        .map(p -> new PointJson(p.getMetric(), p.getPeriodSeconds()))
                        .toList(),
                credential);
    }

    private static Name name(Text text) {
        return new Name(text.getZh(), text.getEn());
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
