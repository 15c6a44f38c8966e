package io.yiwang.sim.exam;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Fault.Layer;
import io.yiwang.model.domain.Fault.Onset;
import io.yiwang.model.domain.Fault.Op;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Symptom.Sign;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.drive.DryFleet;
import io.yiwang.sim.fault.FaultOrder;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.signal.Hash;
import io.yiwang.sim.signal.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides which fault happens where and when: each at a place around which nothing else happens at that time or shortly before or
 * after. The same settings give the same plan.
 */
final class Planner {
    private static final Set<Op> MESSAGE_OPS = EnumSet.of(Op.DROP, Op.CLOCK, Op.BACKFILL, Op.DUPLICATE, Op.SHUFFLE);
    /** Where readings come more rarely, a fault of the common pack would be over before anybody could know. */
    private static final long RAREST_MILLIS = Duration.ofHours(1).toMillis();

    private static final double HEARD_FOR = 1.25;
    private static final long SHORTEST_MILLIS = Duration.ofHours(2).toMillis();
    private static final long SHORTEST_PULSE_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final int PERIODS = 6;
    private static final int PERIODS_OF_PULSE = 4;
    private static final long LONGEST_PERIOD_MILLIS = Duration.ofHours(6).toMillis();
    private static final long PERIOD_OF_EVENTS_MILLIS = Duration.ofMinutes(5).toMillis();
    private static final long GRACE_MILLIS = Duration.ofMinutes(10).toMillis();
    private static final long SETTLE_MILLIS = Duration.ofHours(2).toMillis();
    private static final int SIGN_TIMES = 2;
    private static final int LONGEST_SHARE = 3;
    private static final int DRAWS = 300;
    private static final int PROBES = 12;
    private static final int LOOKS = 60;
    private static final long STEP_MILLIS = Duration.ofMinutes(30).toMillis();

    private final DomainPacks packs;
    private final ExamSettings settings;
    private final Surroundings surroundings;
    private final Map<String, List<Facility>> networks = new HashMap<>();
    private final Map<Fault, List<Place>> places = new LinkedHashMap<>();
    private final Map<String, Effects> effects = new HashMap<>();
    private final Map<String, List<Booking>> bookings = new HashMap<>();
    private final List<Case> cases = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    /** @param leftOut what could not be planned and why, for people */
    record Plan(List<Case> cases, List<String> leftOut) {}

    private record Place(
            Facility facility,
            @Nullable Device device,
            @Nullable String metric) {}

    /** What a fault moves at a place, at its worst. */
    private record Effects(Set<String> points, Set<String> zone, Set<String> near) {}

    /** Somebody's time. @param acted whether the facility itself is moved, and not only near */
    private record Booking(long fromMillis, long toMillis, boolean acted) {}

    private record Wanted(Fault fault, double severity, int repeat) {}

    Planner(DomainPacks packs, List<Facility> city, ExamSettings settings) {
        this.packs = packs;
        this.settings = settings;
        surroundings = new Surroundings(city);
        surroundings.networks().forEach(network -> network.forEach(f -> networks.put(f.getId(), network)));
        var faults = new Faults(
                packs,
                new Signals(packs, city, settings.seed(), settings.zone()),
                city,
                Truth.inMemory(),
                Pace.NATURAL,
                settings.seed());
        faults.possible().forEach((fault, facilities) -> {
            if (settings.faults().isEmpty() || settings.faults().contains(fault.id())) {
                places.put(fault, placesOf(fault, facilities));
            }
        });
    }

    /** Every fault that the exam asks for. */
    static List<Fault> faults(DomainPacks packs, Set<String> ids) {
        var all = new ArrayList<Fault>();
        packs.all().forEach(domain -> all.addAll(domain.faults()));
        packs.common().ifPresent(common -> all.addAll(common.faults()));
        for (var id : ids) {
            if (all.stream().noneMatch(fault -> fault.id().equals(id))) {
                throw new ExamFailure("there is no fault " + id + "; './yiwang fault --list' names them");
            }
        }
        all.removeIf(fault -> !ids.isEmpty() && !ids.contains(fault.id()));
        return all;
    }

