package io.yiwang.streams.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import io.yiwang.streams.influx.Lines;
import io.yiwang.streams.kafka.TelemetryMessage;
import org.junit.jupiter.api.Test;

class ArchiveLinesTest {
    private static final String AT = " 1795000000000000000\n";

    private static Telemetry.Builder telemetry(int intervalSeconds) {
        return Telemetry.newBuilder()
                .setDomain("sewage")
                .setDistrict("d1")
                .setFacility("plant")
                .setDevice("plant-cod")
                .setEventTimeMillis(1_795_000_000_000L)
                .setIntervalSeconds(intervalSeconds);
    }

    private static String lines(Telemetry.Builder telemetry, boolean reported) {
        var message = TelemetryMessage.of(telemetry.build(), 0, 0);
        var lines = new Lines();
        if (reported) {
            ArchiveLines.reported(message, lines);
        } else {
            ArchiveLines.raw(message, lines);
        }
        return lines.text();
    }

    private static final Value SPREAD = Value.newBuilder()
            .setMetric("cod")
            .setNumber(34.5)
            .setMin(30)
            .setMax(41)
            .setTotal(120.25)
            .build();

    @Test
    void whatIsSaidOfAnIntervalIsAMeasurementOfItsOwn() {
        var hour = telemetry(3600)
                .addValues(SPREAD)
                .addValues(Value.newBuilder().setMetric("flow").setNumber(5));
        assertThat(lines(hour, true))
                .isEqualTo("sewage_reported,device=plant-cod,district=d1,facility=plant,interval=3600"
                        + " cod=34.5,cod_min=30,cod_max=41,cod_total=120.25,flow=5" + AT);
        assertThat(lines(hour, false)).isEmpty();
    }

    @Test
    void minuteAndHourOfOneTimeAreTwo() {
        assertThat(lines(telemetry(60).addValues(SPREAD), true)).contains(",interval=60 ");
    }

    @Test
    void aReadingOfAnInstantIsNotReported() {
        var reading = telemetry(0).addValues(Value.newBuilder().setMetric("cod").setNumber(34.5));
        assertThat(lines(reading, true)).isEmpty();
        assertThat(lines(reading, false)).isEqualTo("sewage,device=plant-cod,district=d1,facility=plant cod=34.5" + AT);
    }

    @Test
    void whyThereIsNoNumberIsKept() {
        var gone = Value.newBuilder().setMetric("cod").setQuality(Quality.OFFLINE);
        assertThat(lines(telemetry(0).addValues(gone), false))
                .isEqualTo("sewage,device=plant-cod,district=d1,facility=plant cod_q=3i" + AT);
        var outOfRange = Value.newBuilder().setMetric("cod").setQuality(Quality.OUT_OF_RANGE);
        assertThat(lines(telemetry(60).addValues(outOfRange), true))
                .isEqualTo("sewage_reported,device=plant-cod,district=d1,facility=plant,interval=60 cod_q=2i" + AT);
    }

    @Test
    void whatIsDoubtedKeepsItsNumberAndItsCode() {
        var message = TelemetryMessage.of(
                telemetry(0)
                        .addValues(Value.newBuilder().setMetric("cod").setNumber(34.5))
                        .addValues(Value.newBuilder().setMetric("flow").setNumber(5))
                        .build(),
                0,
                0);
        var lines = new Lines();
        ArchiveLines.raw(message.with(new byte[] {5, 0}), lines);
        assertThat(lines.text())
                .isEqualTo("sewage,device=plant-cod,district=d1,facility=plant cod=34.5,cod_q=5i,flow=5" + AT);
    }

    @Test
    void aMinuteOfDoubtedReadingsHasNoAmountsButACode() {
        var none = new double[] {Double.NaN};
        var lines = new Lines();
        ArchiveLines.minute(
                new MinuteSummary(
                        "sewage",
                        "d1",
                        "plant",
                        "plant-cod",
                        1_795_000_020_000L,
                        new String[] {"cod"},
                        none,
                        none,
                        none,
                        none,
                        new byte[] {4}),
                lines);
        assertThat(lines.text())
                .isEqualTo("sewage_1m,device=plant-cod,district=d1,facility=plant cod_q=4i 1795000020000000000\n");
    }
}
