package io.yiwang.streams.detect;

import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.rule.FacilityRules;
import io.yiwang.streams.detect.course.Surroundings;
import io.yiwang.streams.detect.instrument.Instrument;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the readings of a device are judged by besides themselves: the rest of its facility, work that is done there, what officers said. */
final class FacilitySurroundings implements Surroundings {
    private final @Nullable FacilityState state;
    private final FacilityPlan planned;
    private final FacilityRules rules;
    private final ZoneId zone;
    private final long slackMillis;

    /** @param state null for a late reading: of other metrics only the newest values are kept, not those of its time */
    FacilitySurroundings(
            @Nullable FacilityState state, FacilityPlan planned, FacilityRules rules, ZoneId zone, long slackMillis) {
        this.state = state;
        this.planned = planned;
        this.rules = rules;
        this.zone = zone;
        this.slackMillis = slackMillis;
    }

    @Override
    public LimitFormula.Readings at(long eventMillis) {
        return state == null ? new Past(eventMillis) : new Known(state, eventMillis);
    }

    @Override
    public boolean isUnderMaintenance(String device, long eventMillis) {
        return rules.isUnderMaintenance(device, eventMillis);
    }

    @Override
    public double tolerance(String rule, String device, long eventMillis) {
        return state == null ? 1 : state.course.tolerance.at(rule, device, eventMillis);
    }

    @Override
    public List<String> widenedBy(String rule, String device, long eventMillis) {
        return state == null
                ? List.of()
                : state.course.tolerance.explain(rule, device, eventMillis).widenedBy();
    }

    @Override
    public Set<String> expected(String device, long afterMillis, long tillMillis) {
        return state == null ? Set.of() : state.course.tolerance.expected(device, afterMillis, tillMillis);
    }

    private class Past implements LimitFormula.Readings {
        private final long eventMillis;

        Past(long eventMillis) {
            this.eventMillis = eventMillis;
        }

        @Override
        public double here(String metric) {
            return Double.NaN;
        }

        /** A single facility is judged without the others. */
        @Override
        public double districtMean(String metric) {
            return Double.NaN;
        }

        @Override
        public double hour() {
            var local = Instant.ofEpochMilli(eventMillis).atZone(zone).toLocalTime();
            return local.toNanoOfDay() / 3.6e12;
        }
    }

    /** What the facility's devices had said up to a time by their clocks; a value counts until its point would be silent. */
    private final class Known extends Past {
        private final FacilityState state;
        private final long eventMillis;

        Known(FacilityState state, long eventMillis) {
            super(eventMillis);
            this.state = state;
            this.eventMillis = eventMillis;
        }

        /** Of several points the one that spoke last by its own clock; of equally new ones the last in the order of ids. */
        @Override
        public double here(String metric) {
            var newest = Long.MIN_VALUE;
            var value = Double.NaN;
            for (var place : planned.places(metric).entrySet()) {
                var track = state.course.tracks.get(place.getKey());
                if (track == null) {
                    continue;
                }
                var recent = track.live().point(place.getValue()).recent;
                long spoke = recent.millisAt(eventMillis);
                int period = FacilityPlan.periodSeconds(planned.place(place.getKey(), metric));
                boolean heard = spoke != Long.MIN_VALUE
                        && (period == 0 || eventMillis - spoke <= Instrument.silentAfterMillis(period) + slackMillis);
                if (heard && spoke >= newest) {
                    newest = spoke;
                    value = recent.numberAt(eventMillis);
                }
            }
            return value;
        }
    }
}
