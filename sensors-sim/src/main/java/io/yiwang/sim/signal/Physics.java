package io.yiwang.sim.signal;

import com.ezylang.evalex.EvaluationException;
import com.ezylang.evalex.Expression;
import com.ezylang.evalex.config.ExpressionConfiguration;
import com.ezylang.evalex.data.EvaluationValue;
import com.ezylang.evalex.functions.AbstractFunction;
import com.ezylang.evalex.functions.FunctionParameter;
import com.ezylang.evalex.parser.ParseException;
import com.ezylang.evalex.parser.Token;
import io.yiwang.model.domain.Behaviour;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.wire.Facility;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The behaviour of one facility as its pack describes it: expressions evaluated in the pack's order, each seeing the values
 * before it. Not thread-safe.
 *
 * <p>Expressions may use the facility's parameters, metrics above, {@code hour} (0 to 24, local), {@code outdoor} (°C), {@code u1
 * u2 u3} (the facility's own constants in [0, 1)), {@code d1} (the device's own), and {@code DAY(profile, lag hours)},
 * {@code TOTAL(profile)} (its area in hours since 2026), {@code WAVE(seconds)} (sine, own phase), {@code SAW(seconds)} (0 to 1, own
 * phase) and {@code EVENT(n, seconds)} (random in [0, 1), constant for that long).
 */
final class Physics {
    private static final double MILLIS_PER_SECOND = 1000;

    private final Weather weather;
    private final long seed;
    private final Map<String, Course> courses = new HashMap<>();
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final Map<String, Long> deviceSeeds = new HashMap<>();
    private long now;

    /** A behaviour ready to be evaluated; {@code inputs} are the metrics it reads. */
    private record Step(Behaviour behaviour, Expression expression, Set<String> inputs) {}

    Physics(Domain domain, Facility facility, Weather weather, long citySeed) {
        this.weather = weather;
        this.seed = Hash.of(citySeed, facility.getId());
        domain.profiles().forEach((name, factors) -> courses.put(name, new Course(factors)));
        var type = domain.typesById().get(facility.getType());
        if (type == null) {
            throw new IllegalArgumentException(
                    "facility " + facility.getId() + " has the unknown type " + facility.getType());
        }
        facility.getDevicesList().forEach(d -> deviceSeeds.put(d.getId(), Hash.of(seed, d.getId())));
        prepare(type, facility);
    }

    private void prepare(FacilityType type, Facility facility) {
        var constants = new HashMap<String, Object>(type.parameters());
        constants.putAll(facility.getParametersMap());
        for (int i = 1; i <= 3; i++) {
            constants.put("u" + i, Hash.unit(seed, i));
        }
        var configuration = ExpressionConfiguration.builder()
                .mathContext(MathContext.DECIMAL64)
                .build()
                .withAdditionalFunctions(
                        Map.entry("DAY", new Day()),
                        Map.entry("TOTAL", new Total()),
                        Map.entry("WAVE", new Wave()),
                        Map.entry("SAW", new Saw()),
                        Map.entry("EVENT", new Event()));
        for (var behaviour : type.behaviour()) {
            var expression = new Expression(behaviour.value(), configuration).withValues(constants);
            try {
                var inputs = new LinkedHashSet<>(expression.getUsedVariables());
                inputs.retainAll(steps.keySet());
                steps.put(behaviour.metric(), new Step(behaviour, expression, inputs));
            } catch (ParseException e) {
                throw broken(behaviour, e);
            }
        }
    }

    /** Whether the pack says how {@code metric} behaves here. */
    boolean knows(String metric) {
        return steps.containsKey(metric);
    }

    /** Standard deviation of the metric's noise, in its unit. */
    double noise(String metric) {
        return steps.get(metric).behaviour.noise();
    }

    /** What the device's {@code metrics} would be without noise and faults, in the metrics' units. */
    Map<String, Double> at(String device, List<String> metrics, long millis) {
        now = millis;
        var wanted = new LinkedHashSet<String>();
        metrics.forEach(metric -> addWithInputs(metric, wanted));
        var hours = weather.hours(millis);
        var values = new LinkedHashMap<String, Double>();
        for (var entry : steps.entrySet()) {
            if (wanted.contains(entry.getKey())) {
                var expression = entry.getValue().expression;
                expression.with("hour", Math.floorMod((long) Math.floor(hours), 24L) + hours - Math.floor(hours));
                expression.with("outdoor", weather.outdoor(millis));
                expression.with("d1", Hash.unit(deviceSeeds.get(device), 0));
                entry.getValue().inputs.forEach(input -> expression.with(input, values.get(input)));
                try {
                    values.put(
                            entry.getKey(),
                            expression.evaluate().getNumberValue().doubleValue());
                } catch (EvaluationException | ParseException e) {
                    throw broken(entry.getValue().behaviour, e);
                }
            }
        }
        return values;
    }

    private void addWithInputs(String metric, Set<String> wanted) {
        if (wanted.add(metric)) {
            steps.get(metric).inputs.forEach(input -> addWithInputs(input, wanted));
        }
    }

    private static IllegalArgumentException broken(Behaviour behaviour, Exception cause) {
        return new IllegalArgumentException(
                "behaviour of " + behaviour.metric() + " = '" + behaviour.value() + "': " + cause.getMessage(), cause);
    }

    private Course course(EvaluationValue name) {
        var course = courses.get(name.getStringValue());
        if (course == null) {
            throw new IllegalArgumentException("no profile " + name.getStringValue());
        }
        return course;
    }

    private static EvaluationValue number(double value) {
        return EvaluationValue.numberValue(BigDecimal.valueOf(value));
    }

    private double phase(double seconds) {
        var cycles = now / MILLIS_PER_SECOND / seconds + Hash.unit(seed, (long) seconds);
        return cycles - Math.floor(cycles);
    }

    @FunctionParameter(name = "profile")
    @FunctionParameter(name = "lag")
    private final class Day extends AbstractFunction {
        @Override
        public EvaluationValue evaluate(Expression expression, Token token, EvaluationValue... arguments) {
            return number(course(arguments[0])
                    .at(weather.hours(now) - arguments[1].getNumberValue().doubleValue()));
        }
    }

    @FunctionParameter(name = "profile")
    private final class Total extends AbstractFunction {
        @Override
        public EvaluationValue evaluate(Expression expression, Token token, EvaluationValue... arguments) {
            return number(course(arguments[0]).area(weather.hours(now)));
        }
    }

    @FunctionParameter(name = "seconds")
    private final class Wave extends AbstractFunction {
        @Override
        public EvaluationValue evaluate(Expression expression, Token token, EvaluationValue... arguments) {
            return number(
                    Math.sin(2 * Math.PI * phase(arguments[0].getNumberValue().doubleValue())));
        }
    }

    @FunctionParameter(name = "seconds")
    private final class Saw extends AbstractFunction {
        @Override
        public EvaluationValue evaluate(Expression expression, Token token, EvaluationValue... arguments) {
            return number(phase(arguments[0].getNumberValue().doubleValue()));
        }
    }

    @FunctionParameter(name = "n")
    @FunctionParameter(name = "seconds")
    private final class Event extends AbstractFunction {
        @Override
        public EvaluationValue evaluate(Expression expression, Token token, EvaluationValue... arguments) {
            var series = Hash.mix(seed, arguments[0].getNumberValue().longValue());
            var slot = Math.floor(
                    now / MILLIS_PER_SECOND / arguments[1].getNumberValue().doubleValue());
            return number(Hash.unit(series, (long) slot));
        }
    }
}
