package io.yiwang.sim.signal;

import io.yiwang.model.domain.Behaviour;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What really happens in the facilities of a city, coupled along its networks, as their packs describe it: a function of seed, time
 * and the faults that act. Instruments and their noise come on top of it. Not thread-safe.
 */
public final class Physics {
    private final DomainPacks packs;
    private final Weather weather;
    private final long seed;
    private final Map<String, Facility> facilities = new HashMap<>();
    private final Map<String, List<String>> fedBy = new HashMap<>();
    private final Map<String, Site> sites = new HashMap<>();
    private Disturbance disturbance = Disturbance.NONE;
    private int version;
    private long[] changedFrom = {Long.MAX_VALUE};

    /** What faults do to physical values. */
    @FunctionalInterface
    public interface Disturbance {
        Disturbance NONE = (facility, name, millis) -> null;

        /** What happens to the metric or quantity {@code name} of the facility then; null = nothing. */
        @Nullable
        Change at(String facility, String name, long millis);

        /** What ever happens to the metric or quantity {@code name} of the facility; null = nothing. */
        default @Nullable Touch of(String facility, String name) {
            return new Touch() {
                @Override
                public boolean acts(int n, long millis) {
                    return at(facility, name, millis) != null;
                }

                @Override
                public double value(int n, long millis, LongToDoubleFunction healthy) {
                    var change = at(facility, name, millis);
                    var value = healthy.applyAsDouble(millis);
                    return change == null ? value : change.of(value);
                }
            };
        }

        /** Meters count what is disturbed from here on; before this nothing was, anywhere. */
        default long sinceMillis() {
            return Long.MAX_VALUE;
        }
    }

    /** From a healthy value to a disturbed one, in the value's unit. */
    @FunctionalInterface
    public interface Change {
        double of(double healthy);
    }

    /**
     * What happens to one value in the course of time.
     *
     * <p>A value that is touched gets the whole effect on its healthy value, and no other; what depends on it follows by coupling.
     */
    public interface Touch {
        /** Whether anything happens to it then, as device {@code n} sees it. */
        boolean acts(int n, long millis);

        /** @param healthy the course of the value if no fault acted, in its unit */
        double value(int n, long millis, LongToDoubleFunction healthy);
    }

    /** @param facilities all that hang together: a network is cut where a facility is missing */
    public Physics(DomainPacks packs, Collection<Facility> facilities, Weather weather, long seed) {
        this.packs = packs;
        this.weather = weather;
        this.seed = seed;
        for (var facility : facilities) {
            this.facilities.put(facility.getId(), facility);
            for (var feeder : facility.getUpstreamList()) {
                fedBy.computeIfAbsent(feeder, id -> new ArrayList<>()).add(facility.getId());
            }
        }
    }

    /** From now on, and for all times, these faults act. */
    public void disturb(Disturbance now) {
        disturb(now, Long.MIN_VALUE);
    }

    /**
     * From now on these faults act; to be called again whenever one begins or ends out of turn.
     *
     * @param fromMillis what was before it is as it was
     */
    public void disturb(Disturbance now, long fromMillis) {
        disturbance = now;
        version++;
        changedFrom = Arrays.copyOf(changedFrom, version + 1);
        changedFrom[version] = fromMillis;
    }

    /** Whether the packs say how {@code name}, a metric or a hidden quantity, behaves in the facility. */
    public boolean knows(String facility, String name) {
        return site(facility).step(name) != null;
    }

    /**
     * A metric or hidden quantity as one device sees it, without noise.
     *
     * @param device whose {@code d1} counts; see {@link io.yiwang.model.domain.BehaviourWords}
     * @param n its place among the facility's devices that measure the metric, from 1
     */
    public Value value(String facility, String name, String device, int n) {
        return new Value(
                this, site(facility), known(facility, name), Hash.unit(Hash.of(Hash.of(seed, facility), device), 0), n);
    }

