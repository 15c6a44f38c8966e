package io.yiwang.sim.day;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.plot.LinePlot;
import io.yiwang.sim.plot.LinePlot.Line;
import io.yiwang.sim.signal.Signals;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The liveliest courses of one day, some of every facility type of a domain. */
final class DayPlots {
    private static final int STEP_SECONDS = 300;
    private static final int STEPS = 24 * 3600 / STEP_SECONDS + 1;
    private static final int PLOTS = 12;
    private static final double HOURS_PER_TICK = 3;

    private final Domain domain;
    private final List<Facility> city;
    private final Signals signals;
    private final long midnightMillis;

    /** @param city all facilities: networks need the whole */
    DayPlots(Domain domain, List<Facility> city, Signals signals, LocalDate date, ZoneId zone) {
        this.domain = domain;
        this.city = city;
        this.signals = signals;
        this.midnightMillis = date.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    /** A metric of one facility over the day; {@code span} tells how much of its normal range it uses, noise apart. */
    private record Course(Facility facility, Metric metric, double[] values, double span) {}

    /** Empty when the city has no facility of the domain. */
    List<LinePlot> plots() {
        var byType = new LinkedHashMap<String, List<Course>>();
        for (var type : domain.facilityTypes()) {
            city.stream()
                    .filter(f ->
                            f.getDomain().equals(domain.id()) && f.getType().equals(type.id()))
                    // The one that feeds most has the most to show.
                    .max(Comparator.comparingLong(this::fed).thenComparing(Facility::getId, Comparator.reverseOrder()))
                    .ifPresent(facility -> byType.put(type.name().en(), courses(facility)));
        }
        var plots = new ArrayList<LinePlot>();
        for (int rank = 0; plots.size() < PLOTS && rank < PLOTS; rank++) {
            for (var entry : byType.entrySet()) {
                if (rank < entry.getValue().size() && plots.size() < PLOTS) {
                    plots.add(plot(entry.getKey(), entry.getValue().get(rank)));
                }
            }
        }
        return plots;
    }

    private long fed(Facility facility) {
        return city.stream()
                .filter(other -> other.getUpstreamList().contains(facility.getId()))
                .count();
    }

    private List<Course> courses(Facility facility) {
        Map<String, double[]> values = new LinkedHashMap<>();
        Map<String, Metric> metrics = new LinkedHashMap<>();
        for (var device : facility.getDevicesList()) {
            read(facility, device, values, metrics);
        }
        var courses = new ArrayList<Course>();
        values.forEach((code, course) -> {
            var metric = metrics.get(code);
            var low = Double.POSITIVE_INFINITY;
            var high = Double.NEGATIVE_INFINITY;
            for (var value : course) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            courses.add(new Course(
                    facility,
                    metric,
                    course,
                    (high - low) / Math.max(1e-9, metric.normal().span())));
        });
        courses.sort(Comparator.comparingDouble((Course course) -> -course.span));
        return courses;
    }

    /** Of several devices with one metric the first. */
    private void read(Facility facility, Device device, Map<String, double[]> values, Map<String, Metric> metrics) {
        var own = new LinkedHashMap<String, double[]>();
        for (int i = 0; i < STEPS; i++) {
            var step = i;
            signals.at(facility, device, midnightMillis + 1000L * STEP_SECONDS * i)
                    .forEach((code, reading) -> {
                        if (domain.metrics().contains(reading.metric())
                                && reading.metric().kind() != Metric.Kind.COUNTER) {
                            metrics.putIfAbsent(code, reading.metric());
                            own.computeIfAbsent(code, c -> new double[STEPS])[step] = reading.shown();
                        }
                    });
        }
        own.forEach(values::putIfAbsent);
    }

    private static LinePlot plot(String type, Course course) {
        var hours = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
            hours[i] = i * STEP_SECONDS / 3600.0;
        }
        var unit = course.metric.unit().replace("{", "").replace("}", "");
        return new LinePlot(
                type + ": " + course.metric.name().en(),
                course.facility.getId() + ", hour of the day",
                HOURS_PER_TICK,
                unit.equals("1") ? "" : unit,
                false,
                List.of(new Line(course.metric.code(), hours, course.values)));
    }
}
