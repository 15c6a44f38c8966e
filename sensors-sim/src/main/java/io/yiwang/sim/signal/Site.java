package io.yiwang.sim.signal;

import io.yiwang.model.domain.Behaviour;
import io.yiwang.model.domain.BehaviourWords;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Formula;
import io.yiwang.model.domain.Formula.Argument;
import io.yiwang.model.domain.Formula.Term;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.signal.Physics.Moment;
import io.yiwang.sim.signal.Physics.Touch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One facility of {@link Physics}: its behaviour expressions, compiled, with what they need to remember to be quick. */
final class Site {
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double MILLIS_PER_HOUR = 3_600_000;

    /** A first-order lag is the mean of the input at these multiples of its time constant ago: quantiles of its memory. */
    private static final double[] LAG_QUANTILES = lagQuantiles(10);

    private static final double SMOOTH_STEP = 0.05;

    private final Physics physics;
    private final Facility facility;
    private final Weather weather;
    private final Map<String, Course> courses = new HashMap<>();
    private final Map<String, Double> constants;
    private final Map<String, Step> steps = new HashMap<>();
    private final long seed;
    private @Nullable List<Site> upstream;
    private @Nullable List<Site> downstream;

    /** A behaviour ready to be evaluated. */
    static final class Step {
        private final Behaviour behaviour;
        private final Term<Moment> term;
        /** Whether devices of the facility differ in it. */
        private final boolean byDevice;

        private final Known healthy = new Known();
        private final Known disturbed = new Known();
        private int touchVersion = -1;
        private @Nullable Touch touch;

        Step(Behaviour behaviour, Term<Moment> term, boolean byDevice) {
            this.behaviour = behaviour;
            this.term = term;
            this.byDevice = byDevice;
        }

        Behaviour behaviour() {
            return behaviour;
        }
    }

