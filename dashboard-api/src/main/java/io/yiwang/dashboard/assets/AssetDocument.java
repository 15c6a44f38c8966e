package io.yiwang.dashboard.assets;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.yiwang.model.domain.Name;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as it is imported and exported. Whatever is absent stays as it is: absent facilities, and absent fields of those
 * that are there. In exports nothing is absent; empty text and 0 mean not known.
 */
record AssetDocument(
        @Nullable City city,
        @Nullable List<DistrictEntry> districts,
        @Nullable List<StreetEntry> streets,
        @Nullable List<FacilityEntry> facilities) {

    record City(@Nullable Name name) {}

    /** @param boundary closed ring of [longitude, latitude] */
    record DistrictEntry(
            @Nullable String id,
            @Nullable Name name,
            @Nullable List<List<Double>> boundary) {

        DistrictEntry over(DistrictEntry present) {
            return new DistrictEntry(id, or(name, present.name), or(boundary, present.boundary));
        }

        DistrictEntry whole() {
            return new DistrictEntry(id, name, or(boundary, List.of()));
        }
    }

    record StreetEntry(
            @Nullable String id,
            @Nullable String district,
            @Nullable Name name) {

        StreetEntry over(StreetEntry present) {
            return new StreetEntry(id, or(district, present.district), or(name, present.name));
        }
    }

    /**
     * @param parameters by name; those equal to the type's default are not kept
     * @param upstream ids of the facilities that feed this one
     * @param street id; must be of the district
     * @param grid code of the unit grid
     * @param pipes those that lead here; where they begin is upstream, named there or not
     */
    record FacilityEntry(
            @Nullable String id,
            @Nullable String domain,
            @Nullable String type,
            @Nullable String district,
            @Nullable String street,
            @Nullable String grid,
            @Nullable Name name,
            @Nullable Double longitude,
            @Nullable Double latitude,
            @Nullable Boolean inService,
            @Nullable String owner,
            @Nullable Integer builtYear,
            @Nullable Integer households,
            @Nullable String address,
            @Nullable Map<String, Double> parameters,
            @Nullable List<String> upstream,
            @Nullable List<PipeEntry> pipes,
            @Nullable List<DeviceEntry> devices) {

        /** This entry, and what it leaves out as it is at present. */
        FacilityEntry over(FacilityEntry present) {
            return new FacilityEntry(
                    id,
                    or(domain, present.domain),
                    or(type, present.type),
                    or(district, present.district),
                    or(street, present.street),
                    or(grid, present.grid),
                    or(name, present.name),
                    or(longitude, present.longitude),
                    or(latitude, present.latitude),
                    or(inService, present.inService),
                    or(owner, present.owner),
                    or(builtYear, present.builtYear),
                    or(households, present.households),
                    or(address, present.address),
                    or(parameters, present.parameters),
                    or(upstream, present.upstream),
                    or(pipes, present.pipes),
                    or(devices, present.devices));
        }

        /** This entry, and what it leaves out as not known or none. */
        FacilityEntry whole() {
            return over(new FacilityEntry(
                    id, null, null, null, "", "", null, null, null, true, "", 0, 0, "", Map.of(), List.of(), List.of(),
                    List.of()));
        }

        FacilityEntry withDevices(List<DeviceEntry> devices) {
            return new FacilityEntry(
                    id,
                    domain,
                    type,
                    district,
                    street,
                    grid,
                    name,
                    longitude,
                    latitude,
                    inService,
                    owner,
                    builtYear,
                    households,
                    address,
                    parameters,
                    upstream,
                    pipes,
                    devices);
        }

        FacilityEntry withPipes(List<PipeEntry> pipes) {
            return new FacilityEntry(
                    id,
                    domain,
                    type,
                    district,
                    street,
                    grid,
                    name,
                    longitude,
                    latitude,
                    inService,
                    owner,
                    builtYear,
                    households,
                    address,
                    parameters,
                    upstream,
                    pipes,
                    devices);
        }

        /** An entry that says nothing yet. */
        static FacilityEntry of(String id) {
            return new FacilityEntry(
                    id, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                    null);
        }
    }

    /**
     * @param from facility at its beginning
     * @param material a short word, e.g. PE
     * @param depthM of cover
     */
    record PipeEntry(
            @Nullable String id,
            @Nullable String from,
            @Nullable Double lengthM,
            @Nullable String material,
            @Nullable Integer diameterMm,
            @Nullable Double depthM,
            @Nullable Integer laidYear) {}

    /**
     * @param gateway id of the device that speaks for it; empty = it speaks for itself
     * @param externalId what it is called outside: HJ 212 MN, Sparkplug edge node or device; empty = its id
     * @param credential absent = keep the present one; exports never carry it
     */
    record DeviceEntry(
            @Nullable String id,
            @Nullable Name name,
            @Nullable String gateway,
            @Nullable String externalId,
            @Nullable List<PointEntry> points,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            CredentialEntry credential) {

        /** This entry, and what it leaves out as it is at present. */
        DeviceEntry over(DeviceEntry present) {
            return new DeviceEntry(
                    id,
                    or(name, present.name),
                    or(gateway, present.gateway),
                    or(externalId, present.externalId),
                    or(points, present.points),
                    credential);
        }

        DeviceEntry withPoints(List<PointEntry> points) {
            return new DeviceEntry(id, name, gateway, externalId, points, credential);
        }
    }

    /**
     * @param periodSeconds absent or 0 = the metric's own period
     * @param source what the device calls it; empty = the metric's code
     * @param unit UCUM unit in which the device sends it; empty = what its dialect says, else the metric's
     */
    record PointEntry(
            @Nullable String metric,
            @Nullable Integer periodSeconds,
            @Nullable String source,
            @Nullable String unit) {

        /** This entry, and what it leaves out as it is at present. */
        PointEntry over(PointEntry present) {
            return new PointEntry(
                    metric,
                    or(periodSeconds, present.periodSeconds),
                    or(source, present.source),
                    or(unit, present.unit));
        }
    }

    /**
     * Both base64; hash = SHA-256(salt + secret), 32 bytes.
     *
     * @param issuedMillis when it was made, epoch ms; absent = now; 0 = not known. The device's certificates from before are not believed
     */
    record CredentialEntry(
            @Nullable String salt,
            @Nullable String hash,
            @Nullable Long issuedMillis) {}

    private static <T> @Nullable T or(@Nullable T value, @Nullable T present) {
        return value == null ? present : value;
    }
}
