package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.streams.detect.pattern.Patterns;
import io.yiwang.streams.kafka.AlarmVerdict;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/**
 * Detection for many facilities under rules that change: each is judged by what holds at its log clock. A {@link FacilityDetection} is
 * compiled once per asset and stretch of rules; when another begins, what is no longer judged lets go first.
 */
public final class FacilityDetections {
    private final DomainPacks packs;
    private final ZoneId zone;
    private final CityClock clock;
    private final Map<String, Compiled> compiled = new HashMap<>();
    private final Map<String, Patterns> patterns = new HashMap<>();
    private RuleBook rules;

    /** @param untilMillis log clock at which other rules hold */
    private record Compiled(Facility facility, FacilityDetection detection, long untilMillis) {}

    /**
     * @param zone where the city lives
     * @param clock the city's
     */
    public FacilityDetections(DomainPacks packs, RuleBook rules, ZoneId zone, CityClock clock) {
        this.packs = packs;
        this.rules = rules;
        this.zone = zone;
        this.clock = clock;
    }

    /**
     * More is known of the rules of a scope; the facilities that it concerns look again when they are next judged.
     *
     * @param rules all that is known
     */
    public void become(RuleBook rules, RuleScope scope) {
        this.rules = rules;
        compiled.values().removeIf(known -> Scopes.concerns(scope, known.facility));
    }

    /** The catalogue has the facility otherwise now, or a state of it was read. */
    public void become(FacilityAsset asset, FacilityState state, FacilityDetection.Announcements out) {
        compiled.remove(asset.id());
        compile(asset, state, out);
    }

    /** The facility is not judged any more: what is open ends. */
    public void end(FacilityAsset asset, FacilityState state, FacilityDetection.Announcements out) {
        become(asset, state, out);
        compiled.remove(asset.id());
    }

    /** One record of the facility, in the order of its partition. What is due before it is concluded by the rules of that time. */
    public void on(
            FacilityAsset asset, FacilityState state, TelemetryMessage message, FacilityDetection.Announcements out) {
        var now = upTo(asset, state, message.logTimeMillis(), out);
        now.detection.on(state, message, out);
        state.dueMillis = Math.min(state.dueMillis, now.untilMillis);
    }

    /** Concludes what is over by the log clock. */
    public void conclude(
            FacilityAsset asset, FacilityState state, long logMillis, FacilityDetection.Announcements out) {
        var now = upTo(asset, state, logMillis, out);
        now.detection.conclude(state, logMillis, out);
        state.dueMillis = Math.min(state.dueMillis, now.untilMillis);
    }

    /** What an officer says of one of the facility's alarms. */
    public void on(
            FacilityAsset asset, FacilityState state, AlarmVerdict verdict, FacilityDetection.Announcements out) {
        compile(asset, state, out).detection.on(state, verdict, out);
    }

    /** The rules of that log clock, with all behind them that was due under earlier ones. */
    private Compiled upTo(
            FacilityAsset asset, FacilityState state, long logMillis, FacilityDetection.Announcements out) {
        var now = compile(asset, state, out);
        while (now.untilMillis <= logMillis) {
            now.detection.conclude(state, now.untilMillis - 1, out);
            state.clockMillis = Math.max(state.clockMillis, now.untilMillis);
            now = compile(asset, state, out);
        }
        return now;
    }

    private Compiled compile(FacilityAsset asset, FacilityState state, FacilityDetection.Announcements out) {
        var known = compiled.get(asset.id());
        if (known != null && state.clockMillis < known.untilMillis) {
            return known;
        }
        var facility = asset.toWire();
        var inForce = rules.rulesOf(packs, facility, state.clockMillis);
        // What a pack looks for is the same for all facilities of its domain.
        var patternsOfDomain = packs.domain(asset.domain())
                .map(domain -> patterns.computeIfAbsent(domain.id(), id -> new Patterns(domain)))
                .orElse(null);
        var now = new Compiled(
                facility,
                new FacilityDetection(packs, patternsOfDomain, asset, inForce, zone, clock),
                inForce.untilMillis());
        compiled.put(asset.id(), now);
        now.detection.adopt(state, out);
        state.dueMillis = Math.min(state.dueMillis, now.untilMillis);
        return now;
    }
}
