package io.yiwang.dashboard.assets;

import com.google.protobuf.ByteString;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Pipe;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's tables. Callers hold the transaction. */
@Component
class AssetStore {
    private static final int ROWS_AT_ONCE = 5000;

    private final JdbcTemplate database;
    private final JdbcTemplate rowByRow;
    private final JsonMapper json;
    private final DomainPacks packs;

    AssetStore(JdbcTemplate database, JsonMapper json, DomainPacks packs) {
        this.database = database;
        this.rowByRow = new JdbcTemplate(Objects.requireNonNull(database.getDataSource()));
        rowByRow.setFetchSize(ROWS_AT_ONCE);
        this.json = json;
        this.packs = packs;
    }

    /** Row by row, so that a large city passes through in pieces: in a transaction, or the driver takes all rows at once. */
    Assets load() {
        var city = database.queryForObject(
                "select name_zh, name_en from city", (row, n) -> new Name(row.getString(1), row.getString(2)));
        var districts = database.query(
                "select id, name_zh, name_en, boundary from district order by position, id",
                (row, n) -> new District(
                        row.getString(1),
                        new Name(row.getString(2), row.getString(3)),
                        json.readValue(row.getString(4), new TypeReference<List<List<Double>>>() {})));
        var streets = database.query(
                "select id, district, name_zh, name_en from street order by position, id",
                (row, n) ->
                        new Street(row.getString(1), row.getString(2), new Name(row.getString(3), row.getString(4))));
        var words = new Words();
        var devices = loadDevices(words);
        var pipes = loadPipes(words);
        var facilities = rowByRow.query(
                """
                select id, domain, type, district, name_zh, name_en, longitude, latitude, parameters, in_service,
                  upstream, coalesce(street, ''), grid, owner, built_year, households, address
                from facility order by id""",
                (row, n) -> Facility.newBuilder()
                        .setId(words.one(row.getString(1)))
                        .setDomain(words.one(row.getString(2)))
                        .setType(words.one(row.getString(3)))
                        .setDistrict(words.one(row.getString(4)))
                        .setName(text(row.getString(5), row.getString(6)))
                        .setLongitude(row.getDouble(7))
                        .setLatitude(row.getDouble(8))
                        .putAllParameters(parameters(row.getString(9)))
                        .setInService(row.getBoolean(10))
                        .addAllUpstream(words.all((String[]) row.getArray(11).getArray()))
                        .setStreet(words.one(row.getString(12)))
                        .setGrid(words.one(row.getString(13)))
                        .setOwner(words.one(row.getString(14)))
                        .setBuiltYear(row.getInt(15))
                        .setHouseholds(row.getInt(16))
                        .setAddress(row.getString(17))
                        .addAllPipes(pipes.getOrDefault(row.getString(1), List.of()))
                        .addAllDevices(devices.getOrDefault(row.getString(1), List.of()))
                        .build());
        return new Assets(city, districts, streets, facilities, packs);
    }

    private Map<String, Double> parameters(String text) {
        return text.equals("{}")
                ? Map.of()
                : json.readValue(text, new TypeReference<LinkedHashMap<String, Double>>() {});
    }

    private Map<String, List<Device>> loadDevices(Words words) {
        var devices = new HashMap<String, List<Device>>();
        rowByRow.query("""
                select d.facility, d.id, d.name_zh, d.name_en, c.salt, c.hash, p.metrics, p.periods, p.sources, p.units,
                  d.gateway, d.external_id, c.issued_millis
                from device d
                left join credential c on c.device = d.id
                left join (
                  select device, array_agg(metric order by position) as metrics,
                    array_agg(period_seconds order by position) as periods,
                    array_agg(source order by position) as sources,
                    array_agg(unit order by position) as units
                  from point group by device) p on p.device = d.id
                order by d.facility, d.position""", row -> {
            var device = Device.newBuilder()
                    .setId(row.getString(2))
                    .setName(text(words.one(row.getString(3)), words.one(row.getString(4))))
                    .setGateway(words.one(row.getString(11)))
                    .setExternalId(row.getString(12));
            if (row.getBytes(5) != null) {
                device.setCredential(Credential.newBuilder()
                        .setSalt(ByteString.copyFrom(row.getBytes(5)))
                        .setHash(ByteString.copyFrom(row.getBytes(6)))
                        .setIssuedMillis(row.getLong(13)));
            }
            if (row.getArray(7) != null) {
                var metrics = (String[]) row.getArray(7).getArray();
                var periods = (Integer[]) row.getArray(8).getArray();
                var sources = (String[]) row.getArray(9).getArray();
                var units = (String[]) row.getArray(10).getArray();
                for (int i = 0; i < metrics.length; i++) {
                    device.addPoints(Point.newBuilder()
                            .setMetric(words.one(metrics[i]))
                            .setPeriodSeconds(periods[i])
                            .setSource(words.one(sources[i]))
                            .setUnit(words.one(units[i])));
                }
            }
            devices.computeIfAbsent(row.getString(1), f -> new ArrayList<>(4)).add(device.build());
        });
        return devices;
    }

    private Map<String, List<Pipe>> loadPipes(Words words) {
        var pipes = new HashMap<String, List<Pipe>>();
        rowByRow.query("""
                select facility, id, from_facility, length_m, material, diameter_mm, depth_m, laid_year
                from pipe order by facility, position""", row -> {
            pipes.computeIfAbsent(row.getString(1), f -> new ArrayList<>(2))
                    .add(Pipe.newBuilder()
                            .setId(row.getString(2))
                            .setFrom(words.one(row.getString(3)))
                            .setLengthM(row.getDouble(4))
                            .setMaterial(words.one(row.getString(5)))
                            .setDiameterMm(row.getInt(6))
                            .setDepthM(row.getDouble(7))
                            .setLaidYear(row.getInt(8))
                            .build());
        });
        return pipes;
    }

