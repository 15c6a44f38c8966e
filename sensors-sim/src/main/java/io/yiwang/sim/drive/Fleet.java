package io.yiwang.sim.drive;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Manner;
import io.yiwang.sim.ledger.Ledger;
import io.yiwang.sim.signal.Hash;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All devices of the city: each looks when it is due, tells what its {@link Terminal} decides, and the message leaves when its {@link
 * Way} lets it. One thread does everything, in the order of the city's time.
 *
 * <p>When the machine cannot keep up with the city's clock, readings are taken late, each for its own moment, and none is left out;
 * {@link #behind} says how late.
 */
public final class Fleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
    private static final int TICK_MILLIS = 50;
    private static final long CONNECT_SPREAD_MILLIS = 4_000;
    private static final Duration FLUSH = Duration.ofSeconds(4);
    private static final int BOOT_BYTES = 6;
    /** When nothing ran for so long the machine slept, and instruments that were off took no readings. */
    private static final Duration ASLEEP = Duration.ofSeconds(60);

    private static final Duration LATE = Duration.ofSeconds(2);
    private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

    private final Faults faults;
    private final Timetable timetable;
    private final DomainPacks packs;
    private final InstantSource clock;
    private final double speed;
    private final DriveMeter meter = new DriveMeter();
    private final List<Member> members = new ArrayList<>();
    private final PriorityQueue<Member> due = new PriorityQueue<>(Comparator.comparingLong(Member::nextMillis));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "fleet");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Duration behind = Duration.ZERO;
    private volatile boolean closing;
    private long saidNanos = System.nanoTime() - SAY_AGAIN.toNanos();
    private long ranNanos = System.nanoTime();

    private static final class Member {
        private final Facility facility;
        private final Device device;
        private final Reporting reporting;
        private final DeviceLink link;
        private final Way way;
        private Terminal terminal;
        private long seq;

        private Member(Facility facility, Device device, Reporting reporting, DeviceLink link, Terminal terminal) {
            this.facility = facility;
            this.device = device;
            this.reporting = reporting;
            this.link = link;
            this.terminal = terminal;
            this.way = new Way(reporting.link(), reporting.heartbeatMillis(), seed(device));
        }

        private static long seed(Device device) {
            return Hash.of(0, device.getId());
        }

        private long nextMillis() {
            return Math.min(terminal.nextMillis(), way.nextMillis());
        }
    }

    /**
     * @param facilities whose devices take part
     * @param timetable what else happens in the city's time
     * @param clock the city's
     * @param speed how many times as fast as the wall clock it runs
     */
    public Fleet(
            List<Facility> facilities,
            DeviceKeys keys,
            DomainPacks packs,
            Faults faults,
            Timetable timetable,
            BrokerAddress broker,
            Ledger ledger,
            InstantSource clock,
            double speed) {
        this.faults = faults;
        this.timetable = timetable;
        this.packs = packs;
        this.clock = clock;
        this.speed = speed;
        var log = SendLog.of(ledger);
        var random = new SecureRandom();
        var now = clock.millis();
        for (var facility : facilities) {
            for (var device : facility.getDevicesList()) {
                var boot = new byte[BOOT_BYTES];
                random.nextBytes(boot);
                var link = new DeviceLink(
                        new DeviceTopic(facility.getDomain(), facility.getId(), device.getId(), DeviceTopic.TELEMETRY),
                        HexFormat.of().formatHex(boot),
                        keys.secret(device.getId()),
                        broker,
                        log,
                        meter,
                        timer,
                        clock);
                var reporting = Reporting.of(facility, device, packs);
                members.add(new Member(
                        facility, device, reporting, link, new Terminal(reporting, packs, Member.seed(device), now)));
            }
        }
    }

    /** Connects everybody and starts reading. */
    public void start() {
        var now = clock.millis();
        for (var member : members) {
            member.terminal = new Terminal(member.reporting, packs, Member.seed(member.device), now);
            due.add(member);
            var phase = Hash.unit(Member.seed(member.device), 0);
            timer.schedule(member.link::connect, (long) (phase * CONNECT_SPREAD_MILLIS), TimeUnit.MILLISECONDS);
        }
        ranNanos = System.nanoTime();
        timer.scheduleWithFixedDelay(this::doWhatIsDue, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void doWhatIsDue() {
        if (closing) {
            return;
        }
        try {
            var now = clock.millis();
            if (System.nanoTime() - ranNanos > ASLEEP.toNanos()) {
                LOG.warn("the simulator slept; its instruments took no readings meanwhile");
                var all = new ArrayList<>(due);
                due.clear();
                all.forEach(member -> member.terminal.skipTo(now));
                due.addAll(all);
            }
            var waiting = new ArrayList<Member>();
            for (var next = due.peek(); next != null && next.nextMillis() <= now && !closing; next = due.peek()) {
                due.poll();
                if (next.link.isCongested()) {
                    waiting.add(next);
                } else {
                    timetable.advance(next.nextMillis());
                    step(next);
                    due.add(next);
                }
                ranNanos = System.nanoTime();
            }
            due.addAll(waiting);
            timetable.advance(now);
            ranNanos = System.nanoTime();
            measureLateness();
        } catch (RuntimeException e) {
            LOG.error("the fleet cannot go on reading: {}", e.getMessage(), e);
            throw e;
        }
    }

    private void step(Member member) {
        var millis = member.nextMillis();
        var manner = faults.manner(member.device.getId(), millis);
        if (member.terminal.nextMillis() == millis) {
            look(member, manner, millis);
        }
        member.way.tick(manner, millis);
        member.way.left(millis).forEach(member.link::publish);
    }

    private void look(Member member, Manner manner, long millis) {
        var seen = faults.readings(member.facility, member.device, millis, member.reporting.deadMillis());
        var tell = member.terminal.look(seen);
        if (tell.isEmpty() || manner.silent()) {
            return;
        }
        var seq = ++member.seq;
        var ts = millis + manner.clockMillis();
        member.way.add(
                new Outgoing(
                        seq,
                        ts,
                        List.copyOf(tell.keySet()),
                        TelemetryJson.write(ts, member.link.boot(), seq, tell),
                        false),
                manner,
                millis);
    }

    private void measureLateness() {
        var next = due.peek();
        var late = next == null ? 0 : Math.max(0, clock.millis() - next.nextMillis());
        behind = Duration.ofMillis((long) (late / speed));
        if (isBehind() && System.nanoTime() - saidNanos > SAY_AGAIN.toNanos()) {
            saidNanos = System.nanoTime();
            LOG.warn(
                    "the simulator cannot keep up with a clock that runs {} times as fast: readings are {} s late; none is left out",
                    speed,
                    behind.toMillis() / 1000.0);
        }
    }

    public int devices() {
        return members.size();
    }

    public int connected() {
        return (int) members.stream().filter(m -> m.link.isConnected()).count();
    }

    /** How late readings are taken, on the wall clock. */
    public Duration behind() {
        return behind;
    }

    /** Whether the machine cannot keep up with the city's clock. */
    public boolean isBehind() {
        return behind.compareTo(LATE) > 0;
    }

    /** Messages the broker has taken over since the start. */
    public long acked() {
        return meter.ackedCount();
    }

    /** Counters since the start, and what waits now. */
    public Map<String, Long> counts() {
        var counts = new LinkedHashMap<>(meter.counts());
        counts.put("unsent", members.stream().mapToLong(m -> m.link.unsent()).sum());
        counts.put(
                "dropped",
                members.stream().mapToLong(m -> m.link.dropped() + m.way.lost()).sum());
        counts.put("behindMillis", behind.toMillis());
        return counts;
    }

    /** Stops reading, waits a few seconds for what is in flight, and disconnects everybody. */
    @Override
    public void close() {
        closing = true;
        try {
            timer.submit(() -> members.forEach(m -> m.way.all().forEach(m.link::publish)))
                    .get(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("messages that were under way are lost: {}", e.toString());
        }
        timer.shutdown();
        var deadline = System.nanoTime() + FLUSH.toNanos();
        while (System.nanoTime() < deadline
                && members.stream().anyMatch(m -> m.link.isConnected() && m.link.unsent() > 0)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        try {
            CompletableFuture.allOf(members.stream().map(m -> m.link.close()).toArray(CompletableFuture[]::new))
                    .get(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not every device said good-bye: {}", e.toString());
        }
    }
}
