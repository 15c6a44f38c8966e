package io.yiwang.sim.signal;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the instruments of a city would show if they were perfect but for their noise. A function of seed, time and the faults of the
 * process: the same question always has the same answer, on every machine, whatever was asked before. Not thread-safe.
 */
public final class Signals {
    private static final double[] SCALES = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    private final DomainPacks packs;
    private final long seed;
    private final Physics physics;
    private final Map<String, List<Instrument>> instruments = new HashMap<>();

    /**
     * @param facilities the whole city, since facilities influence each other along its networks
     * @param zone where the city lives: its hours of the day drive everything
     */
    public Signals(DomainPacks packs, Collection<Facility> facilities, long seed, ZoneId zone) {
        this.packs = packs;
        this.seed = seed;
        this.physics = new Physics(packs, facilities, new Weather(seed, zone), seed);
    }

    /** What happens behind the instruments. */
    public Physics physics() {
        return physics;
    }

    /** One point of a device. */
    public static final class Instrument {
        private final Metric metric;
        private final Physics.Value value;
        private final int place;
        private final long seed;

        private Instrument(Metric metric, Physics.Value value, int place, long seed) {
            this.metric = metric;
            this.value = value;
            this.place = place;
            this.seed = seed;
        }

        public Metric metric() {
            return metric;
        }

        /** From 1, among the facility's devices that measure the metric. */
        public int place() {
            return place;
        }

        /** In the metric's unit, noise included, not rounded. */
        public double at(long millis) {
            return value.noise() == 0 ? value.at(millis) : value.at(millis) + value.noise() * Noise.at(seed, millis);
        }

        /** If no fault of the process acted. */
        public double healthyAt(long millis) {
            return value.noise() == 0
                    ? value.healthyAt(millis)
                    : value.healthyAt(millis) + value.noise() * Noise.at(seed, millis);
        }

        /** Without noise. */
        public double quietAt(long millis) {
            return value.at(millis);
        }

        /** Without noise, if no fault of the process acted. */
        public double healthyQuietAt(long millis) {
            return value.healthyAt(millis);
        }

        /** Standard deviation of its noise. */
        public double deviation() {
            return value.noise();
        }
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
        var scale = metric.decimals() < SCALES.length ? SCALES[metric.decimals()] : Math.pow(10, metric.decimals());
        var range = metric.range();
        var rounded = Math.abs(value) < Long.MAX_VALUE / scale ? Math.round(value * scale) / scale : value;
        return Math.max(range.low(), Math.min(range.high(), rounded));
    }

    /**
     * The device's instruments, in the order of its points. Points whose behaviour the pack does not describe are left out.
     *
     * @throws IllegalArgumentException when facility type or behaviour make no sense
     */
    public List<Instrument> of(Facility facility, Device device) {
        var known = instruments.get(device.getId());
        if (known == null) {
            known = make(facility, device);
            instruments.put(device.getId(), known);
        }
        return known;
    }

    private List<Instrument> make(Facility facility, Device device) {
        var domain = domain(facility);
        var made = new ArrayList<Instrument>();
        for (var point : device.getPointsList()) {
            var code = point.getMetric();
            @Nullable Metric metric = domain.metricsByCode().get(code);
            if (metric != null && physics.knows(facility.getId(), code)) {
                var place = place(facility, device, code);
                made.add(new Instrument(
                        metric,
                        physics.value(facility.getId(), code, device.getId(), place),
                        place,
                        Hash.of(seed, Ids.point(device.getId(), code))));
            }
        }
        return List.copyOf(made);
    }

    /** The device's readings, in the order of its points; as {@link #of}. */
    public Map<String, Reading> at(Facility facility, Device device, long millis) {
        var readings = new LinkedHashMap<String, Reading>();
        for (var instrument : of(facility, device)) {
            readings.put(
                    instrument.metric.code(),
                    new Reading(instrument.metric, instrument.at(millis), instrument.deviation()));
        }
        return readings;
    }

    /** The device's place, from 1, among the facility's devices that measure the metric. */
    private static int place(Facility facility, Device device, String metric) {
        var place = 1;
        for (var other : facility.getDevicesList()) {
            if (other.getId().equals(device.getId())) {
                break;
            }
            if (other.getPointsList().stream()
                    .anyMatch(point -> point.getMetric().equals(metric))) {
                place++;
            }
        }
        return place;
    }

    private Domain domain(Facility facility) {
        return packs.domain(facility.getDomain())
                .orElseThrow(() -> new IllegalArgumentException(
                        "facility " + facility.getId() + " has the unknown domain " + facility.getDomain()));
    }
}
