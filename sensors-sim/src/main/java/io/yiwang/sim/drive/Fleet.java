package io.yiwang.sim.drive;

import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.fault.Faults;
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
 * All devices of the city: each takes its readings when they are due and sends them in one message. One thread takes all
 * readings. A device's readings are spaced by exactly its period; who reads when is spread over the period.
 */
public final class Fleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
    private static final int TICK_MILLIS = 50;
    private static final long CONNECT_SPREAD_MILLIS = 4_000;
    private static final Duration FLUSH = Duration.ofSeconds(4);
    private static final int BOOT_BYTES = 6;

    private final Faults faults;
    private final InstantSource clock;
    private final DriveMeter meter = new DriveMeter();
    private final List<Member> members = new ArrayList<>();
    private final PriorityQueue<Member> due = new PriorityQueue<>(Comparator.comparingLong(m -> m.nextMillis));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "fleet");
        thread.setDaemon(true);
        return thread;
    });

    private static final class Member {
        private final Facility facility;
        private final Device device;
        private final DeviceLink link;
        private final long periodMillis;
        private long nextMillis;
        private long seq;

        private Member(Facility facility, Device device, DeviceLink link, long periodMillis) {
            this.facility = facility;
            this.device = device;
            this.link = link;
            this.periodMillis = periodMillis;
        }
    }

    /** @param facilities whose devices take part; each device's period is that of its first point */
    public Fleet(
            List<Facility> facilities,
            DeviceKeys keys,
            Faults faults,
            BrokerAddress broker,
            Ledger ledger,
            InstantSource clock) {
        this.faults = faults;
        this.clock = clock;
        var log = SendLog.of(ledger);
        var random = new SecureRandom();
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
                        timer);
                members.add(new Member(
                        facility, device, link, 1000L * device.getPoints(0).getPeriodSeconds()));
            }
        }
    }

    /** Connects everybody and starts reading. */
    public void start() {
        var now = clock.millis();
        for (var member : members) {
            var phase = Hash.unit(Hash.of(0, member.device.getId()), 0);
            member.nextMillis = now + (long) (phase * member.periodMillis);
            due.add(member);
            timer.schedule(member.link::connect, (long) (phase * CONNECT_SPREAD_MILLIS), TimeUnit.MILLISECONDS);
        }
        timer.scheduleWithFixedDelay(this::readWhatIsDue, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void readWhatIsDue() {
        try {
            var now = clock.millis();
            for (var next = due.peek(); next != null && next.nextMillis <= now; next = due.peek()) {
                due.poll();
                read(next);
                next.nextMillis += next.periodMillis;
                if (next.nextMillis < now - next.periodMillis) {
                    // The machine slept. Instruments that were off took no readings.
                    next.nextMillis += (now - next.nextMillis) / next.periodMillis * next.periodMillis;
                }
                due.add(next);
            }
        } catch (RuntimeException e) {
            LOG.error("the fleet cannot go on reading: {}", e.getMessage(), e);
            throw e;
        }
    }

    private void read(Member member) {
        var millis = member.nextMillis;
        var values = faults.readings(member.facility, member.device, millis);
        if (!values.isEmpty()) {
            var seq = ++member.seq;
            member.link.publish(new Outgoing(
                    seq,
                    millis,
                    List.copyOf(values.keySet()),
                    TelemetryJson.write(millis, member.link.boot(), seq, values)));
        }
    }

    public int devices() {
        return members.size();
    }

    public int connected() {
        return (int) members.stream().filter(m -> m.link.isConnected()).count();
    }

    /** Messages the broker has taken over since the start. */
    public long acked() {
        return meter.ackedCount();
    }

    /** Counters since the start, and what waits now. */
    public Map<String, Long> counts() {
        var counts = new LinkedHashMap<>(meter.counts());
        counts.put("unsent", members.stream().mapToLong(m -> m.link.unsent()).sum());
        counts.put("dropped", members.stream().mapToLong(m -> m.link.dropped()).sum());
        return counts;
    }

    /** Stops reading, waits a few seconds for what is in flight, and disconnects everybody. */
    @Override
    public void close() {
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
