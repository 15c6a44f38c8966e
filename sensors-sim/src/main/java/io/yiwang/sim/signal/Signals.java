package io.yiwang.sim.signal;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the instruments of a city show while nothing is wrong. A function of seed and time: the same question always has the same
 * answer, on every machine. Not thread-safe.
 */
public final class Signals {
    private final DomainPacks packs;
    private final long seed;
    private final Weather weather;
    private final Map<String, Physics> physics = new HashMap<>();
    private final Map<String, Long> pointSeeds = new HashMap<>();

    /** @param zone where the city lives: its hours of the day drive everything */
    public Signals(DomainPacks packs, long seed, ZoneId zone) {
        this.packs = packs;
        this.seed = seed;
        this.weather = new Weather(seed, zone);
    }

    /**
     * A reading before the instrument rounds it.
     *
     * @param value in the metric's unit, noise included
     * @param deviation standard deviation of its noise
     */
    public record Reading(Metric metric, double value, double deviation) {
        /** As the instrument shows it: rounded to the metric's decimals, within the physical range. */
        public double shown() {
            return round(metric, value);
        }
    }

    /** {@code value} as an instrument of the metric shows it. */
    public static double round(Metric metric, double value) {
        var step = Math.pow(10, metric.decimals());
        var range = metric.range();
        return Math.max(range.low(), Math.min(range.high(), Math.round(value * step) / step));
    }

    /**
     * The device's readings, in the order of its points. Points whose behaviour the pack does not describe are left out.
     *
     * @throws IllegalArgumentException when facility type or behaviour make no sense
     */
    public Map<String, Reading> at(Facility facility, Device device, long millis) {
        var domain = domain(facility);
        var behaves = physics.computeIfAbsent(facility.getId(), id -> new Physics(domain, facility, weather, seed));
        List<String> metrics = device.getPointsList().stream()
                .map(Point::getMetric)
                .filter(behaves::knows)
                .toList();
        var quiet = behaves.at(device.getId(), metrics, millis);
        var readings = new LinkedHashMap<String, Reading>();
        for (var code : metrics) {
            var deviation = behaves.noise(code);
            var noise = deviation == 0 ? 0 : deviation * Noise.at(pointSeed(device, code), millis);
            readings.put(code, new Reading(domain.metricsByCode().get(code), quiet.get(code) + noise, deviation));
        }
        return readings;
    }

    private long pointSeed(Device device, String metric) {
        return pointSeeds.computeIfAbsent(Ids.point(device.getId(), metric), point -> Hash.of(seed, point));
    }

    private Domain domain(Facility facility) {
        return packs.domain(facility.getDomain())
                .orElseThrow(() -> new IllegalArgumentException(
                        "facility " + facility.getId() + " has the unknown domain " + facility.getDomain()));
    }
}
