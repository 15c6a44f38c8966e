package io.yiwang.sim.exam;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Layer;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.fault.FaultOrder;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.fault.TruthRecord;
import io.yiwang.sim.signal.Signals;
import io.yiwang.sim.signal.Signals.Instrument;
import java.time.ZoneId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One fault in a city in which nothing else happens: what it moves, and by how much. */
final class Probe {
    /** A value has visibly moved from so many standard deviations of its noise on. */
    static final double SIGMAS = 3;
    /**
     * … and plainly from so many on: the noise is cut at three, so that not one reading is any more as a healthy instrument could have
     * shown it.
     */
    static final double PLAIN_SIGMAS = 6;
    /** How far along the pipes a fault is looked for. */
    private static final int PIPES = 3;

    private static final int LOOKS = 6;

    private final Signals signals;
    private final Surroundings surroundings;
    private final Fault fault;
    private final TruthRecord truth;

    /** @param city all that hang together with the facility of the order */
    Probe(
            DomainPacks packs,
            Collection<Facility> city,
            Surroundings surroundings,
            FaultOrder order,
            long millis,
            ZoneId zone,
            long seed) {
        this.surroundings = surroundings;
        signals = new Signals(packs, city, seed, zone);
        var faults = new Faults(packs, signals, city, Truth.inMemory(), Pace.NATURAL, seed);
        fault = faults.fault(order.fault()).orElseThrow();
        truth = faults.start(order, millis);
    }

    Fault fault() {
        return fault;
    }

    TruthRecord truth() {
        return truth;
    }

    List<Instrument> instruments(String facility, String device) {
        var there = surroundings.facility(facility);
        return there.getDevicesList().stream()
                .filter(d -> d.getId().equals(device))
                .findFirst()
                .map(d -> signals.of(there, d))
                .orElseThrow();
    }

    /** By point, {@code device.metric}. */
    Map<String, Instrument> instruments(String facility) {
        var there = surroundings.facility(facility);
        var instruments = new LinkedHashMap<String, Instrument>();
        for (var device : there.getDevicesList()) {
            signals.of(there, device)
                    .forEach(instrument -> instruments.put(
                            Ids.point(device.getId(), instrument.metric().code()), instrument));
        }
        return instruments;
    }

    /** Points that it touches or moves, {@code device.metric}, sorted; further along the pipes than its truth says. */
    Set<String> points() {
        var points = new TreeSet<>(truth.points());
        points.addAll(truth.coupled());
        if (fault.layer() == Layer.PROCESS) {
            for (var there : surroundings.within(truth.facility(), PIPES)) {
                for (var device : there.getDevicesList()) {
                    for (var instrument : signals.of(there, device)) {
                        if (moves(instrument)) {
                            points.add(Ids.point(
                                    device.getId(), instrument.metric().code()));
                        }
                    }
                }
            }
        }
        return points;
    }

    private boolean moves(Instrument instrument) {
        if (instrument.metric().kind() == Metric.Kind.COUNTER) {
            return false;
        }
        var full = truth.fullAt().toEpochMilli();
        var last = truth.to().toEpochMilli() - 1;
        for (int look = 0; look <= LOOKS; look++) {
            if (isMoved(instrument, full + (last - full) * look / LOOKS, SIGMAS)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the process has moved at that point by so many deviations of its noise and a digit of the display. */
    static boolean isMoved(Instrument instrument, long millis, double sigmas) {
        var metric = instrument.metric();
        var difference =
                clamped(metric, instrument.quietAt(millis)) - clamped(metric, instrument.healthyQuietAt(millis));
        return isBeyond(metric, difference, sigmas * instrument.deviation());
    }

    /** @param difference in the metric's unit, between what is shown and what a healthy city would show */
    static boolean isBeyond(Metric metric, double difference, double threshold) {
        return Math.abs(difference) > 0.999 * digit(metric) && Math.abs(difference) > threshold;
    }

    /** The smallest step that its display shows. */
    static double digit(Metric metric) {
        return Math.pow(10, -metric.decimals());
    }

    private static double clamped(Metric metric, double value) {
        return Math.max(metric.range().low(), Math.min(metric.range().high(), value));
    }
}