    /** The value without noise where the device does not matter: flows, pressures, hidden quantities. */
    public double at(String facility, String name, long millis) {
        return site(facility).value(known(facility, name), new Moment(millis, 0, 1, disturbance == Disturbance.NONE));
    }

    /** As {@link #at}, if no fault acted. */
    public double healthyAt(String facility, String name, long millis) {
        return site(facility).value(known(facility, name), new Moment(millis, 0, 1, true));
    }

    /** Standard deviation of the value's noise, in its unit. */
    public double noise(String facility, String name) {
        return known(facility, name).behaviour().noise();
    }

    /** One value of the city in the course of time, in its unit. */
    public static final class Value {
        private final Physics physics;
        private final Site site;
        private final Site.Step step;
        private final double d1;
        private final int n;

        private Value(Physics physics, Site site, Site.Step step, double d1, int n) {
            this.physics = physics;
            this.site = site;
            this.step = step;
            this.d1 = d1;
            this.n = n;
        }

        public double at(long millis) {
            return site.value(step, new Moment(millis, d1, n, physics.disturbance == Disturbance.NONE));
        }

        /** If no fault acted. */
        public double healthyAt(long millis) {
            return site.value(step, new Moment(millis, d1, n, true));
        }

        /** Standard deviation of its noise. */
        public double noise() {
            return step.behaviour().noise();
        }
    }

    private Site.Step known(String facility, String name) {
        var step = site(facility).step(name);
        if (step == null) {
            throw new IllegalArgumentException("nothing says how " + name + " behaves in facility " + facility);
        }
        return step;
    }

    Weather weather() {
        return weather;
    }

    int version() {
        return version;
    }

    /** What was before is still as it was when that version began. */
    long changedSince(int versionThen) {
        var from = Long.MAX_VALUE;
        for (int v = versionThen + 1; v <= version; v++) {
            from = Math.min(from, changedFrom[v]);
        }
        return from;
    }

    Disturbance disturbance() {
        return disturbance;
    }

    /** Those that feed the facility, as far as they are here. */
    List<Site> upstream(Facility facility) {
        return facility.getUpstreamList().stream()
                .filter(facilities::containsKey)
                .map(this::site)
                .toList();
    }

    List<Site> downstream(Facility facility) {
        return fedBy.getOrDefault(facility.getId(), List.of()).stream()
                .map(this::site)
                .toList();
    }

    private Site site(String id) {
        var site = sites.get(id);
        if (site == null) {
            var facility = facilities.get(id);
            if (facility == null) {
                throw new IllegalArgumentException("there is no facility " + id);
            }
            var domain = packs.domain(facility.getDomain())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "facility " + id + " has the unknown domain " + facility.getDomain()));
            var type = domain.typesById().get(facility.getType());
            if (type == null) {
                throw new IllegalArgumentException("facility " + id + " has the unknown type " + facility.getType());
            }
            var behaviours = new ArrayList<Behaviour>();
            packs.common().ifPresent(common -> common.facilityTypes().forEach(t -> behaviours.addAll(t.behaviour())));
            behaviours.removeIf(
                    b -> type.behaviour().stream().anyMatch(own -> own.name().equals(b.name())));
            behaviours.addAll(type.behaviour());
            site = new Site(this, facility, type, behaviours, domain.profiles(), Hash.of(seed, id));
            sites.put(id, site);
        }
        return site;
    }

    /**
     * When and for whom a value is wanted.
     *
     * @param d1 the device's own constant
     * @param healthy as if no fault acted
     */
    record Moment(long millis, double d1, int n, boolean healthy) {
        Moment at(long other) {
            return new Moment(other, d1, n, healthy);
        }

        /** Tells devices of a facility apart. */
        double device() {
            return d1 + n;
        }

        Moment asIfHealthy() {
            return healthy ? this : new Moment(millis, d1, n, true);
        }

        /** Of a facility as a whole. */
        Moment anyDevice() {
            return d1 == 0 && n == 1 ? this : new Moment(millis, 0, 1, healthy);
        }
    }
}
