package io.yiwang.sim.fault;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.signal.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The faults that are happening, put on top of healthy signals. Starting and reading may happen in different threads; readings
 * themselves are taken by one thread.
 */
public final class Faults {
    private final DomainPacks packs;
    private final Signals signals;
    private final Map<String, Facility> facilities;
    private final Truth truth;
    private final List<FaultRun> running = new CopyOnWriteArrayList<>();
    private int started;

    public Faults(DomainPacks packs, Signals signals, List<Facility> facilities, Truth truth) {
        this.packs = packs;
        this.signals = signals;
        this.facilities = facilities.stream().collect(Collectors.toMap(Facility::getId, f -> f));
        this.truth = truth;
    }

    /** A request that cannot be done; the message says why and what would be possible. */
    public static final class Impossible extends RuntimeException {
        private static final long serialVersionUID = 1;

        Impossible(String message) {
            super(message);
        }
    }

    /** Every fault of every pack with the facilities of this city that it can happen to, in pack order. */
    public Map<Fault, List<String>> possible() {
        var possible = new LinkedHashMap<Fault, List<String>>();
        for (var domain : packs.all()) {
            for (var fault : domain.faults()) {
                possible.put(
                        fault,
                        facilities.values().stream()
                                .filter(f -> f.getDomain().equals(domain.id()) && fits(fault, f))
                                .map(Facility::getId)
                                .sorted()
                                .toList());
            }
        }
        return possible;
    }

    /**
     * Makes a fault happen.
     *
     * @param severity 0 to 1
     * @return its truth, already written
     * @throws Impossible when there is no such fault or facility, they do not fit, or the numbers make no sense
     */
    public synchronized TruthRecord start(
            String name, String facilityId, double severity, Duration duration, long nowMillis) {
        var fault = packs.all().stream()
                .flatMap(domain -> domain.faults().stream())
                .filter(f -> f.id().equals(name))
                .findFirst()
                .orElseThrow(() -> new Impossible("there is no fault " + name + "; `fault --list` names them"));
        var facility = facilities.get(facilityId);
        if (facility == null) {
            throw new Impossible("the simulated city has no facility " + facilityId);
        }
        if (!fits(fault, facility)) {
            throw new Impossible(
                    name + " cannot happen to " + facilityId + " (" + facility.getType() + "); it happens to "
                            + String.join(", ", fault.facilityTypes()) + ": "
                            + String.join(", ", possible().get(fault)));
        }
        if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
            throw new Impossible("a fault lasts 1 second to 1 day, not " + duration.toSeconds() + " s");
        }
        FaultRun run;
        try {
            run = FaultRun.of(
                    "F" + nowMillis + "-" + ++started,
                    fault,
                    facilityId,
                    severity,
                    nowMillis,
                    nowMillis + duration.toMillis());
        } catch (IllegalArgumentException e) {
            throw new Impossible(e.getMessage());
        }
        var record = TruthRecord.of(run, facility);
        truth.append(record);
        running.add(run);
        return record;
    }

    /** Faults that are happening now. */
    public int active(long nowMillis) {
        running.removeIf(run -> run.toMillis() <= nowMillis);
        return running.size();
    }

    /** What the device's instruments show, by metric: healthy signals, faults on top, rounded, within the physical range. */
    public Map<String, Double> readings(Facility facility, Device device, long millis) {
        var here = new ArrayList<FaultRun>();
        for (var run : running) {
            if (run.facility().equals(facility.getId()) && run.acts(millis)) {
                here.add(run);
            }
        }
        var shown = new LinkedHashMap<String, Double>();
        signals.at(facility, device, millis).forEach((metric, reading) -> {
            var value = reading;
            for (var run : here) {
                for (var effect : run.fault().effects()) {
                    if (effect.metric().equals(metric)) {
                        value = under(run, effect, facility, device, value, millis);
                    }
                }
            }
            shown.put(metric, value.shown());
        });
        return shown;
    }

    private Signals.Reading under(
            FaultRun run, Effect effect, Facility facility, Device device, Signals.Reading reading, long millis) {
        var first = firstWith(facility, effect.metric()).equals(device.getId());
        var value = run.applied(
                effect,
                reading.metric(),
                first,
                reading,
                () -> signals.at(facility, device, run.fromMillis())
                        .get(effect.metric())
                        .value(),
                millis);
        return new Signals.Reading(reading.metric(), value, reading.deviation());
    }

    private static String firstWith(Facility facility, String metric) {
        return facility.getDevicesList().stream()
                .filter(device -> device.getPointsList().stream()
                        .anyMatch(point -> point.getMetric().equals(metric)))
                .map(Device::getId)
                .findFirst()
                .orElse("");
    }

    private static boolean fits(Fault fault, Facility facility) {
        return fault.facilityTypes().contains(facility.getType())
                && fault.effects().stream()
                        .anyMatch(
                                effect -> !firstWith(facility, effect.metric()).isEmpty());
    }
}
