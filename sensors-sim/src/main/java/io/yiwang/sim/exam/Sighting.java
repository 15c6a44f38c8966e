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
 *
 * <p>Its sign is there when the process without its noise, at a device's reading, is as the pack says that the fault looks ({@link Signs});
 * never before it shows. Of an instrument it is what shows.
 */
final class Sighting {
    private static final int STUCK_READINGS = 10;
    /** Of what is told only when something happens. */
    private static final int STUCK_EVENTS = 3;

    private static final int NOISY_READINGS = 5;
    private static final int PERIODS_OF_SILENCE = 3;
    private static final long SHORTEST_SILENCE_MILLIS = 30_000;
    private static final long NEVER = -1;
    /** Signs that look back find so many readings from before the fault. */
    private static final int LOOKS_BACK = 120;

    /**
     * Epoch ms; -1 = it never did.
     *
     * @param visibleMillis when it first showed
     * @param plainMillis when it showed so plainly that no reading was any more as it should be
     * @param signMillis when there was first a sign by which its pack knows it
     */
    record Shown(long visibleMillis, long plainMillis, long signMillis) {
        boolean hasSign() {
            return signMillis != NEVER;
        }
    }

    private final Case planned;
    private final Probe probe;
    private final Signs signs;
    private final Map<String, Integer> counts = new HashMap<>();
    private int messages;
    private long visibleMillis = NEVER;
    private long plainMillis = NEVER;
    private long signMillis = NEVER;

    /**
     * @param heartbeatMillis of the struck device
     * @param signs of the fault, that have read nothing yet
     */
    Sighting(Case planned, Probe probe, long heartbeatMillis, Signs signs) {
        this.planned = planned;
        this.probe = probe;
        this.signs = signs;
        if (has(Op.DROP) || has(Op.BACKFILL)) {
            seen(planned.fromMillis() + Math.max(PERIODS_OF_SILENCE * heartbeatMillis, SHORTEST_SILENCE_MILLIS), true);
        }
        if (isSignMissing()) {
            lookBack();
        }
    }

    /** So that what rises has risen from something. Before the fault the city is as it would be without it. */
    private void lookBack() {
        planned.zone()
                .forEach(facility -> probe.instruments(facility).forEach((point, instrument) -> {
                    long memory = signs.lookAt(point) ? signs.memoryMillis(point) : 0;
                    for (int look = 0; memory > 0 && look < LOOKS_BACK; look++) {
                        var millis = planned.fromMillis() - memory + memory * look / LOOKS_BACK;
                        var value = Signals.round(instrument.metric(), instrument.healthyQuietAt(millis));
                        signs.read(point, millis, value, value);
                    }
                }));
    }

    Case planned() {
        return planned;
    }

    boolean isOver(long millis) {
        return millis >= planned.toMillis() || plainMillis != NEVER && !isSignMissing();
    }

    private boolean isSignMissing() {
        return !planned.isInstrument() && signMillis == NEVER && signs.areKnown();
    }

    /** When it showed; empty = not yet. */
    Optional<Shown> shown() {
        if (visibleMillis == NEVER) {
            return Optional.empty();
        }
        var sign = planned.isInstrument()
                ? visibleMillis
                : signMillis == NEVER ? NEVER : Math.max(signMillis, visibleMillis);
        return Optional.of(new Shown(visibleMillis, plainMillis, sign));
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
                var point = Ids.point(device, code);
                var shownMillis = millis - deadMillis.getOrDefault(code, 0L);
                if (plainMillis == NEVER) {
                    look(instrument, point, shown, millis, shownMillis);
                }
                if (isSignMissing() && signs.lookAt(point)) {
                    lookForSign(instrument, point, shown, millis, shownMillis);
                }
            }
        }
    }

    private void lookForSign(Signals.Instrument instrument, String point, double shown, long millis, long shownMillis) {
        var metric = instrument.metric();
        var op = probe.truth().points().contains(point) ? op(metric.code()) : null;
        // What makes a value restless or stand still is not in the process, but in what is shown.
        var real = op == Op.NOISE || op == Op.FREEZE ? shown : Signals.round(metric, instrument.quietAt(shownMillis));
        var healthy = Signals.round(metric, instrument.healthyQuietAt(shownMillis));
        if (signs.read(point, millis, real, healthy)) {
            signMillis = millis;
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
