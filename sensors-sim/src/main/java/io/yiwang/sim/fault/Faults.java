package io.yiwang.sim.fault;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Fault.Layer;
import io.yiwang.model.domain.Fault.Op;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.sim.signal.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a city, those that happen and those that happened. A fault of the process disturbs the physics, and everything
 * coupled to it follows; a fault of an instrument changes only what one device shows or how its messages go. Thread-safe.
 */
public final class Faults {
    private static final int PLACES_NAMED = 20;
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration SHORTEST_USUAL = Duration.ofMinutes(5);
    private static final Set<Op> MESSAGE_OPS = EnumSet.of(Op.DROP, Op.CLOCK, Op.BACKFILL, Op.DUPLICATE, Op.SHUFFLE);
    /** A coupled value counts as moved from so many standard deviations of its noise on. */
    private static final double MOVED_SIGMAS = 3;

    private final DomainPacks packs;
    private final Signals signals;
    private final Network network;
    private final Truth truth;
    private final Pace pace;
    private final long seed;
    private final Map<String, Facility> facilities = new LinkedHashMap<>();
    private final Map<String, FaultRun> running = new LinkedHashMap<>();
    private final Map<String, List<Strike>> atInstruments = new HashMap<>();
    private ProcessFaults process = new ProcessFaults();
    private int started;

    /**
     * @param pace of faults that are ordered without one
     * @param seed of the city
     */
    public Faults(
            DomainPacks packs, Signals signals, Collection<Facility> facilities, Truth truth, Pace pace, long seed) {
        this.packs = packs;
        this.signals = signals;
        this.network = new Network(facilities);
        this.truth = truth;
        this.pace = pace;
        this.seed = seed;
        facilities.forEach(facility -> this.facilities.put(facility.getId(), facility));
    }

    /** A request that cannot be done; the message says why and what would be possible. */
    public static final class Impossible extends RuntimeException {
        private static final long serialVersionUID = 1;

        Impossible(String message) {
            super(message);
        }
    }

    /** Every fault of every pack with the facilities of this city that it can happen to, in pack order. */
    public synchronized Map<Fault, List<String>> possible() {
        var possible = new LinkedHashMap<Fault, List<String>>();
        for (var domain : packs.all()) {
            for (var fault : domain.faults()) {
                possible.put(fault, placesOf(fault));
            }
        }
        packs.common().ifPresent(common -> common.faults().forEach(fault -> possible.put(fault, placesOf(fault))));
        return possible;
    }

    private List<String> placesOf(Fault fault) {
        return facilities.values().stream()
                .filter(facility -> fits(fault, facility))
                .map(Facility::getId)
                .sorted()
                .toList();
    }

    /** The ids of this city's facilities. */
    public Set<String> facilities() {
        return facilities.keySet();
    }

    /** Of the faults that can happen to the facility, in pack order. */
    public synchronized List<Fault> possibleAt(String facilityId) {
        var facility = facilities.get(facilityId);
        return facility == null
                ? List.of()
                : allFaults().filter(fault -> fits(fault, facility)).toList();
    }

    /** The fault of that id; empty when no pack has it. */
    public Optional<Fault> fault(String id) {
        return allFaults().filter(f -> f.id().equals(id)).findFirst();
    }

    private Stream<Fault> allFaults() {
        return Stream.concat(
                packs.all().stream().flatMap(domain -> domain.faults().stream()),
                packs.common().stream().flatMap(domain -> domain.faults().stream()));
    }

    /**
     * Makes a fault happen.
     *
     * @return its truth, already written
     * @throws Impossible when there is no such fault or place, they do not fit, or the numbers make no sense
     */
    public synchronized TruthRecord start(FaultOrder order, long nowMillis) {
        var run = runOf(order, nowMillis);
        var facility = facilities.get(run.facility());
        var record = run.fault().layer() == Layer.PROCESS
                ? startInProcess(run, facility, order)
                : startAtInstrument(run, facility, order);
        truth.append(record);
        running.put(run.id(), run);
        return record;
    }

