package io.yiwang.streams.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.FacilityAsset.DeviceAsset;
import io.yiwang.streams.kafka.FacilityAsset.PointAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint holds of a facility that has been learned for five days. */
class FacilityStateSizeTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final int DEVICES = 10;
    private static final int METRICS = 4;
    private static final int PERIOD_SECONDS = 60;
    private static final int DAYS = 5;
    private static final int MOST_BYTES_PER_POINT = 1536;

    @ParameterizedTest
    @ValueSource(strings = {"gas", "water_supply", "sewage", "heating"})
    void aPointTakesAtMostOneAndAHalfKilobytes(String domain) throws Exception {
        var facility = PACKS.domain(domain).orElseThrow();
        var metrics = facility.metrics().stream()
                .filter(metric -> metric.kind() == Metric.Kind.ANALOG)
                .limit(METRICS)
                .toList();
        var asset = asset(domain, facility.facilityTypes().get(0).id(), metrics);
        var detection = new FacilityDetection(PACKS, asset, TestingFacility.ZONE, CityClock.wallClock());
        var state = new FacilityState();
        var random = new Random(1);
        int minutes = DAYS * 86_400 / PERIOD_SECONDS;
        for (int i = 0; i < minutes; i++) {
            for (int d = 0; d < DEVICES; d++) {
                detection.on(state, message(asset, metrics, d, i, random), SILENT);
            }
        }
        int points = DEVICES * METRICS;
        assertThat(size(TypeInformation.of(FacilityState.class), state) / points)
                .isLessThanOrEqualTo(MOST_BYTES_PER_POINT);
    }

    private static <T> int size(TypeInformation<T> type, T value) throws Exception {
        var out = new DataOutputSerializer(1 << 16);
        type.createSerializer(new SerializerConfigImpl()).serialize(value, out);
        return out.length();
    }

    private static FacilityAsset asset(String domain, String type, List<Metric> metrics) {
        var devices = new ArrayList<DeviceAsset>();
        for (int d = 0; d < DEVICES; d++) {
            devices.add(new DeviceAsset(
                    domain + "-station-0001-device" + d,
                    metrics.stream()
                            .map(metric -> new PointAsset(metric.code(), PERIOD_SECONDS))
                            .toList()));
        }
        return new FacilityAsset(domain + "-station-0001", domain, type, "d1", Map.of(), devices, true, false);
    }

    private static TelemetryMessage message(
            FacilityAsset asset, List<Metric> metrics, int device, int minute, Random random) {
        var numbers = new double[METRICS];
        var day = 2 * Math.PI * minute * PERIOD_SECONDS / 86_400;
        for (int i = 0; i < METRICS; i++) {
            var normal = metrics.get(i).normal();
            double half = (normal.high() - normal.low()) / 2;
            double value = normal.low() + half * (1 + 0.4 * Math.sin(day + device) + 0.05 * random.nextGaussian());
            numbers[i] = Math.round(value * 1000) / 1000.0;
        }
        long event = TestingFacility.START + 1000L * PERIOD_SECONDS * minute + 5000L * device;
        return new TelemetryMessage(
                asset.domain(),
                asset.district(),
                asset.id(),
                asset.devices().get(device).id(),
                "boot",
                minute,
                event,
                event + 100,
                event + 200,
                0,
                metrics.stream().map(Metric::code).toArray(String[]::new),
                numbers,
                new byte[METRICS],
                0);
    }

    private static final FacilityDetection.Announcements SILENT = new FacilityDetection.Announcements() {
        @Override
        public void alarm(Alarm alarm) {
            // Only what stays is looked at.
        }

        @Override
        public void quality(PointQuality quality) {
            // Only what stays is looked at.
        }
    };
}