    /** Texts that come again and again are kept once. */
    private static final class Words {
        private final Map<String, String> known = new HashMap<>();

        String one(String word) {
            var before = known.putIfAbsent(word, word);
            return before == null ? word : before;
        }

        List<String> all(String[] words) {
            return Arrays.stream(words).map(this::one).toList();
        }
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

    void putStreets(Collection<Street> streets) {
        var rows = streets.stream()
                .map(s -> new Object[] {
                    s.id(), s.district(), s.name().zh(), s.name().en()
                })
                .toList();
        database.batchUpdate("""
                insert into street (id, district, position, name_zh, name_en)
                values (?, ?, (select coalesce(max(position), 0) + 1 from street), ?, ?)
                on conflict (id) do update set district = excluded.district, name_zh = excluded.name_zh,
                  name_en = excluded.name_en""", rows);
    }

    void removeDistrict(String id) {
        database.update("delete from district where id = ?", id);
    }

    void removeStreet(String id) {
        database.update("delete from street where id = ?", id);
    }

    /** Makes these facilities exactly as given, devices, points and credentials included. */
    void putFacilities(Collection<Facility> facilities) {
        var rows = new ArrayList<Object[]>();
        var devices = new ArrayList<Object[]>();
        var points = new ArrayList<Object[]>();
        var credentials = new ArrayList<Object[]>();
        var pipes = new ArrayList<Object[]>();
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
                facility.getUpstreamList().toArray(String[]::new),
                facility.getStreet().isEmpty() ? null : facility.getStreet(),
                facility.getGrid(),
                facility.getOwner(),
                facility.getBuiltYear(),
                facility.getHouseholds(),
                facility.getAddress()
            });
            int pipePosition = 0;
            for (var pipe : facility.getPipesList()) {
                pipes.add(new Object[] {
                    facility.getId(),
                    pipe.getId(),
                    pipePosition++,
                    pipe.getFrom(),
                    pipe.getLengthM(),
                    pipe.getMaterial(),
                    pipe.getDiameterMm(),
                    pipe.getDepthM(),
                    pipe.getLaidYear()
                });
            }
            int position = 0;
            for (var device : facility.getDevicesList()) {
                devices.add(new Object[] {
                    device.getId(),
                    facility.getId(),
                    position++,
                    device.getName().getZh(),
                    device.getName().getEn(),
                    device.getGateway(),
                    device.getExternalId()
                });
                int pointPosition = 0;
                for (var point : device.getPointsList()) {
                    points.add(new Object[] {
                        device.getId(),
                        point.getMetric(),
                        pointPosition++,
                        point.getPeriodSeconds(),
                        point.getSource(),
                        point.getUnit()
                    });
                }
                if (device.hasCredential()) {
                    credentials.add(new Object[] {
                        device.getId(),
                        device.getCredential().getSalt().toByteArray(),
                        device.getCredential().getHash().toByteArray(),
                        device.getCredential().getIssuedMillis()
                    });
                }
            }
        }
        var ids = facilities.stream().map(Facility::getId).toArray(String[]::new);
        database.update("delete from device where facility = any(?)", (Object) ids);
        database.update("delete from pipe where facility = any(?)", (Object) ids);
        database.batchUpdate("""
                insert into facility (id, domain, type, district, name_zh, name_en, longitude, latitude, parameters,
                  in_service, upstream, street, grid, owner, built_year, households, address)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update set domain = excluded.domain, type = excluded.type,
                  district = excluded.district, name_zh = excluded.name_zh, name_en = excluded.name_en,
                  longitude = excluded.longitude, latitude = excluded.latitude, parameters = excluded.parameters,
                  in_service = excluded.in_service, upstream = excluded.upstream,
                  street = excluded.street, grid = excluded.grid, owner = excluded.owner,
                  built_year = excluded.built_year, households = excluded.households,
                  address = excluded.address""", rows);
        database.batchUpdate("""
                insert into pipe (facility, id, position, from_facility, length_m, material, diameter_mm, depth_m, laid_year)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)""", pipes);
        database.batchUpdate("""
                insert into device (id, facility, position, name_zh, name_en, gateway, external_id)
                values (?, ?, ?, ?, ?, ?, ?)""", devices);
        database.batchUpdate("""
                insert into point (device, metric, position, period_seconds, source, unit)
                values (?, ?, ?, ?, ?, ?)""", points);
        database.batchUpdate(
                "insert into credential (device, salt, hash, issued_millis) values (?, ?, ?, ?)", credentials);
    }

    void removeFacility(String id) {
        database.update("delete from facility where id = ?", id);
    }

    /** @param credential null = the device has none any more */
    void putCredential(String device, @Nullable Credential credential) {
        database.update("delete from credential where device = ?", device);
        if (credential != null) {
            database.update(
                    "insert into credential (device, salt, hash, issued_millis) values (?, ?, ?, ?)",
                    device,
                    credential.getSalt().toByteArray(),
                    credential.getHash().toByteArray(),
                    credential.getIssuedMillis());
        }
    }

    private static Text text(String zh, String en) {
        return Text.newBuilder().setZh(zh).setEn(en).build();
    }
}
