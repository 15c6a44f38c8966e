package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.Name;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ledger as it is imported and exported. Whatever is absent stays as it is; absent facilities stay too. */
record AssetDocument(
        @Nullable City city,
        @Nullable List<DistrictEntry> districts,
        @Nullable List<FacilityEntry> facilities) {

    record City(@Nullable Name name) {}

    /** @param boundary closed ring of [longitude, latitude] */
    record DistrictEntry(
            @Nullable String id,
            @Nullable Name name,
            @Nullable List<List<Double>> boundary) {}

    /**
     * @param parameters by name; those equal to the type's default are not kept
     * @param inService absent = true
     * @param upstream ids of the facilities that feed this one
     */
    record FacilityEntry(
            @Nullable String id,
            @Nullable String domain,
            @Nullable String type,
            @Nullable String district,
            @Nullable Name name,
            @Nullable Double longitude,
            @Nullable Double latitude,
            @Nullable Map<String, Double> parameters,
            @Nullable Boolean inService,
            @Nullable List<String> upstream,
            @Nullable List<DeviceEntry> devices) {}

    /** @param credential absent = keep the present one; exports never carry it */
    record DeviceEntry(
            @Nullable String id,
            @Nullable Name name,
            @Nullable List<PointEntry> points,

            @com.fasterxml.jackson.annotation.JsonInclude(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL)
            @Nullable
            CredentialEntry credential) {}

    /** @param periodSeconds absent or 0 = the metric's own period */
    record PointEntry(@Nullable String metric, @Nullable Integer periodSeconds) {}

    /** Both base64; hash = SHA-256(salt + secret), 32 bytes. */
    record CredentialEntry(@Nullable String salt, @Nullable String hash) {}
}