    private static boolean isCommon(Fault fault) {
        return fault.facilityTypes().isEmpty();
    }

    private static boolean concernsMessages(Fault fault) {
        return fault.effects().stream().allMatch(effect -> MESSAGE_OPS.contains(effect.op()));
    }

    private List<Place> placesOf(Fault fault, List<String> facilities) {
        var found = new ArrayList<Place>();
        for (var id : facilities) {
            var facility = surroundings.facility(id);
            if (!isCommon(fault)) {
                found.add(new Place(facility, null, null));
                continue;
            }
            for (var device : facility.getDevicesList()) {
                if (DryFleet.heartbeatMillis(facility, device, packs) > RAREST_MILLIS) {
                    continue;
                }
                if (concernsMessages(fault)) {
                    found.add(new Place(facility, device, null));
                } else {
                    device.getPointsList().stream()
                            .map(point -> point.getMetric())
                            .filter(metric -> isSensible(fault, facility, metric))
                            .forEach(metric -> found.add(new Place(facility, device, metric)));
                }
            }
        }
        return found;
    }

    /** Whether an instrument of the metric can have the fault so that it means something: health of devices is told by no instrument. */
    private boolean isSensible(Fault fault, Facility facility, String code) {
        var metric = packs.metric(code).orElseThrow();
        if (code.startsWith("dev_") || 1000L * metric.period() > RAREST_MILLIS) {
            return false;
        }
        var resets = fault.effects().stream().anyMatch(effect -> effect.op() == Op.RESET);
        if (resets || metric.kind() != Metric.Kind.ANALOG) {
            return resets && metric.kind() == Metric.Kind.COUNTER;
        }
        return behaviourNoise(facility, code) > 0;
    }

    private double behaviourNoise(Facility facility, String code) {
        return packs.domain(facility.getDomain()).stream()
                .flatMap(domain -> domain.typesById().get(facility.getType()).behaviour().stream())
                .filter(behaviour -> behaviour.name().equals(code))
                .mapToDouble(behaviour -> behaviour.noise())
                .findFirst()
                .orElse(0);
    }

    Plan plan() {
        var wanted = new ArrayList<Wanted>();
        places.keySet().forEach(fault -> {
            for (int repeat = 0; repeat < (isCommon(fault) ? settings.commonRepeats() : settings.repeats()); repeat++) {
                for (var severity : settings.severities()) {
                    wanted.add(new Wanted(fault, severity, repeat));
                }
            }
        });
        // What has few places, and what takes long, chooses first.
        wanted.sort(Comparator.<Wanted>comparingInt(w -> places.get(w.fault).size())
                .thenComparingLong(w -> -durationMillis(w.fault, w.severity, null)));
        wanted.forEach(this::place);
        cases.sort(Comparator.comparingLong(Case::fromMillis).thenComparing(c -> c.fault()));
        var numbered = new ArrayList<Case>();
        for (var next : cases) {
            numbered.add(new Case(
                    numbered.size() + 1,
                    next.order(),
                    next.grade(),
                    next.isInstrument(),
                    next.points(),
                    next.zone(),
                    next.fromMillis(),
                    next.toMillis(),
                    next.graceMillis(),
                    next.settleMillis(),
                    next.byArrival()));
        }
        return new Plan(List.copyOf(numbered), List.copyOf(leftOut));
    }

