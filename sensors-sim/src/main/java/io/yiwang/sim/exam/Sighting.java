package io.yiwang.sim.exam;

import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Fault.Layer;
import io.yiwang.model.domain.Fault.Op;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.Ids;
import io.yiwang.sim.signal.Signals;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a fault first shows in what devices tell, so that somebody who knows the healthy city could know. A process shows with the first
 * reading at which some value, without its noise, is {@value Probe#SIGMAS} standard deviations of the noise and a digit of the display
 * away from the healthy one. An instrument shows with the first reading that is so far from what a healthy one would have shown; when it is
 * stuck, with the {@value #STUCK_READINGS}th that should have been another ({@value #STUCK_EVENTS} of events); when it is noisy, with the {@value #NOISY_READINGS}th that is so
 * far off. Missing messages show after {@value #PERIODS_OF_SILENCE} periods; a wrong clock and repeated messages with the first one;
 * messages that overtake each other with the first that can.
 */
final class Sighting {
    private static final int STUCK_READINGS = 10;
    /** Of what is told only when something happens. */
    private static final int STUCK_EVENTS = 3;

    private static final int NOISY_READINGS = 5;
    private static final int PERIODS_OF_SILENCE = 3;
    private static final long SHORTEST_SILENCE_MILLIS = 30_000;
    private static final long NEVER = -1;

    /**
     * Epoch ms.
     *
     * @param visibleMillis when it first showed
     * @param plainMillis when it showed so plainly that no reading was any more as it should be; -1 = it never did
     */
    record Shown(long visibleMillis, long plainMillis) {}

    private final Case planned;
    private final Probe probe;
    private final Map<String, Integer> counts = new HashMap<>();
    private int messages;
    private long visibleMillis = NEVER;
    private long plainMillis = NEVER;

    /** @param heartbeatMillis of the struck device */
    Sighting(Case planned, Probe probe, long heartbeatMillis) {
        this.planned = planned;
        this.probe = probe;
        if (has(Op.DROP) || has(Op.BACKFILL)) {
            seen(planned.fromMillis() + Math.max(PERIODS_OF_SILENCE * heartbeatMillis, SHORTEST_SILENCE_MILLIS), true);
        }
    }

    Case planned() {
        return planned;
    }

    boolean isOver(long millis) {
        return millis >= planned.toMillis() || plainMillis != NEVER;
    }

    /** When it showed; empty = not yet. */
    Optional<Shown> shown() {
        return visibleMillis == NEVER ? Optional.empty() : Optional.of(new Shown(visibleMillis, plainMillis));
    }

    private boolean has(Op op) {
        return probe.fault().effects().stream().anyMatch(effect -> effect.op() == op);
    }

    private void seen(long millis, boolean plainly) {
        if (visibleMillis == NEVER && millis < planned.toMillis()) {
            visibleMillis = millis;
        }
        if (plainly && plainMillis == NEVER && millis < planned.toMillis()) {
            plainMillis = millis;
        }
    }

    /**
     * A device of the city tells something.
     *
     * @param told what it shows, by metric
     * @param deadMillis by metric: the instrument shows what was so long ago
     */
    void told(String facility, String device, long millis, Map<String, Double> told, Map<String, Long> deadMillis) {
        if (millis < planned.fromMillis() || isOver(millis) || !planned.zone().contains(facility)) {
            return;
        }
        if (planned.isInstrument() && !planned.concernsDevice(device)) {
            return;
        }
        messages++;
        if (has(Op.CLOCK) || has(Op.DUPLICATE) || has(Op.SHUFFLE) && messages > disorder() + 1) {
            seen(millis, true);
            return;
        }
        for (var instrument : probe.instruments(facility, device)) {
            var code = instrument.metric().code();
            var shown = told.get(code);
            if (shown != null) {
                look(instrument, Ids.point(device, code), shown, millis, millis - deadMillis.getOrDefault(code, 0L));
            }
        }
    }

    private int disorder() {
        return probe.truth().effects().stream()
                .mapToInt(done -> (int) Math.rint(done.size()))
                .max()
                .orElse(0);
    }

    private void look(Signals.Instrument instrument, String point, double shown, long millis, long shownMillis) {
        var metric = instrument.metric();
        var isTouched = probe.truth().points().contains(point);
        if (probe.fault().layer() == Layer.PROCESS) {
            if (metric.kind() != Metric.Kind.COUNTER || isTouched) {
                var needed = isTouched && op(metric.code()) == Op.NOISE ? NOISY_READINGS : 1;
                if (Probe.isMoved(instrument, shownMillis, Probe.SIGMAS) && isEnough(point, needed)) {
                    seen(millis, needed > 1 || Probe.isMoved(instrument, shownMillis, Probe.PLAIN_SIGMAS));
                }
            }
        } else if (isTouched) {
            var op = op(metric.code());
            var threshold = op == Op.FREEZE ? 0 : Probe.SIGMAS * instrument.deviation();
            var difference = shown - Signals.round(metric, instrument.at(shownMillis));
            var stuck = metric.period() == 0 ? STUCK_EVENTS : STUCK_READINGS;
            var needed = op == Op.FREEZE ? stuck : op == Op.NOISE ? NOISY_READINGS : 1;
            if (Probe.isBeyond(metric, difference, threshold) && isEnough(point, needed)) {
                seen(millis, needed > 1 || Probe.isBeyond(metric, difference, 2 * threshold));
            }
        }
    }

    private boolean isEnough(String point, int needed) {
        return counts.merge(point, 1, Integer::sum) >= needed;
    }

    /** What is done to the metric; freezing and noise only when nothing else is done to it as well. */
    private @Nullable Op op(String code) {
        Op found = null;
        for (Effect effect : probe.fault().effects()) {
            if (effect.metric().equals(code) || effect.metric().equals(Effect.ANY)) {
                found = found == null || found == Op.FREEZE || found == Op.NOISE ? effect.op() : found;
            }
        }
        return found;
    }
}
