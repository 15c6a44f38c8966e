package io.yiwang.sim.drive;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType.DeviceTemplate;
import io.yiwang.model.domain.FacilityType.Link;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * When a device looks and when it speaks.
 *
 * <p>Usually it looks as often as its quickest point and sends what is due. A device that reports by exception looks often and sends,
 * all together, when something has moved or the heartbeat is due. Events go when they change, and with every message besides.
 *
 * @param sampleMillis how often it looks
 * @param everyLooks by metric: it is due each so many looks; 0 = an event
 * @param change it sends when a metric has moved by this share of its normal span; 0 = not by exception
 * @param heartbeatMillis it sends at least this often
 * @param deadMillis by metric: how late the instrument notices
 */
record Reporting(
        Link link,
        long sampleMillis,
        Map<String, Integer> everyLooks,
        double change,
        long heartbeatMillis,
        Map<String, Long> deadMillis) {

    private static final long SHORTEST_SAMPLE_MILLIS = 1_000;
    /** For a device of events only: how often it looks and how often it is heard at least. */
    private static final int EVENT_SAMPLE_SECONDS = 5;

    private static final int EVENT_HEARTBEAT_SECONDS = 300;
    private static final double DEAD_SHARE = 0.1;
    private static final long LONGEST_DEAD_MILLIS = 600_000;

    Reporting {
        everyLooks = Map.copyOf(everyLooks);
        deadMillis = Map.copyOf(deadMillis);
    }

    boolean byException() {
        return change > 0;
    }

    boolean isEvent(String metric) {
        return everyLooks.getOrDefault(metric, 1) == 0;
    }

    /**
     * As the device's template in its pack says; a device without one reports every reading by wire. The points' own periods count;
     * of a device that reports by exception they are its heartbeat, and how often it looks keeps its proportion to that.
     */
    static Reporting of(Facility facility, Device device, DomainPacks packs) {
        var template = template(facility, device, packs);
        var periods = new HashMap<String, Integer>();
        for (var point : device.getPointsList()) {
            var metric = packs.metric(point.getMetric());
            var natural = metric.map(m -> m.period()).orElse(0);
            periods.put(
                    point.getMetric(),
                    metric.isPresent() && natural == 0
                            ? 0
                            : point.getPeriodSeconds() > 0 ? point.getPeriodSeconds() : natural);
        }
        var quickest = periods.values().stream()
                .filter(p -> p > 0)
                .mapToInt(p -> p)
                .min()
                .orElse(0);
        var given = device.getPointsList().stream()
                .mapToInt(p -> p.getPeriodSeconds())
                .filter(p -> p > 0)
                .min()
                .orElse(0);
        var byException = template.filter(DeviceTemplate::reportsByException);
        var heartbeat = byException.isPresent()
                ? given > 0 ? given : byException.get().heartbeatSeconds()
                : quickest > 0 ? quickest : given > 0 ? Math.max(given, EVENT_SAMPLE_SECONDS) : EVENT_HEARTBEAT_SECONDS;
        long sample;
        if (byException.isPresent()) {
            var looks =
                    byException.get().sampleSeconds() > 0 ? byException.get().sampleSeconds() : 60;
            sample = Math.round(1000.0 * looks * heartbeat / byException.get().heartbeatSeconds());
        } else {
            sample = 1000L * (quickest > 0 ? quickest : Math.min(heartbeat, EVENT_SAMPLE_SECONDS));
        }
        sample = Math.max(SHORTEST_SAMPLE_MILLIS, Math.min(sample, 1000L * heartbeat));
        var every = new HashMap<String, Integer>();
        var dead = new HashMap<String, Long>();
        for (var entry : periods.entrySet()) {
            var millis = 1000L * entry.getValue();
            every.put(
                    entry.getKey(),
                    millis == 0
                            ? 0
                            : byException.isPresent() ? 1 : (int) Math.max(1, Math.round(millis / (double) sample)));
            dead.put(
                    entry.getKey(),
                    byException.isPresent() ? 0 : Math.min(LONGEST_DEAD_MILLIS, (long) (DEAD_SHARE * millis)));
        }
        return new Reporting(
                template.map(DeviceTemplate::link).orElse(Link.WIRED),
                sample,
                every,
                byException.map(DeviceTemplate::change).orElse(0.0),
                1000L * heartbeat,
                dead);
    }

    private static Optional<DeviceTemplate> template(Facility facility, Device device, DomainPacks packs) {
        return packs.domain(facility.getDomain())
                .flatMap(domain -> Optional.ofNullable(domain.typesById().get(facility.getType())))
                .flatMap(type -> type.devices().stream()
                        .filter(t -> device.getId().endsWith("-" + t.id()))
                        .max(Comparator.comparingInt(t -> t.id().length())));
    }
}