    private void place(Wanted wanted) {
        var candidates = places.get(wanted.fault);
        if (candidates.isEmpty()) {
            leftOut.add(wanted.fault.id() + ": no facility of the exam can have it");
            return;
        }
        var random =
                new Random(Hash.of(settings.seed(), wanted.fault.id() + "#" + wanted.severity + "#" + wanted.repeat));
        var longest = candidates.stream()
                .mapToLong(place -> durationMillis(wanted.fault, wanted.severity, place))
                .max()
                .orElseThrow();
        var latest = settings.endMillis() - longest - SETTLE_MILLIS;
        @Nullable Case hidden = null;
        int probes = 0;
        for (int draw = 0; draw < DRAWS && probes < PROBES && latest > settings.examMillis(); draw++) {
            var place = candidates.get(random.nextInt(candidates.size()));
            var start = settings.examMillis()
                    + 1000 * (long) (random.nextDouble() * (latest - settings.examMillis()) / 1000);
            var duration = durationMillis(wanted.fault, wanted.severity, place);
            if (isFree(effects(wanted.fault, place), start, start + duration)) {
                probes++;
                var found = caseOf(wanted, place, start, duration);
                if (shows(found)) {
                    book(found, effects(wanted.fault, place));
                    return;
                }
                hidden = hidden == null ? found : hidden;
            }
        }
        for (var place : hidden == null ? candidates : List.<Place>of()) {
            var duration = durationMillis(wanted.fault, wanted.severity, place);
            for (var start = settings.examMillis(); start < latest; start += STEP_MILLIS) {
                if (isFree(effects(wanted.fault, place), start, start + duration)) {
                    book(caseOf(wanted, place, start, duration), effects(wanted.fault, place));
                    return;
                }
            }
        }
        if (hidden == null) {
            leftOut.add("%s at severity %s: no facility that can have it was ever free for so long (%s)"
                    .formatted(wanted.fault.id(), wanted.severity, Duration.ofMillis(longest)));
        } else {
            var hiddenAt = hidden;
            book(
                    hidden,
                    candidates.stream()
                            .filter(p -> p.facility.getId().equals(hiddenAt.facility()))
                            .map(p -> effects(wanted.fault, p))
                            .findFirst()
                            .orElseThrow());
        }
    }

    private Case caseOf(Wanted wanted, Place place, long start, long duration) {
        var fault = wanted.fault;
        var order = order(fault, place, wanted.severity, duration);
        var effect = effects(fault, place);
        var period = periodMillis(fault, place);
        return new Case(
                0,
                order,
                fault.grade(),
                fault.layer() == Layer.INSTRUMENT,
                effect.points,
                effect.zone,
                start,
                start + duration,
                GRACE_MILLIS + 2 * period,
                SETTLE_MILLIS + PERIODS_OF_PULSE * period,
                fault.effects().stream()
                        .anyMatch(e -> e.op() == Op.CLOCK || e.op() == Op.BACKFILL || e.op() == Op.SHUFFLE));
    }

    private FaultOrder order(Fault fault, Place place, double severity, long duration) {
        return new FaultOrder(
                fault.id(),
                place.facility.getId(),
                place.device == null ? null : place.device.getId(),
                place.metric,
                severity,
                Duration.ofMillis(duration),
                new Pace(settings.longestRise()),
                "exam");
    }

    private Effects effects(Fault fault, Place place) {
        var key = fault.id() + "@" + place.facility.getId() + "/" + place.device + "/" + place.metric;
        var known = effects.get(key);
        if (known == null) {
            var facility = place.facility.getId();
            var probe = probe(order(fault, place, 1, durationMillis(fault, 1, place)), settings.examMillis());
            var points = probe.points();
            var zone = new TreeSet<String>();
            zone.add(facility);
            networks.get(facility).stream()
                    .filter(there -> there.getDevicesList().stream()
                            .anyMatch(d -> points.stream().anyMatch(point -> point.startsWith(d.getId() + "."))))
                    .forEach(there -> zone.add(there.getId()));
            var near = new TreeSet<>(fault.layer() == Layer.PROCESS ? surroundings.around(facility) : zone);
            near.addAll(zone);
            known = new Effects(points, zone, near);
            effects.put(key, known);
        }
        return known;
    }

    private Probe probe(FaultOrder order, long millis) {
        return new Probe(
                packs, networks.get(order.facility()), surroundings, order, millis, settings.zone(), settings.seed());
    }

