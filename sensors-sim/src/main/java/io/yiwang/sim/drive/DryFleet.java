package io.yiwang.sim.drive;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The devices of a city as {@link Fleet} drives them, on the city's time alone: no clock, no broker, and messages go to a listener at
 * the moment at which they would have left for the broker. The same city and the same faults give the same bytes.
 */
public final class DryFleet {
    private final Faults faults;
    private final Timetable timetable;
    private final Listener listener;
    private final PriorityQueue<Member> due = new PriorityQueue<>(
            Comparator.<Member>comparingLong(member -> member.dueMillis).thenComparingInt(member -> member.number));

    /** What the devices of a {@link DryFleet} do, in the order of time. */
    public interface Listener {
        /**
         * A device decides to tell something; it may be under way for long, or get lost.
         *
         * @param millis of the reading, by the city's clock
         * @param told by metric, as the instruments show it
         * @param deadMillis by metric: the instrument shows what was so long ago
         */
        void told(
                Facility facility, Device device, long millis, Map<String, Double> told, Map<String, Long> deadMillis);

        /**
         * A message arrives.
         *
         * @param millis by the city's clock
         * @param telemetry bytes of a {@link Telemetry} without {@code received_millis}
         */
        void arrived(Device device, long millis, byte[] telemetry);
    }

    private static final class Member {
        private final int number;
        private final Facility facility;
        private final Device device;
        private final Reporting reporting;
        private final Terminal terminal;
        private final Way way;
        private final String boot;
        /** Its place in the queue. */
        private long dueMillis;

        private long seq;

        private Member(int number, Facility facility, Device device, DomainPacks packs, long startMillis) {
            var seed = Hash.of(0, device.getId());
            this.number = number;
            this.facility = facility;
            this.device = device;
            this.reporting = Reporting.of(facility, device, packs);
            this.terminal = new Terminal(reporting, packs, seed, startMillis);
            this.way = new Way(reporting.link(), reporting.heartbeatMillis(), seed);
            this.boot = "%012x".formatted(Hash.mix(seed, startMillis) >>> 16);
            planNext();
        }

        private void planNext() {
            dueMillis = Math.min(terminal.nextMillis(), way.nextMillis());
        }
    }

    /**
     * @param facilities whose devices take part
     * @param timetable what else happens in the city's time
     * @param startMillis when all devices are switched on
     */
    public DryFleet(
            Collection<Facility> facilities,
            DomainPacks packs,
            Faults faults,
            Timetable timetable,
            Listener listener,
            long startMillis) {
        this.faults = faults;
        this.timetable = timetable;
        this.listener = listener;
        for (var facility : facilities) {
            for (var device : facility.getDevicesList()) {
                due.add(new Member(due.size(), facility, device, packs, startMillis));
            }
        }
    }

    /** How often the device is heard at least when all is well, ms. */
    public static long heartbeatMillis(Facility facility, Device device, DomainPacks packs) {
        return Reporting.of(facility, device, packs).heartbeatMillis();
    }

    /** Lets everything happen that is due before then. */
    public void runUntil(long millis) {
        for (var next = due.peek(); next != null && next.dueMillis < millis; next = due.peek()) {
            due.poll();
            timetable.advance(next.dueMillis);
            step(next);
            next.planNext();
            due.add(next);
        }
        timetable.advance(millis);
    }

    private void step(Member member) {
        var millis = member.dueMillis;
        var manner = faults.manner(member.device.getId(), millis);
        if (member.terminal.nextMillis() == millis) {
            var seen = faults.readings(member.facility, member.device, millis, member.reporting.deadMillis());
            var tell = member.terminal.look(seen);
            if (!tell.isEmpty() && !manner.silent()) {
                var seq = ++member.seq;
                var ts = millis + manner.clockMillis();
                listener.told(member.facility, member.device, millis, tell, member.reporting.deadMillis());
                member.way.add(
                        new Outgoing(seq, ts, List.copyOf(tell.keySet()), telemetry(member, ts, seq, tell), false),
                        manner,
                        millis);
            }
        }
        member.way.tick(manner, millis);
        for (var message : member.way.left(millis)) {
            listener.arrived(member.device, millis, message.payload());
        }
    }

    private static byte[] telemetry(Member member, long ts, long seq, Map<String, Double> tell) {
        var values = new ArrayList<Value>(tell.size());
        tell.forEach((metric, number) -> values.add(
                Value.newBuilder().setMetric(metric).setNumber(number).build()));
        return Telemetry.newBuilder()
                .setDomain(member.facility.getDomain())
                .setDistrict(member.facility.getDistrict())
                .setFacility(member.facility.getId())
                .setDevice(member.device.getId())
                .setBoot(member.boot)
                .setSeq(seq)
                .setEventTimeMillis(ts)
                .addAllValues(values)
                .build()
                .toByteArray();
    }
}