    /**
     * Whether the fault could be started so.
     *
     * @throws Impossible with the reason when not
     */
    public synchronized void check(FaultOrder order) {
        var before = started;
        runOf(order, 0);
        started = before;
    }

    private FaultRun runOf(FaultOrder order, long nowMillis) {
        var fault = fault(order.fault())
                .orElseThrow(
                        () -> new Impossible("there is no fault " + order.fault() + "; `fault --list` names them"));
        var facility = facilities.get(order.facility());
        if (facility == null) {
            throw new Impossible("the simulated city has no facility " + order.facility());
        }
        if (!fits(fault, facility)) {
            var places = placesOf(fault);
            throw new Impossible(fault.id() + " cannot happen to " + facility.getId() + " (" + facility.getType()
                    + "); it happens to "
                    + (fault.facilityTypes().isEmpty()
                            ? "whatever has what it needs"
                            : String.join(", ", fault.facilityTypes()))
                    + ": "
                    + (places.isEmpty()
                            ? "nothing in this city"
                            : String.join(", ", places.subList(0, Math.min(PLACES_NAMED, places.size()))))
                    + (places.size() > PLACES_NAMED ? " …" : ""));
        }
        var device = order.device() == null ? null : deviceOf(facility, order.device());
        var metric = anyMetric(fault, facility, device, order.metric());
        var struck = device != null || fault.layer() == Layer.PROCESS && metric == null
                ? device
                : firstFitting(fault, facility, metric);
        var usedPace = order.pace() == null ? pace : order.pace();
        if (!(order.severity() >= 0 && order.severity() <= 1)) {
            throw new Impossible("severity is 0 to 1, not " + order.severity());
        }
        var duration = order.duration() == null ? usual(fault, order.severity(), usedPace) : order.duration();
        if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw new Impossible("a fault lasts 1 second to 366 days, not " + duration.toSeconds() + " s");
        }
        return FaultRun.of(
                "F" + nowMillis + "-" + ++started,
                fault,
                facility.getId(),
                struck == null ? null : struck.getId(),
                metric,
                order.severity(),
                nowMillis,
                nowMillis + duration.toMillis(),
                usedPace);
    }

    private static Duration usual(Fault fault, double severity, Pace pace) {
        var rise = pace.capped(FaultRun.naturalRiseMillis(fault, severity));
        var twice = Duration.ofMillis(Math.min(LONGEST.toMillis(), 2 * rise));
        return twice.compareTo(SHORTEST_USUAL) < 0 ? SHORTEST_USUAL : twice;
    }

    /** By its id, or by the last part of it. */
    private static Device deviceOf(Facility facility, String wanted) {
        return facility.getDevicesList().stream()
                .filter(d -> d.getId().equals(wanted) || d.getId().equals(facility.getId() + "-" + wanted))
                .findFirst()
                .orElseThrow(() -> new Impossible("facility " + facility.getId() + " has no device " + wanted
                        + "; it has "
                        + facility.getDevicesList().stream().map(Device::getId).collect(Collectors.joining(", "))));
    }

    /** What {@link Effect#ANY} stands for; null when the fault names its metrics or concerns a whole device. */
    private @Nullable String anyMetric(
            Fault fault, Facility facility, @Nullable Device device, @Nullable String wanted) {
        var any = fault.effects().stream()
                .filter(effect -> effect.metric().equals(Effect.ANY))
                .toList();
        if (any.isEmpty()) {
            if (wanted != null) {
                throw new Impossible(fault.id() + " names its own metrics; leave --metric out");
            }
            return null;
        }
        var candidates = device == null ? facility.getDevicesList() : List.of(device);
        if (wanted != null) {
            if (candidates.stream().noneMatch(d -> measures(d, wanted))) {
                throw new Impossible((device == null ? facility.getId() : device.getId()) + " does not measure "
                        + wanted + "; it measures "
                        + candidates.stream()
                                .flatMap(d -> d.getPointsList().stream())
                                .map(Point::getMetric)
                                .distinct()
                                .collect(Collectors.joining(", ")));
            }
            return wanted;
        }
        if (any.stream().allMatch(effect -> MESSAGE_OPS.contains(effect.op()))) {
            return null;
        }
        return candidates.stream()
                .flatMap(d -> d.getPointsList().stream())
                .map(Point::getMetric)
                .filter(code -> suits(any, facility, code))
                .findFirst()
                .orElseThrow(() -> new Impossible(fault.id() + ": nothing there measures what it needs"));
    }

    /** Whether a fault without metrics of its own may choose this one. */
    private boolean suits(List<Effect> effects, Facility facility, String code) {
        var wanted =
                effects.stream().anyMatch(effect -> effect.op() == Op.RESET) ? Metric.Kind.COUNTER : Metric.Kind.ANALOG;
        return packs.metric(code).filter(metric -> metric.kind() == wanted).isPresent()
                && signals.physics().knows(facility.getId(), code);
    }

    private static boolean measures(Device device, String metric) {
        return device.getPointsList().stream()
                .anyMatch(point -> point.getMetric().equals(metric));
    }

    private static Device firstFitting(Fault fault, Facility facility, @Nullable String metric) {
        return facility.getDevicesList().stream()
                .filter(device -> metric != null
                        ? measures(device, metric)
                        : fault.effects().stream()
                                .anyMatch(e -> e.metric().equals(Effect.ANY) || measures(device, e.metric())))
                .findFirst()
                .orElseThrow(() -> new Impossible(fault.id() + ": no device there fits"));
    }

    private boolean fits(Fault fault, Facility facility) {
        var domain = packs.domain(facility.getDomain());
        if (domain.isEmpty()
                || !fault.facilityTypes().isEmpty()
                        && !(fault.facilityTypes().contains(facility.getType())
                                && domain.get().faults().contains(fault))) {
            return false;
        }
        if (fault.layer() == Layer.PROCESS) {
            return fault.effects().stream()
                    .anyMatch(effect -> network.around(facility, effect.at()).stream()
                            .anyMatch(there -> signals.physics().knows(there.getId(), effect.metric())));
        }
        var any = fault.effects().stream()
                .filter(effect -> effect.metric().equals(Effect.ANY))
                .toList();
        var points = facility.getDevicesList().stream()
                .flatMap(d -> d.getPointsList().stream())
                .map(Point::getMetric);
        return any.isEmpty()
                ? points.anyMatch(code ->
                        fault.effects().stream().anyMatch(e -> e.metric().equals(code)))
                : any.stream().allMatch(e -> MESSAGE_OPS.contains(e.op()))
                        ? facility.getDevicesCount() > 0
                        : points.anyMatch(code -> suits(any, facility, code));
    }

    private TruthRecord startInProcess(FaultRun run, Facility facility, FaultOrder order) {
        var touched = new LinkedHashSet<String>();
        var done = new ArrayList<TruthRecord.Done>();
        var next = process.with(run);
        for (var effect : run.fault().effects()) {
            for (var there : network.around(facility, effect.at())) {
                if (signals.physics().knows(there.getId(), effect.metric())) {
                    var measuring = there.getDevicesList().stream()
                            .filter(d -> measures(d, effect.metric()))
                            .toList();
                    var n = measuring.size() < 2 ? 0 : placeAmong(measuring, run.device());
                    next.add(
                            new ProcessFaults.Place(there.getId(), effect.metric()),
                            new ProcessFaults.Hit(strike(run, effect, there.getId(), effect.metric()), n));
                    for (int i = 0; i < measuring.size(); i++) {
                        if (new ProcessFaults.Hit(strike(run, effect, there.getId(), effect.metric()), n).share(i + 1)
                                > 0) {
                            touched.add(Ids.point(measuring.get(i).getId(), effect.metric()));
                        }
                    }
                    done.add(TruthRecord.Done.of(effect, effect.metric(), there.getId(), run));
                }
            }
        }
        process = next;
        signals.physics().disturb(process, run.fromMillis());
        return TruthRecord.of(run, facility, touched, coupled(run, facility, touched), done, order, pace(order), seed);
    }

    private Pace pace(FaultOrder order) {
        return order.pace() == null ? pace : order.pace();
    }

    private static int placeAmong(List<Device> measuring, @Nullable String device) {
        for (int i = 0; i < measuring.size(); i++) {
            if (measuring.get(i).getId().equals(device)) {
                return i + 1;
            }
        }
        return 1;
    }

    private Strike strike(FaultRun run, Effect effect, String facility, String name) {
        var metric = packs.metric(name).orElse(null);
        var physics = signals.physics();
        return new Strike(run, effect, metric, physics.knows(facility, name) ? physics.noise(facility, name) : 0);
    }

    /** Points of the facility and those around it that the fault moves although it does not name them. */
    private Set<String> coupled(FaultRun run, Facility facility, Set<String> touched) {
        var moved = new TreeSet<String>();
        for (var there : network.around(facility, Neighbourhood.AROUND)) {
            for (var device : there.getDevicesList()) {
                for (var instrument : signals.of(there, device)) {
                    var metric = instrument.metric();
                    var point = Ids.point(device.getId(), metric.code());
                    // A meter shows what the others show, only later; and to ask it for its future is dear.
                    if (metric.kind() != Metric.Kind.COUNTER
                            && !touched.contains(point)
                            && (moves(instrument, run.fullMillis()) || moves(instrument, run.toMillis() - 1))) {
                        moved.add(point);
                    }
                }
            }
        }
        return moved;
    }

    private static boolean moves(Signals.Instrument instrument, long millis) {
        var seen = Math.abs(Signals.round(instrument.metric(), instrument.quietAt(millis))
                - Signals.round(instrument.metric(), instrument.healthyQuietAt(millis)));
        return seen > MOVED_SIGMAS * instrument.deviation();
    }

    private TruthRecord startAtInstrument(FaultRun run, Facility facility, FaultOrder order) {
        var touched = new LinkedHashSet<String>();
        var done = new ArrayList<TruthRecord.Done>();
        for (var effect : run.fault().effects()) {
            var name = effect.metric().equals(Effect.ANY) ? run.metric() : effect.metric();
            for (var device : facility.getDevicesList()) {
                if (struck(run, effect, device, name, facility)) {
                    // A message fault that is narrowed to one metric concerns that point only.
                    var strike = name == null
                            ? new Strike(run, effect, null, 0)
                            : strike(run, effect, facility.getId(), name);
                    atInstruments
                            .computeIfAbsent(device.getId(), d -> new ArrayList<>())
                            .add(strike);
                    done.add(TruthRecord.Done.of(effect, name == null ? Effect.ANY : name, facility.getId(), run));
                    device.getPointsList().stream()
                            .map(Point::getMetric)
                            .filter(code -> name == null || isWhole(effect) || code.equals(name))
                            .forEach(code -> touched.add(Ids.point(device.getId(), code)));
                }
            }
        }
        return TruthRecord.of(run, facility, touched, Set.of(), done, order, pace(order), seed);
    }

    /** Whether the effect concerns all that the device says, whatever metric is named. */
    private static boolean isWhole(Effect effect) {
        return MESSAGE_OPS.contains(effect.op()) && effect.op() != Op.DROP;
    }

    private static boolean struck(
            FaultRun run, Effect effect, Device device, @Nullable String name, Facility facility) {
        if (name == null) {
            return device.getId().equals(run.device());
        }
        if (!measures(device, name)) {
            return false;
        }
        var chosen = facility.getDevicesList().stream()
                .filter(d -> measures(d, name))
                .map(Device::getId)
                .toList();
        return device.getId().equals(chosen.contains(run.device()) ? run.device() : chosen.get(0));
    }

    /**
     * Ends a fault before its time.
     *
     * @return its truth as it now stands, already written
     * @throws Impossible when no fault of that id is happening
     */
    public synchronized TruthRecord stop(String id, long nowMillis) {
        var run = running.get(id);
        if (run == null || run.toMillis() <= nowMillis) {
            throw new Impossible("no fault " + id + " is happening"
                    + (running.isEmpty() ? "" : "; there are " + String.join(", ", running.keySet())));
        }
        var over = run.endingAt(nowMillis);
        running.remove(id);
        if (run.fault().layer() == Layer.PROCESS) {
            process = process.with(over);
            signals.physics().disturb(process, over.toMillis());
        } else {
            atInstruments
                    .values()
                    .forEach(strikes ->
                            strikes.replaceAll(strike -> strike.run().id().equals(id)
                                    ? new Strike(over, strike.effect(), strike.metric(), strike.deviation())
                                    : strike));
        }
        return truth.endEarly(id, over);
    }

    /** The simulator stops: faults that still act end now. */
    public synchronized void end(long nowMillis) {
        forget(nowMillis);
        List.copyOf(running.keySet()).forEach(id -> stop(id, nowMillis));
    }

    /** Faults that are happening now. */
    public synchronized int active(long nowMillis) {
        forget(nowMillis);
        return running.size();
    }

    /** The faults that are happening, oldest first. */
    public synchronized List<String> activeIds(long nowMillis) {
        forget(nowMillis);
        return List.copyOf(running.keySet());
    }

    /** Whether a fault is happening at the facility. */
    public synchronized boolean activeAt(String facility, long nowMillis) {
        forget(nowMillis);
        return running.values().stream().anyMatch(run -> run.facility().equals(facility));
    }

    /** Faults of the process stay in the physics when they are over: meters have counted them. */
    private void forget(long nowMillis) {
        if (running.values().removeIf(run -> run.toMillis() <= nowMillis)) {
            // A reading may still be taken of a moment just before.
            var past = nowMillis - Duration.ofHours(1).toMillis();
            atInstruments
                    .values()
                    .forEach(list -> list.removeIf(strike -> strike.run().toMillis() < past));
            atInstruments.values().removeIf(List::isEmpty);
        }
    }

    /** What the device's instruments show, by metric: rounded, within the physical range. Points that are cut off are left out. */
    public Map<String, Double> readings(Facility facility, Device device, long millis) {
        return readings(facility, device, millis, Map.of());
    }

    /** @param deadMillis by metric: the instrument shows what was so long ago */
    public synchronized Map<String, Double> readings(
            Facility facility, Device device, long millis, Map<String, Long> deadMillis) {
        var shown = new LinkedHashMap<String, Double>();
        var strikes = atInstruments.getOrDefault(device.getId(), List.of());
        for (var instrument : signals.of(facility, device)) {
            var code = instrument.metric().code();
            var dead = deadMillis.isEmpty() ? 0 : deadMillis.getOrDefault(code, 0L);
            var value = instrument.at(millis - dead);
            var cut = false;
            for (var strike : strikes) {
                if (strike.metric() != null && strike.metric().code().equals(code) && strike.acts(millis)) {
                    cut |= strike.effect().op() == Op.DROP;
                    value = strike.applied(value, 1, millis, then -> instrument.at(then - dead));
                }
            }
            if (!cut) {
                shown.put(code, Signals.round(instrument.metric(), value));
            }
        }
        return shown;
    }

    /** How the device's messages go at that moment. */
    public synchronized Manner manner(String device, long millis) {
        var strikes = atInstruments.get(device);
        if (strikes == null) {
            return Manner.USUAL;
        }
        var manner = Manner.USUAL;
        for (var strike : strikes) {
            var wholeDevice = strike.metric() == null || strike.effect().op() != Op.DROP;
            if (wholeDevice && strike.acts(millis)) {
                manner = manner.under(strike, millis);
            }
        }
        return manner;
    }
}
