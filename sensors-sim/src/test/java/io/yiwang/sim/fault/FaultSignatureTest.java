package io.yiwang.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Layer;
import io.yiwang.model.domain.Fault.Onset;
import io.yiwang.model.domain.Fault.Op;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.sim.signal.Signals;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault of every pack shows where its pack says, as strongly as it says, and nowhere before or after. */
class FaultSignatureTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    /** A winter morning and a summer evening: what a fault takes away must be there. */
    private static final List<Instant> SEASONS =
            List.of(Instant.parse("2026-01-14T01:00:00Z"), Instant.parse("2026-07-15T10:30:00Z"));

    private static final List<Instant> MOMENTS = SEASONS.stream()
            .flatMap(season ->
                    Stream.of(0, 23, 41, 67, 97, 131, 179, 241, 307, 401, 3_600).map(season::plusSeconds))
            .toList();

    private static final double[] SEVERITIES = {0.4, 0.7, 1};
    /** The share of the promised effect that has to show. */
    private static final double MOST = 0.6;

    private static final Set<Op> ARITHMETIC = EnumSet.of(Op.ADD, Op.ADD_SPAN, Op.ADD_SIGMA, Op.MUL, Op.SET);
    private static final Duration LENGTH = Duration.ofMinutes(10);

    @TempDir
    private Path data;

    static Stream<Domain> domains() {
        return PACKS.all().stream();
    }

    /** A small city of one facility of every type, linked as the packs place them, with the pack's devices and defaults. */
    static List<Facility> oneOfEach(Domain domain) {
        var facilities = new ArrayList<Facility>();
        for (var type : domain.facilityTypes()) {
            var facility = Facility.newBuilder()
                    .setId("one-" + type.id())
                    .setDomain(domain.id())
                    .setType(type.id())
                    .setHouseholds(800);
            if (type.placement() != null) {
                type.placement().fedBy().stream()
                        .filter(feeder -> !feeder.equals(type.id()))
                        .limit(1)
                        .forEach(feeder -> facility.addUpstream("one-" + feeder));
            }
            for (var template : type.devices()) {
                var device = Device.newBuilder().setId(facility.getId() + "-" + template.id());
                template.metrics()
                        .forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
                facility.addDevices(device);
            }
            facilities.add(facility.build());
        }
        return facilities;
    }

    private Faults faults(List<Facility> city, Signals signals) {
        return new Faults(PACKS, signals, city, new Truth(data), Pace.DEMO, 5);
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyFaultOfTheProcessShowsWhereItsPackSays(Domain domain) {
        var city = oneOfEach(domain);
        var signals = new Signals(PACKS, city, 5, ZONE);
        var wrong = new ArrayList<String>();
        for (var fault : domain.faults()) {
            if (fault.layer() != Layer.PROCESS) {
                continue;
            }
            for (var type : fault.facilityTypes()) {
                for (var severity : SEVERITIES) {
                    // It is enough when it shows at one of the moments: nobody heats in July, and a press at rest has
                    // no pressure.
                    List<String> mildest = List.of("never tried");
                    for (var moment : MOMENTS) {
                        mildest = mildest.isEmpty()
                                ? mildest
                                : signature(city, signals, fault, "one-" + type, severity, moment.toEpochMilli());
                    }
                    mildest.forEach(
                            what -> wrong.add(fault.id() + " at " + type + ", severity " + severity + ": " + what));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** What of the fault's promise does not hold. */
    private List<String> signature(
            List<Facility> city, Signals signals, Fault fault, String where, double severity, long start) {
        var wrong = new ArrayList<String>();
        var sick = faults(city, signals);
        TruthRecord truth;
        try {
            truth = sick.start(FaultOrder.of(fault.id(), where, severity, LENGTH), start);
        } catch (Faults.Impossible e) {
            return List.of("cannot happen: " + e.getMessage());
        }
        var physics = signals.physics();
        var full = truth.fullAt().toEpochMilli();
        for (var done : truth.effects()) {
            var healthy = physics.healthyAt(done.facility(), done.metric(), full);
            var now = physics.at(done.facility(), done.metric(), full);
            var metric = PACKS.metric(done.metric());
            var op = Op.valueOf(done.op().toUpperCase(java.util.Locale.ROOT));
            var twice = truth.effects().stream()
                            .filter(d -> d.metric().equals(done.metric())
                                    && d.facility().equals(done.facility()))
                            .count()
                    > 1;
            if (!ARITHMETIC.contains(op) || twice) {
                continue;
            }
            var promised = promised(
                    op, done.size(), healthy, metric.orElse(null), physics.noise(done.facility(), done.metric()));
            var change = now - healthy;
            var reached = metric.map(
                            m -> Math.max(m.range().low(), Math.min(m.range().high(), healthy + promised)) - healthy)
                    .orElse(promised);
            if (Math.signum(reached) != 0 && change / reached < MOST) {
                wrong.add(
                        done.metric() + " at " + done.facility() + " changes by " + change + " instead of " + reached);
            }
            var noise = physics.noise(done.facility(), done.metric());
            if (metric.isPresent() && done.facility().equals(where) && Math.abs(change) <= 3 * noise) {
                wrong.add(done.metric() + " moves by " + change + ", within its noise " + noise + " (from " + healthy
                        + ")");
            }
        }
        for (var facility : city) {
            for (var device : facility.getDevicesList()) {
                for (var instrument : signals.of(facility, device)) {
                    var code = instrument.metric().code();
                    if (instrument.metric().kind() == Metric.Kind.COUNTER) {
                        continue; // It keeps what the fault has left in it.
                    }
                    for (var before : new long[] {start - 1, start - 10_000}) {
                        if (instrument.quietAt(before) != instrument.healthyQuietAt(before)) {
                            wrong.add(code + " at " + facility.getId() + " moves before the onset");
                        }
                    }
                    if (truth.points().contains(device.getId() + "." + code)) {
                        var after = truth.to().toEpochMilli() + 86_400_000L * 4;
                        if (Math.abs(instrument.quietAt(after) - instrument.healthyQuietAt(after))
                                > 0.01 * instrument.metric().normal().span()) {
                            wrong.add(code + " does not recover");
                        }
                    }
                }
            }
        }
        return wrong;
    }

    private static double promised(
            Op op, double size, double healthy, @org.jspecify.annotations.Nullable Metric metric, double noise) {
        return switch (op) {
            case ADD -> size;
            case ADD_SPAN -> size * (metric == null ? 1 : metric.normal().span());
            case ADD_SIGMA -> size * noise;
            case MUL -> healthy * (size - 1);
            default -> size - healthy;
        };
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyFaultOfAnInstrumentShowsThereAndOnlyThere(Domain domain) {
        var city = oneOfEach(domain);
        var own = domain.faults().stream().filter(f -> f.layer() == Layer.INSTRUMENT);
        var common = PACKS.common().stream().flatMap(d -> d.faults().stream());
        var signals = new Signals(PACKS, city, 5, ZONE);
        Stream.concat(own, common).forEach(fault -> {
            for (var facility : city) {
                var healthy = faults(city, signals);
                if (!healthy.possibleAt(facility.getId()).contains(fault)) {
                    continue;
                }
                for (var severity : SEVERITIES) {
                    shows(fault, facility, severity, faults(city, signals), healthy);
                }
            }
        });
    }

    private static void shows(Fault fault, Facility facility, double severity, Faults sick, Faults healthy) {
        var start = SEASONS.get(0).toEpochMilli();
        var truth = sick.start(FaultOrder.of(fault.id(), facility.getId(), severity, LENGTH), start);
        var what = fault.id() + " at " + facility.getId() + ", severity " + severity;
        assertThat(truth.points()).as(what).isNotEmpty();
        var shown = false;
        for (var device : facility.getDevicesList()) {
            assertThat(sick.readings(facility, device, start - 1))
                    .isEqualTo(healthy.readings(facility, device, start - 1));
            var after = truth.to().toEpochMilli();
            assertThat(sick.readings(facility, device, after)).isEqualTo(healthy.readings(facility, device, after));
            for (long t = start + 1_000; t < after; t += 20_000) {
                var seen = sick.readings(facility, device, t);
                var real = healthy.readings(facility, device, t);
                for (var entry : real.entrySet()) {
                    var differs = !entry.getValue().equals(seen.get(entry.getKey()));
                    assertThat(!differs || truth.points().contains(device.getId() + "." + entry.getKey()))
                            .as(what + " shows at " + device.getId() + "." + entry.getKey())
                            .isTrue();
                    shown |= differs;
                }
                shown |= !sick.manner(device.getId(), t).equals(Manner.USUAL);
            }
        }
        var still = fault.onset() == Onset.FREEZE
                || fault.effects().stream().anyMatch(e -> e.op() == Op.FREEZE)
                // A factor leaves a zero alone, and a meter that was at zero has nothing to forget.
                || fault.effects().stream().anyMatch(e -> e.op() == Op.MUL || e.op() == Op.RESET);
        assertThat(shown || still).as(what + " shows").isTrue();
    }

    @ParameterizedTest
    @MethodSource("domains")
    void theSameSeedGivesTheSameReadingsInAnyOrderAlsoUnderFaults(Domain domain) {
        var city = oneOfEach(domain);
        var start = SEASONS.get(0).toEpochMilli();
        var forwards = faults(city, new Signals(PACKS, city, 5, ZONE));
        var backwards = faults(city, new Signals(PACKS, city, 5, ZONE));
        for (var faults : List.of(forwards, backwards)) {
            domain.faults()
                    .forEach(fault -> fault.facilityTypes().stream().limit(1).forEach(type -> {
                        try {
                            faults.start(FaultOrder.of(fault.id(), "one-" + type, 0.8, LENGTH), start);
                        } catch (Faults.Impossible e) {
                            // The other test says so.
                        }
                    }));
        }
        var moments = new ArrayList<Long>();
        for (long t = start - 120_000; t < start + 1_200_000; t += 241_000) {
            moments.add(t);
        }
        var first = new ArrayList<Map<String, Double>>();
        moments.forEach(t -> city.forEach(f -> f.getDevicesList().forEach(d -> first.add(forwards.readings(f, d, t)))));
        var second = new ArrayList<Map<String, Double>>();
        for (int i = moments.size() - 1; i >= 0; i--) {
            var at = new ArrayList<Map<String, Double>>();
            for (var f : city) {
                for (var d : f.getDevicesList()) {
                    at.add(backwards.readings(f, d, moments.get(i)));
                }
            }
            second.addAll(0, at);
        }
        assertThat(second).isEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("domains")
    void aYearWithoutFaultsStaysWithinThePhysicalRanges(Domain domain) {
        var city = oneOfEach(domain);
        var signals = new Signals(PACKS, city, 11, ZONE);
        var wrong = new java.util.TreeSet<String>();
        for (var day : List.of("2026-01-10", "2026-04-12", "2026-07-18", "2026-10-22")) {
            var midnight = Instant.parse(day + "T16:00:00Z").toEpochMilli();
            for (int hour = 0; hour < 48; hour++) {
                for (var facility : city) {
                    for (var device : facility.getDevicesList()) {
                        for (var instrument : signals.of(facility, device)) {
                            var value = instrument.quietAt(midnight + hour * 3_600_000L);
                            // Noise may touch the end of a range; the instrument cuts it.
                            if (!instrument.metric().range().contains(value)) {
                                wrong.add(facility.getType() + " "
                                        + instrument.metric().code() + " " + value);
                            }
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