    /** Whether the process would be seen to move at any time; an instrument always gives itself away, sooner or later. */
    private boolean shows(Case planned) {
        if (planned.isInstrument()) {
            return true;
        }
        var probe = probe(planned.order(), planned.fromMillis());
        for (var facility : planned.zone()) {
            for (var device : surroundings.facility(facility).getDevicesList()) {
                for (var instrument : probe.instruments(facility, device.getId())) {
                    for (int look = 1; instrument.metric().kind() != Metric.Kind.COUNTER && look <= LOOKS; look++) {
                        var at = planned.fromMillis() + (planned.toMillis() - planned.fromMillis() - 1) * look / LOOKS;
                        if (Probe.isMoved(instrument, at, Probe.SIGMAS)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** Nothing acts near it, and it acts on nobody near whom something acts. */
    private boolean isFree(Effects effect, long from, long to) {
        var gap = settings.gap().toMillis();
        return effect.near.stream().noneMatch(id -> isTaken(id, from - gap, to + gap, true))
                && effect.zone.stream().noneMatch(id -> isTaken(id, from - gap, to + gap, false));
    }

    private boolean isTaken(String facility, long from, long to, boolean onlyActed) {
        return bookings.getOrDefault(facility, List.of()).stream()
                .anyMatch(b -> b.fromMillis < to && b.toMillis > from && (b.acted || !onlyActed));
    }

    private void book(Case planned, Effects effect) {
        cases.add(planned);
        effect.near.forEach(id -> bookings.computeIfAbsent(id, f -> new ArrayList<>())
                .add(new Booking(planned.fromMillis(), planned.toMillis(), effect.zone.contains(id))));
    }

    /** Long enough to grow and then to be read several times by those who read it most rarely. */
    private long durationMillis(Fault fault, double severity, @Nullable Place place) {
        var rise = fault.riseSeconds();
        var growing = Math.min(
                settings.longestRise().toMillis(), (long) (1000 * (rise.low() + (1 - severity) * rise.span())));
        var period = periodMillis(fault, place);
        var duration = fault.onset() == Onset.PULSE
                ? Math.max(3 * growing, Math.max(SHORTEST_PULSE_MILLIS, PERIODS_OF_PULSE * period))
                : fault.onset() == Onset.PERIODIC
                        ? Math.max(5 * growing / 2, Math.max(SHORTEST_MILLIS, PERIODS * period))
                        : (long) (HEARD_FOR * growing) + Math.max(SHORTEST_MILLIS, PERIODS * period);
        duration += SIGN_TIMES * signMillis(fault);
        if (freezesEvents(fault)) {
            duration = Math.max(duration, settings.longestRise().toMillis());
        }
        var longest = Duration.ofDays(settings.days()).toMillis() / LONGEST_SHARE;
        return Math.min(longest, duration) / 1000 * 1000;
    }

    /** As long as the longest sign lasts by which its pack knows it: a lorry that has been away for four hours. */
    private long signMillis(Fault fault) {
        return packs.all().stream()
                .flatMap(domain -> domain.patterns().stream()
                        .filter(pattern -> pattern.explains().contains(fault.id()))
                        .flatMap(pattern -> pattern.parts().stream())
                        .flatMap(part -> domain.symptoms().stream()
                                .filter(symptom -> symptom.id().equals(part.symptom())
                                        && (symptom.sign() == Sign.STATE
                                                || symptom.sign() == Sign.STILL
                                                || symptom.sign() == Sign.ABOVE
                                                || symptom.sign() == Sign.BELOW))))
                .mapToLong(symptom -> 1000L * symptom.seconds())
                .max()
                .orElse(0);
    }

    /** What is told once a day or when a lorry comes is known to stand still only after days. */
    private boolean freezesEvents(Fault fault) {
        return fault.effects().stream()
                .anyMatch(effect -> effect.op() == Op.FREEZE
                        && packs.metric(effect.metric())
                                .filter(metric -> metric.period() == 0)
                                .isPresent());
    }

    /** How rarely the slowest of its metrics is read, and the struck device heard. */
    private long periodMillis(Fault fault, @Nullable Place place) {
        var slowest = place == null || place.device == null
                ? 0L
                : DryFleet.heartbeatMillis(place.facility, place.device, packs);
        for (Effect effect : fault.effects()) {
            var metric = packs.metric(effect.metric());
            if (metric.isPresent()) {
                slowest = Math.max(
                        slowest,
                        metric.get().period() == 0
                                ? PERIOD_OF_EVENTS_MILLIS
                                : 1000L * metric.get().period());
            } else if (effect.metric().equals(Effect.ANY)) {
                slowest = Math.max(slowest, PERIOD_OF_EVENTS_MILLIS);
            }
        }
        return Math.min(slowest, LONGEST_PERIOD_MILLIS);
    }
}
