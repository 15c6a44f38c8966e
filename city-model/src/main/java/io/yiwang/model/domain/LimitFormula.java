package io.yiwang.model.domain;

import io.yiwang.model.domain.Formula.Argument;
import io.yiwang.model.domain.Formula.Term;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A limit that moves: it depends on other metrics of the facility, on {@code DISTRICT_MEAN("metric")} (mean of a metric over the
 * facility's district) or on {@code hour} (of the local day). The facility's parameters are already put in.
 */
public final class LimitFormula {
    private static final String DISTRICT_MEAN = "DISTRICT_MEAN";
    private static final String HOUR = "hour";
    private static final Readings NOTHING_KNOWN = new Readings() {
        @Override
        public double here(String metric) {
            return Double.NaN;
        }

        @Override
        public double districtMean(String metric) {
            return Double.NaN;
        }

        @Override
        public double hour() {
            return Double.NaN;
        }
    };

    private final String text;
    private final Term<Readings> term;
    private final Set<String> metrics = new TreeSet<>();
    private final Set<String> districtMetrics = new TreeSet<>();
    private boolean byHour;

    /** What is known when a moving limit is needed. */
    public interface Readings {
        /** Newest good value of a metric of the facility, in its unit; NaN when unknown. */
        double here(String metric);

        /** Mean of a metric over the facilities of the district, in its unit; NaN when unknown. */
        double districtMean(String metric);

        /** Hour of the local day, 0 to 24, of the reading that is judged. */
        double hour();
    }

    /**
     * @param metrics codes that the formula may use
     * @throws IllegalArgumentException when it cannot be read, or uses what is neither parameter nor metric
     */
    LimitFormula(String text, Map<String, Double> parameters, Set<String> metrics) {
        this.text = text;
        this.term = Formula.compile(text, new Vocabulary(parameters, metrics));
    }

    /** As the pack states it. */
    public String text() {
        return text;
    }

    /** Metrics of the facility itself that move it, sorted. */
    public Set<String> metrics() {
        return Set.copyOf(metrics);
    }

    /** Metrics whose mean over the district moves it, sorted. */
    public Set<String> districtMetrics() {
        return Set.copyOf(districtMetrics);
    }

    /** Whether it is one number for ever. */
    boolean isConstant() {
        return metrics.isEmpty() && districtMetrics.isEmpty() && !byHour;
    }

    double constant() {
        return term.in(NOTHING_KNOWN);
    }

    /** The limit now, in its metric's unit; NaN while something it needs is not known. */
    public double at(Readings readings) {
        for (var metric : metrics) {
            if (Double.isNaN(readings.here(metric))) {
                return Double.NaN;
            }
        }
        for (var metric : districtMetrics) {
            if (Double.isNaN(readings.districtMean(metric))) {
                return Double.NaN;
            }
        }
        return term.in(readings);
    }

    private final class Vocabulary implements Formula.Vocabulary<Readings> {
        private final Map<String, Double> parameters;
        private final Set<String> known;

        Vocabulary(Map<String, Double> parameters, Set<String> known) {
            this.parameters = parameters;
            this.known = known;
        }

        @Override
        public Term<Readings> variable(String name) {
            var parameter = parameters.get(name);
            if (parameter != null) {
                double value = parameter;
                return readings -> value;
            }
            if (name.equals(HOUR)) {
                byHour = true;
                return Readings::hour;
            }
            require(name);
            metrics.add(name);
            return readings -> readings.here(name);
        }

        @Override
        public Set<String> functions() {
            return Set.of(DISTRICT_MEAN);
        }

        @Override
        public Term<Readings> call(String function, List<Argument<Readings>> arguments) {
            if (arguments.size() != 1) {
                throw new IllegalArgumentException(DISTRICT_MEAN + " takes the name of one metric in quotes");
            }
            var metric = arguments.get(0).name();
            require(metric);
            districtMetrics.add(metric);
            return readings -> readings.districtMean(metric);
        }

        private void require(String metric) {
            if (!known.contains(metric)) {
                throw new IllegalArgumentException(metric + " is neither a parameter ("
                        + parameters.keySet().stream().sorted().toList()
                        + ") nor a metric that such a facility measures");
            }
        }
    }
}