    Site(
            Physics physics,
            Facility facility,
            FacilityType type,
            List<Behaviour> behaviours,
            Map<String, List<Double>> profiles,
            long seed) {
        this.physics = physics;
        this.facility = facility;
        this.weather = physics.weather();
        this.seed = seed;
        profiles.forEach((name, factors) -> courses.put(name, new Course(factors)));
        constants = new HashMap<>(type.parameters());
        constants.putAll(facility.getParametersMap());
        for (int i = 1; i <= 3; i++) {
            constants.put("u" + i, Hash.unit(seed, i));
        }
        constants.put("households", (double) facility.getHouseholds());
        for (var behaviour : behaviours) {
            var words = new Words();
            try {
                var term = Formula.compile(behaviour.value(), words);
                steps.put(behaviour.name(), new Step(behaviour, term, words.byDevice));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "facility type " + type.id() + ", behaviour of " + behaviour.name() + " = " + e.getMessage(),
                        e);
            }
        }
    }

    @Nullable
    Step step(String name) {
        return steps.get(name);
    }

    /** The newest answer; whole chains of expressions ask for the same moment. */
    private static final class Known {
        private long millis = Long.MIN_VALUE;
        private double device;
        private int version;
        private double value;

        boolean holds(long wantedMillis, double wantedDevice, int wantedVersion) {
            return millis == wantedMillis && device == wantedDevice && version == wantedVersion;
        }

        double keep(long ofMillis, double ofDevice, int ofVersion, double newest) {
            millis = ofMillis;
            device = ofDevice;
            version = ofVersion;
            value = newest;
            return newest;
        }
    }

    /** The step's value under the faults that act, or without them when the moment says so. */
    double value(Step step, Moment moment) {
        return moment.healthy() ? healthy(step, moment) : disturbed(step, moment);
    }

    private static double healthy(Step step, Moment moment) {
        var device = step.byDevice ? moment.device() : 0;
        var known = step.healthy;
        return known.holds(moment.millis(), device, 0)
                ? known.value
                : known.keep(moment.millis(), device, 0, step.term.in(moment));
    }

    private double disturbed(Step step, Moment moment) {
        var version = physics.version();
        var known = step.disturbed;
        if (known.holds(moment.millis(), moment.device(), version)) {
            return known.value;
        }
        if (step.touchVersion != version) {
            step.touch = physics.disturbance().of(facility.getId(), step.behaviour.name());
            step.touchVersion = version;
        }
        var touch = step.touch;
        var value = touch != null && touch.acts(moment.n(), moment.millis())
                ? touch.value(
                        moment.n(),
                        moment.millis(),
                        millis -> healthy(step, moment.asIfHealthy().at(millis)))
                : step.term.in(moment);
        return known.keep(moment.millis(), moment.device(), version, value);
    }

    private List<Site> upstream() {
        if (upstream == null) {
            upstream = physics.upstream(facility);
        }
        return upstream;
    }

    private List<Site> downstream() {
        if (downstream == null) {
            downstream = physics.downstream(facility);
        }
        return downstream;
    }

    private static double[] lagQuantiles(int count) {
        var quantiles = new double[count];
        for (int i = 0; i < count; i++) {
            quantiles[i] = -Math.log(1 - (i + 0.5) / count);
        }
        return quantiles;
    }

    /** What the words of a behaviour mean here. */
    private final class Words implements Formula.Vocabulary<Moment> {
        private boolean byDevice;

        @Override
        public Term<Moment> variable(String name) {
            var constant = constants.get(name);
            if (constant != null) {
                double value = constant;
                return moment -> value;
            }
            var step = steps.get(name);
            if (step != null) {
                byDevice |= step.byDevice;
                return moment -> value(step, moment);
            }
            return switch (name) {
                case "hour" ->
                    moment -> {
                        var hours = weather.hours(moment.millis());
                        return hours - 24 * Math.floor(hours / 24);
                    };
                case "weekday" -> moment -> Weather.weekday(weather.hours(moment.millis()));
                case "dayOfYear" -> moment -> weather.dayOfYear(moment.millis());
                case "outdoor" -> moment -> weather.outdoor(moment.millis());
                case "rain" -> moment -> weather.rain(moment.millis());
                case "wind" -> moment -> weather.wind(moment.millis());
                case "humidity" -> moment -> weather.humidity(moment.millis());
                case "feeders" -> moment -> Math.max(1, Site.this.upstream().size());
                case "d1" -> {
                    byDevice = true;
                    yield Moment::d1;
                }
                case "n" -> {
                    byDevice = true;
                    yield Moment::n;
                }
                default -> throw new IllegalArgumentException("unknown word " + name);
            };
        }

        @Override
        public Set<String> functions() {
            return BehaviourWords.FUNCTIONS.keySet();
        }

        @Override
        public Term<Moment> call(String function, List<Argument<Moment>> arguments) {
            return switch (function) {
                case "DAY" -> day(course(arguments.get(0)), arguments.get(1).number());
                case "YEAR" -> year(course(arguments.get(0)));
                case "WEEKEND" -> weekend(arguments.get(0).number());
                case "WAVE" -> {
                    var seconds = arguments.get(0).number();
                    yield moment -> Math.sin(2 * Math.PI * phase(moment, seconds.in(moment)));
                }
                case "SAW" -> {
                    var seconds = arguments.get(0).number();
                    yield moment -> phase(moment, seconds.in(moment));
                }
                case "EVENT" ->
                    event(arguments.get(0).number(), arguments.get(1).number());
                case "WANDER" ->
                    wander(arguments.get(0).number(), arguments.get(1).number());
                case "LAG" -> {
                    var x = arguments.get(0).number();
                    var seconds = arguments.get(1).number();
                    yield moment -> x.in(moment.at(moment.millis() - (long) (MILLIS_PER_SECOND * seconds.in(moment))));
                }
                case "SMOOTH" ->
                    smooth(arguments.get(0).number(), arguments.get(1).number(), byDevice);
                case "TOTAL" -> new Meter(arguments.get(0).number(), byDevice);
                case "UPSTREAM" -> {
                    var name = arguments.get(0).name();
                    yield new Network(
                            moment -> mean(Site.this.upstream(), name, moment),
                            arguments.get(1).number());
                }
                case "SUM_UPSTREAM" -> {
                    var name = arguments.get(0).name();
                    yield new Network(moment -> sum(Site.this.upstream(), name, moment), moment -> 0);
                }
                case "SUM_DOWNSTREAM" -> {
                    var name = arguments.get(0).name();
                    yield new Network(moment -> sum(Site.this.downstream(), name, moment), moment -> 0);
                }
                case "MEAN_DOWNSTREAM" -> {
                    var name = arguments.get(0).name();
                    yield new Network(
                            moment -> mean(Site.this.downstream(), name, moment),
                            arguments.get(1).number());
                }
                case "ARRIVALS" ->
                    arrivals(
                            course(arguments.get(0)),
                            arguments.get(1).number(),
                            arguments.get(2).number());
                case "PENDING" ->
                    pending(
                            course(arguments.get(0)),
                            arguments.get(1).number(),
                            arguments.get(2).number());
                case "SINCE" -> since(course(arguments.get(0)), arguments.get(1).number());
                default -> throw new IllegalArgumentException("unknown function " + function);
            };
        }

        private Course course(Argument<Moment> name) {
            var course = courses.get(name.name());
            if (course == null) {
                throw new IllegalArgumentException("no profile " + name.name());
            }
            return course;
        }
    }

    private Term<Moment> day(Course course, Term<Moment> lagHours) {
        return moment -> course.at(weather.hours(moment.millis()) - lagHours.in(moment));
    }

    private Term<Moment> year(Course course) {
        return moment -> course.at((weather.dayOfYear(moment.millis()) - 1) / 366 * 12 - 0.5);
    }

    /** From one hour before a weekend's beginning or end to one hour after, the factor changes evenly. */
    private Term<Moment> weekend(Term<Moment> factor) {
        return moment -> {
            var hours = weather.hours(moment.millis());
            var before = Weather.weekday(hours - 1) > 5 ? 1.0 : 0.0;
            var after = Weather.weekday(hours + 1) > 5 ? 1.0 : 0.0;
            var hour = hours - 24 * Math.floor(hours / 24);
            var along = hour > 12 ? hour - 23 : hour + 1;
            var share = before == after ? before : before + (after - before) * along / 2;
            return 1 + (factor.in(moment) - 1) * share;
        };
    }

    private double phase(Moment moment, double seconds) {
        var cycles = moment.millis() / MILLIS_PER_SECOND / seconds + Hash.unit(seed, (long) seconds);
        return cycles - Math.floor(cycles);
    }

    private Term<Moment> event(Term<Moment> n, Term<Moment> seconds) {
        return moment -> Hash.unit(Hash.mix(seed, (long) n.in(moment)), (long)
                Math.floor(moment.millis() / MILLIS_PER_SECOND / seconds.in(moment)));
    }

    private Term<Moment> wander(Term<Moment> n, Term<Moment> seconds) {
        return moment -> Hash.wander(
                Hash.mix(seed, (long) n.in(moment)), moment.millis() / MILLIS_PER_SECOND / seconds.in(moment));
    }

    /**
     * The lag is computed at a twentieth of its time constant and lies on straight lines between: no finer than its own newest memory,
     * so nothing is known before it happens.
     */
    private Term<Moment> smooth(Term<Moment> x, Term<Moment> seconds, boolean byDevice) {
        Term<Moment> direct = moment -> {
            var tau = MILLIS_PER_SECOND * seconds.in(moment);
            var sum = 0.0;
            for (var quantile : LAG_QUANTILES) {
                sum += x.in(moment.at(moment.millis() - (long) (tau * quantile)));
            }
            return sum / LAG_QUANTILES.length;
        };
        if (byDevice) {
            return direct;
        }
        var onGrid = new OnGrid(direct);
        return moment -> onGrid.in(moment, Math.max(1, (long) (MILLIS_PER_SECOND * seconds.in(moment) * SMOOTH_STEP)));
    }

    private static double sum(List<Site> sites, String name, Moment moment) {
        var sum = 0.0;
        for (var site : sites) {
            var step = site.steps.get(name);
            if (step != null) {
                sum += site.value(step, moment);
            }
        }
        return sum;
    }

    /** NaN when none of them has it. */
    private static double mean(List<Site> sites, String name, Moment moment) {
        var sum = 0.0;
        var count = 0;
        for (var site : sites) {
            var step = site.steps.get(name);
            if (step != null) {
                sum += site.value(step, moment);
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }

    /** Arrivals are drawn minute by minute. */
    private static final long ARRIVAL_SLOT_MILLIS = 60_000;

    private boolean arrives(Course course, double perDay, long slot) {
        var drawn = Hash.unit(Hash.mix(seed, 77), slot);
        var perSlot = perDay / (24 * 60);
        // Most draws are above the course's highest point: no need to ask what hour it is.
        return drawn < perSlot * course.bound()
                && drawn < perSlot * course.at(weather.hours(slot * ARRIVAL_SLOT_MILLIS));
    }

    private Term<Moment> arrivals(Course course, Term<Moment> perDay, Term<Moment> seconds) {
        return moment -> {
            var last = Math.floorDiv(moment.millis(), ARRIVAL_SLOT_MILLIS);
            var first = Math.floorDiv(
                    moment.millis() - (long) (MILLIS_PER_SECOND * seconds.in(moment)), ARRIVAL_SLOT_MILLIS);
            var rate = perDay.in(moment);
            var count = 0;
            for (var slot = first + 1; slot <= last; slot++) {
                if (arrives(course, rate, slot)) {
                    count++;
                }
            }
            return count;
        };
    }

    private Term<Moment> pending(Course course, Term<Moment> perDay, Term<Moment> seconds) {
        return moment -> {
            var takes = MILLIS_PER_SECOND * seconds.in(moment);
            var rate = perDay.in(moment);
            var sum = 0.0;
            for (var slot = Math.floorDiv(moment.millis(), ARRIVAL_SLOT_MILLIS);
                    slot * ARRIVAL_SLOT_MILLIS > moment.millis() - takes;
                    slot--) {
                if (arrives(course, rate, slot)) {
                    sum += 1 - (moment.millis() - slot * ARRIVAL_SLOT_MILLIS) / takes;
                }
            }
            return sum;
        };
    }

    private Term<Moment> since(Course course, Term<Moment> perDay) {
        return moment -> {
            var now = Math.floorDiv(moment.millis(), ARRIVAL_SLOT_MILLIS);
            var rate = perDay.in(moment);
            var slot = now;
            while (slot > now - 2 * 24 * 60 && !arrives(course, rate, slot)) {
                slot--;
            }
            return (moment.millis() - slot * ARRIVAL_SLOT_MILLIS) / MILLIS_PER_SECOND;
        };
    }

    /** A function of time, computed at equal distances and lying on straight lines between; the newest results are remembered. */
    private final class OnGrid {
        private static final int REMEMBERED = 64;

        private final Term<Moment> function;
        private final Ring healthy = new Ring();
        private final Ring disturbed = new Ring();

        private static final class Ring {
            private final long[] slots = new long[REMEMBERED];
            private final double[] values = new double[REMEMBERED];
            private long gridMillis;
            private int version = -1;
        }

        OnGrid(Term<Moment> function) {
            this.function = function;
        }

        double in(Moment moment, long gridMillis) {
            var slot = Math.floorDiv(moment.millis(), gridMillis);
            var along = (moment.millis() - slot * gridMillis) / (double) gridMillis;
            var left = at(slot, moment, gridMillis);
            return along == 0 ? left : left + (at(slot + 1, moment, gridMillis) - left) * along;
        }

        private double at(long slot, Moment moment, long gridMillis) {
            var ring = moment.healthy() ? healthy : disturbed;
            var version = moment.healthy() ? 0 : physics.version();
            if (ring.version != version || ring.gridMillis != gridMillis) {
                ring.version = version;
                ring.gridMillis = gridMillis;
                Arrays.fill(ring.slots, Long.MIN_VALUE);
            }
            var place = (int) (slot & REMEMBERED - 1);
            if (ring.slots[place] != slot) {
                ring.values[place] = function.in(moment.anyDevice().at(slot * gridMillis));
                ring.slots[place] = slot;
            }
            return ring.values[place];
        }
    }

    /**
     * A value of other facilities. What happens there takes up to ten seconds to be felt here; so a whole network is walked once per
     * step of the grid and not once per reading, and nothing is felt before it happens.
     */
    private final class Network implements Term<Moment> {
        private static final long GRID_MILLIS = 10_000;

        private final ToDoubleFunction<Moment> atFacilities;
        private final Term<Moment> otherwise;
        private final OnGrid onGrid = new OnGrid(this::walk);
        private boolean walking;

        Network(ToDoubleFunction<Moment> atFacilities, Term<Moment> otherwise) {
            this.atFacilities = atFacilities;
            this.otherwise = otherwise;
        }

        @Override
        public double in(Moment moment) {
            var value = onGrid.in(moment, GRID_MILLIS);
            return Double.isNaN(value) ? otherwise.in(moment) : value;
        }

        private double walk(Moment moment) {
            if (walking) {
                throw new IllegalArgumentException(
                        "facility " + facility.getId()
                                + ": a behaviour depends on itself through the network; let one of both use LAG or a hidden quantity");
            }
            walking = true;
            try {
                return atFacilities.applyAsDouble(moment.at(moment.millis() - GRID_MILLIS));
            } finally {
                walking = false;
            }
        }
    }

    /**
     * Sums up something per hour since 2025, one sum for each device that it differs by. While nothing is wrong a sum grows evenly
     * within an hour; what faults change is counted minute by minute on top. Sums never shrink while the argument is not negative.
     */
    private final class Meter implements Term<Moment> {
        private static final long MINUTE_MILLIS = 60_000;

        private final Term<Moment> perHour;
        private final boolean byDevice;
        private final Map<Double, Sum> sums = new HashMap<>(2);

        Meter(Term<Moment> perHour, boolean byDevice) {
            this.perHour = perHour;
            this.byDevice = byDevice;
        }

        @Override
        public double in(Moment moment) {
            var sum = sums.computeIfAbsent(byDevice ? moment.device() : 0, device -> new Sum());
            var healthy = sum.healthy(moment.asIfHealthy());
            return moment.healthy() ? healthy : Math.max(0, healthy + sum.more(moment));
        }

        private final class Sum {
            private static final int KEPT_HOURS = 720;
            /** The sums after so many hours, each {@value #KEPT_HOURS} hours: going back is not starting again. */
            private final List<Double> kept = new ArrayList<>(List.of(0.0));

            private long hour;
            private double total;
            private double rate;
            private double lastOfRated;
            private long ratedHour = Long.MIN_VALUE;

            private int version = -1;
            private long minute = Long.MIN_VALUE;
            private double more;

            double healthy(Moment moment) {
                var hours = weather.hours(moment.millis());
                if (hours <= 0) {
                    return 0;
                }
                var whole = (long) Math.floor(hours);
                if (whole < hour) {
                    var step = (int) (whole / KEPT_HOURS);
                    hour = (long) step * KEPT_HOURS;
                    total = kept.get(step);
                }
                for (; hour < whole; hour++) {
                    if (hour % KEPT_HOURS == 0 && hour / KEPT_HOURS == kept.size()) {
                        kept.add(total);
                    }
                    total += rate(hour, hours, moment);
                }
                return total + rate(whole, hours, moment) * (hours - whole);
            }

            /** What comes in that hour. */
            private double rate(long ofHour, double hours, Moment moment) {
                if (ofHour != ratedHour) {
                    var start = moment.millis() - Math.round((hours - ofHour) * MILLIS_PER_HOUR);
                    var first = ofHour == ratedHour + 1 ? lastOfRated : perHour.in(moment.at(start));
                    lastOfRated = perHour.in(moment.at(start + (long) MILLIS_PER_HOUR));
                    rate = (first + lastOfRated) / 2;
                    ratedHour = ofHour;
                }
                return rate;
            }

            /** What faults have brought on top, or taken away. */
            double more(Moment moment) {
                var first = Math.floorDiv(physics.disturbance().sinceMillis(), MINUTE_MILLIS);
                var now = Math.floorDiv(moment.millis(), MINUTE_MILLIS);
                if (now < first) {
                    return 0;
                }
                var unchanged =
                        version < 0 ? Long.MIN_VALUE : Math.floorDiv(physics.changedSince(version), MINUTE_MILLIS);
                if (minute < first || minute > now || minute > unchanged) {
                    minute = first;
                    more = 0;
                }
                version = physics.version();
                for (; minute < now; minute++) {
                    more += inMinute(minute, moment);
                }
                var along = (moment.millis() - now * MINUTE_MILLIS) / (double) MINUTE_MILLIS;
                return more + inMinute(now, moment) * along;
            }

            private double inMinute(long ofMinute, Moment moment) {
                var then = moment.at(ofMinute * MINUTE_MILLIS);
                var sick = perHour.in(then);
                var well = perHour.in(then.asIfHealthy());
                if (sick == well) {
                    return 0;
                }
                var hours = weather.hours(then.millis());
                // In proportion to what the healthy sum gets, which is even within the hour.
                var grown = rate((long) Math.floor(hours), hours, then.asIfHealthy());
                return (well > 0 ? grown * (sick / well - 1) : sick - well) / 60;
            }
        }
    }
}
