package io.yiwang.sim.exam;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.domain.Symptom;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The signs by which its pack knows a fault, looked for in readings without noise: enough parts of a pattern that explains the fault hold at
 * once (what changes, within the pattern's time), or a limit of a point that the fault moves is reached, judged reading by reading. What the
 * city without the fault shows at the same moment is no sign. How long something must last, and what speaks against a pattern, is not
 * asked: the sign is there before that is known.
 */
final class Signs {
    private final ZoneId zone;
    private final Map<String, Point> points = new HashMap<>();
    /** Newest readings by facility and metric, which limits that move look at. */
    private final Map<String, Newest> newest = new HashMap<>();

    /** A value as it is and as it would be without the fault. */
    private record Newest(double real, double healthy) {}

    private static final class Point {
        private final Facility facility;
        private final Metric metric;
        private final List<Rule> limits = new ArrayList<>();
        private final Map<String, Course> courses = new HashMap<>();
        private final List<Place> places = new ArrayList<>();

        private Point(Facility facility, Metric metric) {
            this.facility = facility;
            this.metric = metric;
        }
    }

    /** A symptom at a point, as it is and as it would be without the fault. */
    private record Course(SymptomCourse real, SymptomCourse healthy) {}

    /** A pattern at the facility where its incident would be; {@code courses} by part of the pattern. */
    private record Place(Pattern pattern, List<List<Course>> courses) {
        private boolean holds(long millis, Function<Course, SymptomCourse> as) {
            var since = millis - 1000L * pattern.withinSeconds();
            int there = 0;
            for (int i = 0; i < courses.size(); i++) {
                var found = 0;
                for (var course : courses.get(i)) {
                    found += as.apply(course).isThere(since) ? 1 : 0;
                }
                there += found >= pattern.parts().get(i).points() ? 1 : 0;
            }
            return there >= pattern.atLeast();
        }
    }

    /** @param zone whose hours limits may depend on */
    Signs(DomainPacks packs, Surroundings surroundings, Case planned, ZoneId zone) {
        this.zone = zone;
        for (var id : planned.zone()) {
            var facility = surroundings.facility(id);
            packs.domain(facility.getDomain()).ifPresent(domain -> addLimits(domain, facility, planned.points()));
        }
        var origin = surroundings.facility(planned.facility());
        packs.domain(origin.getDomain())
                .ifPresent(domain -> domain.patterns().stream()
                        .filter(pattern -> pattern.explains().contains(planned.fault()))
                        .forEach(pattern -> addPattern(domain, pattern, surroundings, planned.zone())));
    }

    private void addLimits(Domain domain, Facility facility, Set<String> moved) {
        for (var rule : domain.rulesOf(facility)) {
            if (!rule.statistic().equals(Limit.RAW)) {
                continue;
            }
            for (var device : facility.getDevicesList()) {
                var point = Ids.point(device.getId(), rule.metric());
                if (moved.contains(point)) {
                    point(domain, facility, point, rule.metric()).limits.add(rule);
                    var formula = rule.formula();
                    if (formula != null) {
                        formula.metrics().forEach(metric -> pointsOf(domain, facility, metric));
                    }
                }
            }
        }
    }

    private void addPattern(Domain domain, Pattern pattern, Surroundings surroundings, Set<String> facilities) {
        for (var id : facilities) {
            var here = surroundings.facility(id);
            if (!here.getDomain().equals(domain.id())
                    || !pattern.facilityTypes().contains(here.getType())) {
                continue;
            }
            var place = new Place(pattern, new ArrayList<>());
            for (var part : pattern.parts()) {
                var symptom = domain.symptoms().stream()
                        .filter(known -> known.id().equals(part.symptom()))
                        .findFirst()
                        .orElseThrow();
                var courses = new ArrayList<Course>();
                for (var there : surroundings.at(part.at(), id)) {
                    var facility = surroundings.facility(there);
                    if (facilities.contains(there) && facility.getDomain().equals(domain.id())) {
                        for (var point : pointsOf(domain, facility, symptom.metric())) {
                            courses.add(course(domain, point, symptom));
                            if (!point.places.contains(place)) {
                                point.places.add(place);
                            }
                        }
                    }
                }
                place.courses.add(courses);
            }
        }
    }

    private static Course course(Domain domain, Point point, Symptom symptom) {
        return point.courses.computeIfAbsent(symptom.id(), id -> {
            var parameters = domain.parametersOf(point.facility);
            return new Course(
                    new SymptomCourse(symptom, point.metric, parameters),
                    new SymptomCourse(symptom, point.metric, parameters));
        });
    }

    private List<Point> pointsOf(Domain domain, Facility facility, String metric) {
        return facility.getDevicesList().stream()
                .filter(device -> device.getPointsList().stream()
                        .anyMatch(point -> point.getMetric().equals(metric)))
                .map(device -> point(domain, facility, Ids.point(device.getId(), metric), metric))
                .toList();
    }

    private Point point(Domain domain, Facility facility, String point, String metric) {
        return points.computeIfAbsent(
                point, id -> new Point(facility, domain.metricsByCode().get(metric)));
    }

    /** Whether the pack knows the fault by anything at all. */
    boolean areKnown() {
        return !points.isEmpty();
    }

    /** @param point {@code device.metric} */
    boolean lookAt(String point) {
        return points.containsKey(point);
    }

    /** How long before a reading of a point that they look at they look back, ms. */
    long memoryMillis(String point) {
        return points.get(point).courses.values().stream()
                .mapToLong(course -> course.real.memoryMillis())
                .max()
                .orElse(0);
    }

    /**
     * A reading of a point that they look at; each point's in the order of time.
     *
     * @param real without noise, as the instrument shows it
     * @param healthy the same, if the fault were not
     * @return whether there is a sign now
     */
    boolean read(String point, long millis, double real, double healthy) {
        var at = points.get(point);
        newest.put(key(at.facility, at.metric.code()), new Newest(real, healthy));
        at.courses.values().forEach(course -> {
            course.real.read(millis, real);
            course.healthy.read(millis, healthy);
        });
        for (var rule : at.limits) {
            if (isBeyond(rule, at.facility, millis, real, Newest::real)
                    && !isBeyond(rule, at.facility, millis, healthy, Newest::healthy)) {
                return true;
            }
        }
        for (var place : at.places) {
            if (place.holds(millis, Course::real) && !place.holds(millis, Course::healthy)) {
                return true;
            }
        }
        return false;
    }

    private boolean isBeyond(Rule rule, Facility facility, long millis, double value, Function<Newest, Double> as) {
        var formula = rule.formula();
        return formula == null
                ? rule.violatedBy(value)
                : rule.at(formula.at(new Known(facility, millis, as))).violatedBy(value);
    }

    private static String key(Facility facility, String metric) {
        return facility.getId() + "/" + metric;
    }

    /** What a moving limit is judged by. */
    private final class Known implements LimitFormula.Readings {
        private final Facility facility;
        private final long millis;
        private final Function<Newest, Double> as;

        private Known(Facility facility, long millis, Function<Newest, Double> as) {
            this.facility = facility;
            this.millis = millis;
            this.as = as;
        }

        @Override
        public double here(String metric) {
            @Nullable Newest known = newest.get(key(facility, metric));
            return known == null ? Double.NaN : as.apply(known);
        }

        /** Limits that need it are not judged. */
        @Override
        public double districtMean(String metric) {
            return Double.NaN;
        }

        @Override
        public double hour() {
            var time = LocalTime.ofInstant(Instant.ofEpochMilli(millis), zone);
            return time.toSecondOfDay() / 3600.0;
        }
    }
}
