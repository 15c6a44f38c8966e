package io.yiwang.dashboard.assets;

import com.google.protobuf.ByteString;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's tables. Callers hold the transaction. */
@Component
class AssetStore {
    private final JdbcTemplate database;
    private final JsonMapper json;
    private final DomainPacks packs;

    AssetStore(JdbcTemplate database, JsonMapper json, DomainPacks packs) {
        this.database = database;
        this.json = json;
        this.packs = packs;
    }

    Assets load() {
        var city = database.queryForObject(
                "select name_zh, name_en from city", (row, n) -> new Name(row.getString(1), row.getString(2)));
        var districts = database.query(
                "select id, name_zh, name_en, boundary from district order by position, id",
                (row, n) -> new District(
                        row.getString(1),
                        new Name(row.getString(2), row.getString(3)),
                        json.readValue(row.getString(4), new TypeReference<List<List<Double>>>() {})));
        var points = new LinkedHashMap<String, List<Point>>();
        database.query("select device, metric, period_seconds from point order by device, position", row -> {
            points.computeIfAbsent(row.getString(1), d -> new ArrayList<>())
                    .add(Point.newBuilder()
                            .setMetric(row.getString(2))
                            .setPeriodSeconds(row.getInt(3))
                            .build());
        });
        var devices = new LinkedHashMap<String, List<Device>>();
        database.query("""
                select d.facility, d.id, d.name_zh, d.name_en, c.salt, c.hash
                from device d left join credential c on c.device = d.id order by d.facility, d.position""", row -> {
            var device = Device.newBuilder()
                    .setId(row.getString(2))
                    .setName(text(row.getString(3), row.getString(4)))
                    .addAllPoints(points.getOrDefault(row.getString(2), List.of()));
            if (row.getBytes(5) != null) {
                device.setCredential(Credential.newBuilder()
                        .setSalt(ByteString.copyFrom(row.getBytes(5)))
                        .setHash(ByteString.copyFrom(row.getBytes(6))));
            }
            devices.computeIfAbsent(row.getString(1), f -> new ArrayList<>()).add(device.build());
        });
        var facilities = database.query(
                """
                select id, domain, type, district, name_zh, name_en, longitude, latitude, parameters, in_service,
                  upstream from facility""",
                (row, n) -> Facility.newBuilder()
                        .setId(row.getString(1))
                        .setDomain(row.getString(2))
                        .setType(row.getString(3))
                        .setDistrict(row.getString(4))
                        .setName(text(row.getString(5), row.getString(6)))
                        .setLongitude(row.getDouble(7))
                        .setLatitude(row.getDouble(8))
                        .putAllParameters(
                                json.readValue(row.getString(9), new TypeReference<LinkedHashMap<String, Double>>() {}))
                        .setInService(row.getBoolean(10))
                        .addAllUpstream(
                                Arrays.asList((String[]) row.getArray(11).getArray()))
                        .addAllDevices(devices.getOrDefault(row.getString(1), List.of()))
                        .build());
        return new Assets(city, districts, facilities, packs);
    }

    void nameCity(Name name) {
        database.update("update city set name_zh = ?, name_en = ?", name.zh(), name.en());
    }

    void putDistricts(Collection<District> districts) {
        var rows = districts.stream()
                .map(d -> new Object[] {d.id(), d.name().zh(), d.name().en(), json.writeValueAsString(d.boundary())})
                .toList();
        database.batchUpdate("""
                insert into district (id, position, name_zh, name_en, boundary)
                values (?, (select coalesce(max(position), 0) + 1 from district), ?, ?, ?::jsonb)
                on conflict (id) do update set name_zh = excluded.name_zh, name_en = excluded.name_en,
                  boundary = excluded.boundary""", rows);
    }

    /** Makes these facilities exactly as given, devices, points and credentials included. */
    void putFacilities(Collection<Facility> facilities) {
        var rows = new ArrayList<Object[]>();
        var devices = new ArrayList<Object[]>();
        var points = new ArrayList<Object[]>();
        var credentials = new ArrayList<Object[]>();
        for (var facility : facilities) {
            rows.add(new Object[] {
                facility.getId(),
                facility.getDomain(),
                facility.getType(),
                facility.getDistrict(),
                facility.getName().getZh(),
                facility.getName().getEn(),
                facility.getLongitude(),
                facility.getLatitude(),
                json.writeValueAsString(facility.getParametersMap()),
                facility.getInService(),
                facility.getUpstreamList().toArray(String[]::new)
            });
            int position = 0;
            for (var device : facility.getDevicesList()) {
                devices.add(new Object[] {
                    device.getId(),
                    facility.getId(),
                    position++,
                    device.getName().getZh(),
                    device.getName().getEn()
                });
                int pointPosition = 0;
                for (var point : device.getPointsList()) {
                    points.add(
                            new Object[] {device.getId(), point.getMetric(), pointPosition++, point.getPeriodSeconds()
                            });
                }
                if (device.hasCredential()) {
                    credentials.add(new Object[] {
                        device.getId(),
                        device.getCredential().getSalt().toByteArray(),
                        device.getCredential().getHash().toByteArray()
                    });
                }
            }
        }
        var ids = facilities.stream().map(Facility::getId).toArray(String[]::new);
        database.update("delete from device where facility = any(?)", (Object) ids);
        database.batchUpdate("""
                insert into facility (id, domain, type, district, name_zh, name_en, longitude, latitude, parameters,
                  in_service, upstream)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)
                on conflict (id) do update set domain = excluded.domain, type = excluded.type,
                  district = excluded.district, name_zh = excluded.name_zh, name_en = excluded.name_en,
                  longitude = excluded.longitude, latitude = excluded.latitude, parameters = excluded.parameters,
                  in_service = excluded.in_service, upstream = excluded.upstream""", rows);
        database.batchUpdate(
                "insert into device (id, facility, position, name_zh, name_en) values (?, ?, ?, ?, ?)", devices);
        database.batchUpdate(
                "insert into point (device, metric, position, period_seconds) values (?, ?, ?, ?)", points);
        database.batchUpdate("insert into credential (device, salt, hash) values (?, ?, ?)", credentials);
    }

    void removeFacility(String id) {
        database.update("delete from facility where id = ?", id);
    }

    /** @param credential null = the device has none any more */
    void putCredential(String device, @Nullable Credential credential) {
        database.update("delete from credential where device = ?", device);
        if (credential != null) {
            database.update(
                    "insert into credential (device, salt, hash) values (?, ?, ?)",
                    device,
                    credential.getSalt().toByteArray(),
                    credential.getHash().toByteArray());
        }
    }

    private static Text text(String zh, String en) {
        return Text.newBuilder().setZh(zh).setEn(en).build();
    }
}
