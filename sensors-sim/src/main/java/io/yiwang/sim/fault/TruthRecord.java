package io.yiwang.sim.fault;

import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Truth.Builder;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What really happens: the label that detection is scored against.
 *
 * @param fault id of the fault in the pack
 * @param device that is struck; null = the facility as a whole
 * @param layer {@code process} or {@code instrument}
 * @param metrics metrics that it touches, sorted; hidden quantities are among the effects only
 * @param points that it touches, {@code device.metric}, also at neighbours, sorted
 * @param coupled other points there and around that it moves by more than three standard deviations of their noise, sorted
 * @param from ISO-8601 UTC, when it begins
 * @param fullAt when it is as strong as it gets; of a periodic fault the first time
 * @param to when it is over
 * @param endedEarly it was ended before its time; {@code to} is when
 * @param shape how it grows: {@code step}, {@code ramp}, {@code pulse}, {@code periodic} or {@code freeze}
 * @param riseSeconds until the effect is full; the period of a periodic fault
 * @param naturalRiseSeconds how long that would take by the pack
 * @param pace what shortened it: {@code natural}, {@code demo} or a longest rise
 * @param peak how much of the effect is there at {@code fullAt}, 1 = all; less when it ends before it is full
 * @param effects what it does at this severity
 * @param cause who wanted it: {@code command}, {@code random} or {@code scenario ID}
 * @param seed of the city
 */
public record TruthRecord(
        String id,
        String fault,
        Name name,
        String domain,
        String district,
        String facility,
        @Nullable String device,
        String layer,
        int grade,
        List<String> metrics,
        List<String> points,
        List<String> coupled,
        Instant from,
        Instant fullAt,
        Instant to,
        boolean endedEarly,
        double severity,
        String shape,
        double riseSeconds,
        double naturalRiseSeconds,
        String pace,
        double peak,
        List<Done> effects,
        String cause,
        long seed) {

    private static final double MILLIS_PER_SECOND = 1000;

    /**
     * @param metric or hidden quantity; {@code *} = all that the device says
     * @param facility where
     * @param size in the metric's unit for add and set, a factor for mul and noise, else as the operation means it
     */
    public record Done(String metric, String op, String facility, double size) {
        static Done of(Effect effect, String name, String facility, FaultRun run) {
            return new Done(name, effect.op().name().toLowerCase(Locale.ROOT), facility, rounded(run.size(effect)));
        }
    }

    static TruthRecord of(
            FaultRun run,
            Facility facility,
            Collection<String> points,
            Collection<String> coupled,
            List<Done> effects,
            FaultOrder order,
            Pace pace,
            long seed) {
        return new TruthRecord(
                run.id(),
                run.fault().id(),
                run.fault().name(),
                facility.getDomain(),
                facility.getDistrict(),
                facility.getId(),
                run.device(),
                run.fault().layer().name().toLowerCase(Locale.ROOT),
                run.fault().grade(),
                points.stream()
                        .map(point -> point.substring(point.lastIndexOf('.') + 1))
                        .distinct()
                        .sorted()
                        .toList(),
                points.stream().sorted().toList(),
                coupled.stream().sorted().toList(),
                Instant.ofEpochMilli(run.fromMillis()),
                Instant.ofEpochMilli(run.fullMillis()),
                Instant.ofEpochMilli(run.toMillis()),
                false,
                run.severity(),
                run.fault().onset().name().toLowerCase(Locale.ROOT),
                run.riseMillis() / MILLIS_PER_SECOND,
                run.naturalRiseMillis() / MILLIS_PER_SECOND,
                pace.toString(),
                rounded(run.peak()),
                List.copyOf(effects),
                order.cause(),
                seed);
    }

    /** Of a fault that ended before its time. */
    TruthRecord ended(FaultRun run) {
        return ended(Instant.ofEpochMilli(run.toMillis()), Instant.ofEpochMilli(run.fullMillis()), run.peak());
    }

    private TruthRecord ended(Instant end, Instant full, double reached) {
        return new TruthRecord(
                id,
                fault,
                name,
                domain,
                district,
                facility,
                device,
                layer,
                grade,
                metrics,
                points,
                coupled,
                from,
                full,
                end,
                true,
                severity,
                shape,
                riseSeconds,
                naturalRiseSeconds,
                pace,
                rounded(reached),
                effects,
                cause,
                seed);
    }

    private static double rounded(double value) {
        return Math.rint(value * 1e6) / 1e6;
    }

    /** As topic {@code truth} carries it. */
    public io.yiwang.model.wire.Truth toWire() {
        Builder wire = io.yiwang.model.wire.Truth.newBuilder()
                .setId(id)
                .setFault(fault)
                .setName(io.yiwang.model.wire.Text.newBuilder().setZh(name.zh()).setEn(name.en()))
                .setDomain(domain)
                .setDistrict(district)
                .setFacility(facility)
                .setDevice(device == null ? "" : device)
                .setLayer(layer)
                .setGrade(grade)
                .addAllMetrics(metrics)
                .addAllPoints(points)
                .addAllCoupled(coupled)
                .setFromMillis(from.toEpochMilli())
                .setFullMillis(fullAt.toEpochMilli())
                .setToMillis(to.toEpochMilli())
                .setEndedEarly(endedEarly)
                .setSeverity(severity)
                .setShape(shape)
                .setRiseSeconds(riseSeconds)
                .setNaturalRiseSeconds(naturalRiseSeconds)
                .setPace(pace)
                .setPeak(peak)
                .setCause(cause)
                .setSeed(seed);
        effects.forEach(done -> wire.addEffects(io.yiwang.model.wire.TruthEffect.newBuilder()
                .setMetric(done.metric)
                .setOp(done.op)
                .setFacility(done.facility)
                .setSize(done.size)));
        return wire.build();
    }
}
