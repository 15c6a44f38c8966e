package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.domain.Symptom;
import io.yiwang.model.domain.Symptom.Sign;
import io.yiwang.streams.detect.course.Condition;
import io.yiwang.streams.detect.course.Condition.Stand;
import io.yiwang.streams.detect.course.Moment;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.pattern.Extremes.Kind;
import io.yiwang.streams.detect.pattern.Extremes.Span;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The symptoms of a pack as conditions over one point.
 *
 * <ul>
 *   <li>above, below, state: hold when the value did for {@code seconds}. Above and below have the deadband of limits, and end when the value was
 *       back for as long as that, at least 60 s and at most 300 s.
 *   <li>still: holds when the readings of {@code seconds} were all the same. Only readings tell it, silence does not.
 *   <li>rises, falls: hold when the value differs by so much from the lowest (highest) level of the last {@code seconds}. They go on until
 *       it has come back half the way, at most {@value #HELD_MILLIS} ms after they began: then the new level is the usual one.
 *   <li>swings: holds while highest and lowest reading of the last {@code seconds} differ by so much, and ends below {@value #RELEASE} of it.
 * </ul>
 *
 * <p>What "the last seconds" are of a point that reports less often is said at {@link Extremes}.
 */
public final class Symptoms {
    /** Before the symptom's id in the id of its signal. */
    public static final String PREFIX = "symptom.";

    static final long HELD_MILLIS = 3_600_000;
    static final double RELEASE = 0.8;

    private static final double DEADBAND = 0.01;
    private static final double BACK = 0.5;
    private static final int SHORTEST_OFF_DELAY_SECONDS = 60;
    private static final int LONGEST_OFF_DELAY_SECONDS = 300;
    /** A share is of at least this share of the metric's normal span: of nothing everything is a multiple. */
    private static final double LEAST_LEVEL = 0.03;

    private static final int PERIODS_OF_PATIENCE = 3;
    private static final long PATIENCE_ON_CHANGE_MILLIS = 86_400_000;

    private Symptoms() {}

    /**
     * The symptoms of a metric that some pattern of the facility or of one that may be its neighbour looks for, as signals of each of its
     * points.
     *
     * @param slackMillis as in {@link Signal}
     * @throws IllegalArgumentException when one needs a parameter that neither the facility nor its type has
     */
    public static List<Signal> of(Domain domain, FacilityAsset asset, String metric, long slackMillis) {
        var parameters = parameters(domain, asset);
        return looked(domain, asset.type(), metric)
                .map(symptom -> signal(symptom, domain.metricsByCode().get(metric), parameters, slackMillis))
                .toList();
    }

    /**
     * What {@link Extremes} have to remember of a point for the signals of {@link #of}.
     *
     * @param periodSeconds of the point; 0 = on change
     */
    public static Extremes.Plan plan(Domain domain, FacilityAsset asset, String metric, int periodSeconds) {
        var looked = looked(domain, asset.type(), metric).toList();
        if (looked.isEmpty()) {
            return Extremes.Plan.NOTHING;
        }
        var spans = looked.stream()
                .flatMap(symptom -> switch (symptom.sign()) {
                    case RISES -> Stream.of(new Span(symptom.seconds(), Kind.LOWEST));
                    case FALLS -> Stream.of(new Span(symptom.seconds(), Kind.HIGHEST));
                    case SWINGS -> Stream.of(new Span(symptom.seconds(), Kind.BOTH));
                    default -> Stream.empty();
                })
                .distinct()
                .toList();
        long patience = periodSeconds > 0 ? 1000L * PERIODS_OF_PATIENCE * periodSeconds : PATIENCE_ON_CHANGE_MILLIS;
        return new Extremes.Plan(spans, patience);
    }

    private static Stream<Symptom> looked(Domain domain, String type, String metric) {
        return domain.symptoms().stream()
                .filter(symptom -> symptom.metric().equals(metric)
                        && domain.patterns().stream().anyMatch(pattern -> looksFor(pattern, symptom, type)));
    }

    /** Elsewhere may be any type: links are the ledger's. */
    private static boolean looksFor(Pattern pattern, Symptom symptom, String type) {
        return Stream.concat(pattern.parts().stream(), pattern.unless().stream())
                .anyMatch(part -> part.symptom().equals(symptom.id())
                        && (part.at() != Neighbourhood.HERE
                                || pattern.facilityTypes().contains(type)));
    }

    private static Map<String, Double> parameters(Domain domain, FacilityAsset asset) {
        var type = domain.typesById().get(asset.type());
        var parameters = new HashMap<String, Double>(type == null ? Map.of() : type.parameters());
        parameters.putAll(asset.parameters());
        return parameters;
    }

    private static Signal signal(Symptom symptom, Metric metric, Map<String, Double> parameters, long slackMillis) {
        double size = symptom.size(parameters);
        double deadband = DEADBAND * Math.max(metric.normal().span(), Math.abs(size));
        double least = LEAST_LEVEL * metric.normal().span();
        var id = PREFIX + symptom.id();
        boolean measured = symptom.sign() == Sign.ABOVE || symptom.sign() == Sign.BELOW;
        Condition condition = switch (symptom.sign()) {
            case ABOVE -> moment -> stand(moment.value >= size, moment.value >= size - deadband);
            case BELOW -> moment -> stand(moment.value < size, moment.value < size + deadband);
            case STATE -> moment -> stand(symptom.values().contains(moment.value), false);
            case STILL -> still(symptom.seconds());
            case SWINGS -> swings(symptom.seconds(), size);
            case RISES -> changes(id, symptom, size, least, 1);
            case FALLS -> changes(id, symptom, size, least, -1);
        };
        return new Signal(
                id,
                condition,
                measured || symptom.sign() == Sign.STATE ? symptom.seconds() : 0,
                measured
                        ? Math.max(SHORTEST_OFF_DELAY_SECONDS, Math.min(LONGEST_OFF_DELAY_SECONDS, symptom.seconds()))
                        : 0,
                symptom.sign() == Sign.BELOW || symptom.sign() == Sign.FALLS,
                slackMillis);
    }

    private static Stand stand(boolean beyond, boolean between) {
        return beyond ? Stand.BEYOND : between ? Stand.BETWEEN : Stand.WITHIN;
    }

    private static Condition still(int seconds) {
        return moment -> {
            long since = extremes(moment).sameSinceMillis();
            moment.onsetMillis = since;
            return stand(moment.eventMillis - since >= 1000L * seconds, false);
        };
    }

    private static Condition swings(int seconds, double size) {
        return moment -> {
            var extremes = extremes(moment);
            double swing = extremes.highest(seconds, Kind.BOTH) - extremes.lowest(seconds, Kind.BOTH);
            moment.severity = swing;
            return stand(swing >= size, swing >= RELEASE * size);
        };
    }

    /** @param way 1 = rises, -1 = falls */
    private static Condition changes(String signal, Symptom symptom, double size, double least, int way) {
        return moment -> {
            var extremes = extremes(moment);
            double level = way > 0
                    ? extremes.lowest(symptom.seconds(), Kind.LOWEST)
                    : extremes.highest(symptom.seconds(), Kind.HIGHEST);
            double needed = symptom.relative() ? size * Math.max(Math.abs(level), least) : size;
            // A level that is not known compares with nothing.
            boolean beyond = way * (moment.value - level) >= needed;
            var state = moment.point.signal(signal);
            var episode = state == null || !state.isOpen() ? null : state.episode();
            if (episode == null) {
                moment.limit = level + way * needed * BACK;
                return stand(beyond, false);
            }
            moment.limit = episode.limit();
            boolean held = way * (moment.value - episode.limit()) > 0
                    && moment.eventMillis - episode.onsetMillis() < HELD_MILLIS;
            return stand(beyond, held);
        };
    }

    private static Extremes extremes(Moment moment) {
        var extremes = moment.point.extremes;
        if (extremes == null) {
            throw new IllegalStateException("a point with symptoms has no extremes");
        }
        return extremes;
    }
}
