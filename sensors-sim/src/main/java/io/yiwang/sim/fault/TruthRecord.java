package io.yiwang.sim.fault;

import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * What really happens: the label that detection is scored against.
 *
 * @param fault id of the fault in the pack
 * @param metrics the facility's metrics that it touches, sorted
 * @param from ISO-8601 UTC, when it begins
 * @param to when it is over
 * @param fullAt when its effect is full
 * @param effects what it does at this severity
 */
public record TruthRecord(
        String id,
        String fault,
        Name name,
        String domain,
        String district,
        String facility,
        List<String> metrics,
        int grade,
        Instant from,
        Instant fullAt,
        Instant to,
        double severity,
        List<Done> effects) {

    /** @param size in the metric's unit for add and set, a factor for mul and noise */
    public record Done(String metric, String op, double size) {}

    static TruthRecord of(FaultRun run, Facility facility) {
        var measured = new TreeSet<String>();
        facility.getDevicesList().forEach(d -> d.getPointsList().forEach(p -> measured.add(p.getMetric())));
        var effects = run.fault().effects().stream()
                .filter(effect -> measured.contains(effect.metric()))
                .map(effect -> new Done(
                        effect.metric(),
                        effect.op().name().toLowerCase(Locale.ROOT),
                        Math.rint(run.size(effect) * 1e6) / 1e6))
                .toList();
        return new TruthRecord(
                run.id(),
                run.fault().id(),
                run.fault().name(),
                facility.getDomain(),
                facility.getDistrict(),
                facility.getId(),
                effects.stream().map(Done::metric).distinct().sorted().toList(),
                run.fault().grade(),
                Instant.ofEpochMilli(run.fromMillis()),
                Instant.ofEpochMilli(run.fromMillis() + run.riseMillis()),
                Instant.ofEpochMilli(run.toMillis()),
                run.severity(),
                effects);
    }
}
