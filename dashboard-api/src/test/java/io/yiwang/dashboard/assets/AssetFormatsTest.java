package io.yiwang.dashboard.assets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetImport.Plan;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Pipe;
import io.yiwang.model.wire.Text;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What goes out comes in again alike, and what is wrong in a file is found where it stands. */
class AssetFormatsTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Assets EMPTY = new Assets(new Name("空", "Empty"), List.of(), List.of(), List.of(), PACKS);
    private static final List<String> NASTY = List.of(
            "=1+1", "'=1", "''+x", "-5", "@sum", "a,b;c", "say \"yes\"", "＝全角", "普通", "it's", " spaces ", "'quoted'");

    private final AssetImport imports =
            new AssetImport(PACKS, InstantSource.fixed(Instant.parse("2026-03-01T00:00:00Z")));
    private final AssetExport export = new AssetExport(JSON);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anExportImportedAgainChangesNothingInAnyFormat(long seed) throws IOException {
        var city = city(seed);
        for (var table : CsvTable.values()) {
            for (var chinese : List.of(true, false)) {
                var plan = imports.plan(
                        city,
                        CsvImport.read(table, csv(city, table, chinese), null, 1000)
                                .incoming(city));
                assertUnchanged(plan);
            }
        }
        assertUnchanged(imports.plan(city, geoJson(city).incoming(city)));
        var out = new ByteArrayOutputStream();
        export.json(city, city.facilities().values().stream(), null, out);
        assertUnchanged(imports.plan(city, Incoming.of(JSON.readValue(out.toByteArray(), AssetDocument.class))));
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7})
    void anEmptyLedgerBecomesTheExportedOne(long seed) throws IOException {
        var city = city(seed);
        assertThat(after(EMPTY, imports.plan(EMPTY, geoJson(city).incoming(EMPTY)))
                        .facilities())
                .isEqualTo(city.facilities());

        var copy = EMPTY;
        for (var table : CsvTable.values()) {
            var file = CsvImport.read(table, csv(city, table, false), null, 1000);
            var plan = imports.plan(copy, file.incoming(copy));
            assertThat(plan.errors()).isEmpty();
            copy = after(copy, plan);
        }
        assertThat(copy.facilities()).isEqualTo(city.facilities());
        assertThat(copy.streets()).isEqualTo(city.streets());
        assertThat(copy.districts()).isEqualTo(city.districts());
    }

    @ParameterizedTest
    @EnumSource(CsvTable.class)
    void noCellBeginsLikeAFormula(CsvTable table) throws IOException {
        var text = new String(csv(city(8), table, false), StandardCharsets.UTF_8);
        assertThat(text).startsWith("\ufeff").doesNotContain(",=", ",\"=", ",@", ",+", ",＝");
    }

    @Test
    void everyBadCellIsNamedWithRowColumnValueAndReason() {
        var plan = csv(CsvTable.FACILITIES, """
                编号;领域;类型;区县;名称;经度;纬度;建成年份;服务户数;备注
                ok;gas;gate_station;d1;门站;120.05;30.01;1999;10;x
                bad;gas;palace;nowhere;坏;abc;95;1850;many;
                """);
        assertThat(plan.created()).extracting(Facility::getId).containsExactly("ok");
        assertThat(plan.errors())
                .allMatch(error -> error.row() == 3 && error.id().equals("bad"))
                .extracting(error -> error.column() + " " + error.value() + " " + error.code())
                .containsExactlyInAnyOrder(
                        "经度 abc NOT_A_NUMBER",
                        "服务户数 many NOT_A_NUMBER",
                        "类型 palace UNKNOWN_TYPE",
                        "区县 nowhere UNKNOWN_DISTRICT",
                        "纬度 95.0 OUT_OF_RANGE",
                        "建成年份 1850 OUT_OF_RANGE");
        assertThat(plan.warnings()).extracting(Finding::code).contains(Finding.Code.UNKNOWN_COLUMN);
    }

    @Test
    void aFileFromAChineseSpreadsheetIsUnderstood() {
        var text = "编号,领域,类型,区县,名称,经度,纬度\nf,gas,gate_station,d1,北门站,120.05,30.01\n";
        var before = withDistrict();
        var file = CsvImport.read(CsvTable.FACILITIES, text.getBytes(Charset.forName("GB18030")), null, 10);
        var plan = imports.plan(before, file.incoming(before));
        assertThat(plan.created().get(0).getName().getZh()).isEqualTo("北门站");
        assertThat(plan.warnings()).extracting(Finding::code).contains(Finding.Code.ENCODING_GUESSED);
    }

    @Test
    void aFileThatIsNoSuchTableIsRefusedAsAWhole() {
        assertThatThrownBy(() -> csv(CsvTable.PIPES, "id,from\na,b\n"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("to");
        assertThatThrownBy(() -> csv(CsvTable.DEVICES, "facility,id\na,\"b\n"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("row");
    }

    @Test
    void unknownPropertiesOfGeoJsonAreReportedAndLeftOut() {
        var before = withDistrict();
        var text = """
                {"type":"FeatureCollection","features":[{"type":"Feature","id":"f","geometry":{"type":"Point",
                "coordinates":[120.05,30.01]},"properties":{"domain":"gas","type":"gate_station","district":"d1",
                "name":{"zh":"站","en":"Station"},"colour":"red"}},
                {"type":"Feature","id":"g","geometry":{"type":"LineString","coordinates":[]},"properties":{"to":"x"}}]}""";
        var file = GeoJsonImport.read(JSON, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 10);
        var plan = imports.plan(before, file.incoming(before));
        assertThat(plan.created()).extracting(Facility::getId).containsExactly("f");
        assertThat(plan.warnings()).extracting(Finding::column).containsExactly("colour");
        assertThat(plan.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.row()).isEqualTo(2));
    }

    private Plan csv(CsvTable table, String text) {
        var before = withDistrict();
        return imports.plan(
                before,
                CsvImport.read(table, text.getBytes(StandardCharsets.UTF_8), null, 100)
                        .incoming(before));
    }

    private Assets withDistrict() {
        return after(
                EMPTY,
                imports.plan(
                        EMPTY, Incoming.of(JSON.convertValue(TestingCity.document(List.of()), AssetDocument.class))));
    }

    private byte[] csv(Assets city, CsvTable table, boolean chinese) throws IOException {
        var out = new ByteArrayOutputStream();
        export.csv(city, table, city.facilities().values().stream(), chinese, out);
        return out.toByteArray();
    }

    private GeoJsonImport geoJson(Assets city) {
        var out = new ByteArrayOutputStream();
        export.geoJson(city, city.facilities().values().stream(), out);
        return GeoJsonImport.read(JSON, new ByteArrayInputStream(out.toByteArray()), 10_000);
    }

    private static void assertUnchanged(Plan plan) {
        assertThat(plan.errors()).isEmpty();
        assertThat(plan.changes()).isEmpty();
        assertThat(plan.changesNothing()).isTrue();
        assertThat(plan.missing().count()).isZero();
    }

    private static Assets after(Assets before, Plan plan) {
        var changed = new ArrayList<>(plan.created());
        changed.addAll(plan.updated());
        return before.with(before.city(), plan.districts(), plan.streets(), changed);
    }

    /** Every type once, with awkward texts, a chain of feeders and pipes, and all that a census may fill in. */
    private Assets city(long seed) {
        var random = new Random(seed);
        var plan = imports.plan(
                EMPTY,
                Incoming.of(
                        JSON.convertValue(TestingCity.document(TestingCity.facilities("f", 40)), AssetDocument.class)));
        var street = new Street("s1", TestingCity.DISTRICT, new Name(nasty(random), nasty(random)));
        var facilities = new ArrayList<Facility>();
        Facility feeder = null;
        for (var plain : after(EMPTY, plan).facilities().values()) {
            var facility = plain.toBuilder()
                    .setName(Text.newBuilder().setZh(nasty(random)).setEn(nasty(random)))
                    .setOwner(random.nextBoolean() ? "" : nasty(random))
                    .setAddress(nasty(random))
                    .setStreet(random.nextBoolean() ? "" : "s1")
                    .setGrid(random.nextBoolean() ? "" : "-33010" + random.nextInt(10))
                    .setBuiltYear(random.nextBoolean() ? 0 : 1900 + random.nextInt(120))
                    .setHouseholds(random.nextInt(3))
                    .setInService(random.nextBoolean())
                    .setLongitude(119 + random.nextDouble())
                    .setLatitude(-random.nextDouble());
            PACKS.domain(plain.getDomain())
                    .orElseThrow()
                    .typesById()
                    .get(plain.getType())
                    .parameters()
                    .forEach((code, value) -> {
                        if (code.startsWith("q_")) {
                            facility.putParameters(code, value * 1.0625);
                        }
                    });
            for (var device : facility.getDevicesBuilderList()) {
                device.setExternalId(random.nextBoolean() ? "" : nasty(random).strip() + device.getId());
                if (feeder != null && feeder.getDevicesCount() > 0) {
                    device.setGateway(feeder.getDevices(0).getId());
                }
                for (var point : device.getPointsBuilderList()) {
                    point.setSource(random.nextBoolean() ? "" : nasty(random) + point.getMetric());
                    PACKS.metric(point.getMetric())
                            .filter(metric -> random.nextBoolean())
                            .ifPresent(metric -> point.setUnit(metric.unit()));
                }
            }
            if (feeder != null) {
                facility.addUpstream(feeder.getId());
                facility.addPipes(Pipe.newBuilder()
                        .setId("p" + facility.getId())
                        .setFrom(feeder.getId())
                        .setLengthM(1 + random.nextDouble() * 1000)
                        .setMaterial(nasty(random))
                        .setDiameterMm(random.nextInt(500))
                        .setDepthM(random.nextDouble())
                        .setLaidYear(random.nextBoolean() ? 0 : 1980));
            }
            feeder = facility.build();
            facilities.add(feeder);
        }
        return EMPTY.with(EMPTY.city(), plan.districts(), List.of(street), facilities);
    }

    private static String nasty(Random random) {
        return NASTY.get(random.nextInt(NASTY.size()));
    }
}
