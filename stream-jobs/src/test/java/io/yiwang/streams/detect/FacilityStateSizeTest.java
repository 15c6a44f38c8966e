package io.yiwang.streams.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
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
import org.junit.jupiter.api.Test;
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
    private static final int CITY_PERIOD_SECONDS = 600;

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

    /**
     * One of each kind of facility that a city has, with the devices that it usually has, most of them of few points. The values are made
     * up, so that limits are exceeded: open alarms with their evidence are part of it.
     */
    @Test
    void theMeanPointOfACityTakesNoMore() throws Exception {
        long bytes = 0;
        int points = 0;
        for (var domain : PACKS.all()) {
            for (var type : domain.facilityTypes()) {
                if (type.placement() == null || type.devices().isEmpty()) {
                    continue;
                }
                var asset = asset(domain, type);
                bytes += size(TypeInformation.of(FacilityState.class), learned(asset));
                points += asset.devices().stream()
                        .mapToInt(device -> device.points().size())
                        .sum();
            }
        }
        assertThat(points).isGreaterThan(200);
        assertThat(bytes / points).isLessThanOrEqualTo(MOST_BYTES_PER_POINT);
    }

    private static FacilityAsset asset(Domain domain, FacilityType type) {
        var id = domain.id() + "-" + type.id() + "-0001";
        var devices = type.devices().stream()
                .map(template -> new DeviceAsset(
                        id + "-" + template.id(),
                        template.metrics().stream()
                                .map(metric -> new PointAsset(metric, CITY_PERIOD_SECONDS))
                                .toList()))
                .toList();
        return new FacilityAsset(id, domain.id(), type.id(), "d1", type.parameters(), devices, true, false);
    }

    /** Analog points follow the day, others change now and then. */
    private static FacilityState learned(FacilityAsset asset) {
        var detection = new FacilityDetection(PACKS, asset, TestingFacility.ZONE, CityClock.wallClock());
        var state = new FacilityState();
        var random = new Random(1);
        for (int i = 0; i < DAYS * 86_400 / CITY_PERIOD_SECONDS; i++) {
            for (var device : asset.devices()) {
                var metrics = device.points().stream()
                        .map(point -> PACKS.metric(point.metric()).orElseThrow())
                        .toList();
                var numbers = new double[metrics.size()];
                for (int m = 0; m < numbers.length; m++) {
                    numbers[m] = switch (metrics.get(m).kind()) {
                        case ANALOG -> daily(metrics.get(m), i * CITY_PERIOD_SECONDS, m, random);
                        case COUNTER -> i / (50 + m);
                        default -> i / (50 + m) % 2;
                    };
                }
                detection.on(
                        state,
                        message(asset, device.id(), metrics, i, 1000L * CITY_PERIOD_SECONDS * i, numbers),
                        SILENT);
            }
        }
        return state;
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
        for (int i = 0; i < METRICS; i++) {
            numbers[i] = daily(metrics.get(i), minute * PERIOD_SECONDS, device, random);
        }
        long after = 1000L * PERIOD_SECONDS * minute + 5000L * device;
        return message(asset, asset.devices().get(device).id(), metrics, minute, after, numbers);
    }

    private static double daily(Metric metric, int seconds, int phase, Random random) {
        var normal = metric.normal();
        double half = (normal.high() - normal.low()) / 2;
        double value = normal.low()
                + half * (1 + 0.4 * Math.sin(2 * Math.PI * seconds / 86_400 + phase) + 0.05 * random.nextGaussian());
        return Math.round(value * 1000) / 1000.0;
    }

    private static TelemetryMessage message(
            FacilityAsset asset, String device, List<Metric> metrics, int seq, long afterMillis, double[] numbers) {
        long event = TestingFacility.START + afterMillis;
        return new TelemetryMessage(
                asset.domain(),
                asset.district(),
                asset.id(),
                device,
                "boot",
                seq,
                event,
                event + 100,
                event + 200,
                0,
                metrics.stream().map(Metric::code).toArray(String[]::new),
                numbers,
                new byte[numbers.length],
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
