package io.yiwang.ingest.hj212;

import com.google.protobuf.ByteString;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A sewage plant whose effluent logger, and a building site whose dust monitor, speak HJ 212. */
public final class TestingPlant {
    public static final String PASSWORD = "123456";
    public static final String OUTLET = "plant-1-out";
    public static final String OUTLET_MN = "010000A8900016F000169DC0";
    public static final String DUST = "site-1-dust";
    public static final String DUST_MN = "010000A8900016F000169DC1";

    private TestingPlant() {}

    public static Facility plant() {
        return Facility.newBuilder()
                .setId("plant-1")
                .setDomain("sewage")
                .setType("wwtp")
                .setDistrict("east")
                .setInService(true)
                .addDevices(Device.newBuilder()
                        .setId(OUTLET)
                        .setExternalId(OUTLET_MN)
                        .addPoints(Point.newBuilder().setMetric("sg_flow_out"))
                        .addPoints(Point.newBuilder().setMetric("sg_cod_out"))
                        .addPoints(
                                Point.newBuilder().setMetric("sg_blower_state").setSource("SB1-RS"))
                        .addPoints(Point.newBuilder().setMetric("dev_run_hours").setSource("SB1-RT"))
                        .setCredential(credential()))
                .build();
    }

    public static Facility site() {
        var dust = Device.newBuilder().setId(DUST).setExternalId(DUST_MN).setCredential(credential());
        for (var metric : List.of(
                "cd_pm25", "cd_tsp", "cd_noise", "cd_air_temp", "cd_humidity", "cd_wind_speed", "cd_wind_dir")) {
            dust.addPoints(Point.newBuilder().setMetric(metric));
        }
        // This one sends milligrams.
        dust.addPoints(Point.newBuilder().setMetric("cd_pm10").setUnit("mg/m3"));
        return Facility.newBuilder()
                .setId("site-1")
                .setDomain("construction_dust")
                .setType("construction_site")
                .setDistrict("west")
                .setInService(true)
                .addDevices(dust)
                .build();
    }

    public static Credential credential() {
        var salt = "salt".getBytes(StandardCharsets.UTF_8);
        return Credential.newBuilder()
                .setSalt(ByteString.copyFrom(salt))
                .setHash(ByteString.copyFrom(Ids.secretHash(salt, PASSWORD.getBytes(StandardCharsets.UTF_8))))
                .build();
    }

    /** A frame's segment of the outlet's logger. */
    public static String segment(String number, String command, String area) {
        return "QN=" + number + ";ST=32;CN=" + command + ";PW=" + PASSWORD + ";MN=" + OUTLET_MN + ";Flag=5;CP=&&" + area
                + "&&";
    }
}
