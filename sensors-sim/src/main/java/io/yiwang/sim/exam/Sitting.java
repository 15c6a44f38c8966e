package io.yiwang.sim.exam;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.drive.DryFleet;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.signal.Signals;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Some networks of the city from the first day to the last: faults begin when they are planned, devices report, and what arrives is
 * written as a log. The same city and plan give the same bytes.
 */
final class Sitting implements DryFleet.Listener {
    /** As seldom as that the log says what time it is while nothing arrives. */
    static final Duration TICK = Duration.ofSeconds(10);

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final DomainPacks packs;
    private final List<Facility> facilities;
    private final ExamSettings settings;
    private final RecordWriter writer;
    private final Surroundings surroundings;
    private final Faults faults;
    private final Truth truth;
    private final ArrayDeque<Case> coming;
    private final List<Sighting> watched = new ArrayList<>();
    /** By facility that the fault moves. */
    private final Map<String, List<Sighting>> watchedAt = new HashMap<>();

    private final Map<Integer, Sighting.Shown> shown = new TreeMap<>();
    private long nextTickMillis;
    private long values;

    /**
     * @param facilities whole networks
     * @param cases of the exam; those at other facilities do not concern this sitting
     * @param truth of the faults as they begin
     */
    Sitting(
            DomainPacks packs,
            List<Facility> facilities,
            List<Case> cases,
            ExamSettings settings,
            Truth truth,
            OutputStream out) {
        this.packs = packs;
        this.facilities = facilities;
        this.settings = settings;
        this.truth = truth;
        writer = new RecordWriter(out);
        surroundings = new Surroundings(facilities);
        faults = new Faults(
                packs,
                new Signals(packs, facilities, settings.seed(), settings.zone()),
                facilities,
                truth,
                Pace.NATURAL,
                settings.seed());
        coming = new ArrayDeque<>(cases.stream()
                .filter(planned -> surroundings.facility(planned.facility()) != null)
                .sorted(Comparator.comparingLong(Case::fromMillis).thenComparingInt(Case::number))
                .toList());
        nextTickMillis = settings.beginMillis();
    }

    /**
     * @param days told of each simulated day that is over
     * @throws UncheckedIOException when nobody reads the log any more
     */
    void run(LongConsumer days) throws IOException {
        var fleet = new DryFleet(facilities, packs, faults, this::advance, this, settings.beginMillis());
        long day = 0;
        for (var millis = settings.beginMillis() + DAY_MILLIS; millis <= settings.endMillis(); millis += DAY_MILLIS) {
            fleet.runUntil(millis);
            days.accept(++day);
        }
        tickUntil(settings.endMillis());
        writer.flush();
    }

    /** By number of the case; those that never showed are left out. */
    Map<Integer, Sighting.Shown> shown() {
        return shown;
    }

    long values() {
        return values;
    }

    Truth truth() {
        return truth;
    }

    private void advance(long millis) {
        while (!coming.isEmpty() && coming.element().fromMillis() <= millis) {
            var next = coming.remove();
            var facility = surroundings.facility(next.facility());
            faults.start(next.order(), next.fromMillis());
            var struck = facility.getDevicesList().stream()
                    .filter(device -> device.getId().equals(next.device()))
                    .findFirst()
                    .orElse(facility.getDevices(0));
            var sighting = new Sighting(
                    next,
                    new Probe(
                            packs,
                            facilities,
                            surroundings,
                            next.order(),
                            next.fromMillis(),
                            settings.zone(),
                            settings.seed()),
                    DryFleet.heartbeatMillis(facility, struck, packs),
                    new Signs(packs, surroundings, next, settings.zone()));
            watched.add(sighting);
            next.zone()
                    .forEach(id -> watchedAt
                            .computeIfAbsent(id, there -> new ArrayList<>())
                            .add(sighting));
        }
        for (var i = watched.iterator(); i.hasNext(); ) {
            var sighting = i.next();
            if (sighting.isOver(millis)) {
                i.remove();
                sighting.planned().zone().forEach(id -> watchedAt.get(id).remove(sighting));
                sighting.shown()
                        .ifPresent(moments -> shown.put(sighting.planned().number(), moments));
            }
        }
    }

    @Override
    public void told(
            Facility facility, Device device, long millis, Map<String, Double> told, Map<String, Long> deadMillis) {
        values += told.size();
        for (var sighting : watchedAt.getOrDefault(facility.getId(), List.of())) {
            sighting.told(facility.getId(), device.getId(), millis, told, deadMillis);
        }
    }

    @Override
    public void arrived(Device device, long millis, byte[] telemetry) {
        try {
            tickUntil(millis);
            writer.telemetry(telemetry, millis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tickUntil(long millis) throws IOException {
        for (; nextTickMillis <= millis; nextTickMillis += TICK.toMillis()) {
            writer.tick(nextTickMillis);
        }
    }
}
