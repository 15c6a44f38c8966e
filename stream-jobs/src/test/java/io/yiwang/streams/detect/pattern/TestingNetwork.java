package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.domain.Operating;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.domain.Pattern.Part;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Symptom;
import io.yiwang.model.domain.Symptom.Sign;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stations that feed houses; both measure {@code flow}, {@code pressure} and {@code state}, 0 to 100, period 10 s. Parameter {@code big} is
 * 80.
 *
 * <p>Symptoms: {@code high} flow above {@code big} for 20 s, {@code low} pressure below 20 for 20 s, {@code jumps} flow up by 30 % within
 * 60 s, {@code drops} pressure down by 10 within 60 s, {@code swings} pressure by 10 within 60 s, {@code still} pressure for 60 s, {@code
 * bad} state 2 at once.
 *
 * <p>Patterns, within 120 s: {@code hot} (station: high, low; grade 3), {@code worse} (station: high, low, bad; grade 1), {@code burst}
 * (station: jumps, drops at two points downstream, unless bad; grade 1), {@code hit} (house: drops, jumps upstream; grade 2), {@code loose}
 * (house: one of still and bad; grade 4).
 */
final class TestingNetwork {
    private static final Name NAME = new Name("测试", "test");

    static final Domain DOMAIN = domain();

    private TestingNetwork() {}

    private static Domain domain() {
        var metrics = List.of(metric("flow"), metric("pressure"), metric("state"));
        var types = List.of(type("station"), type("house"));
        var symptoms = List.of(
                symptom("high", "flow", Sign.ABOVE, "big", 20, false),
                symptom("low", "pressure", Sign.BELOW, "20", 20, false),
                symptom("jumps", "flow", Sign.RISES, "0.3", 60, true),
                symptom("drops", "pressure", Sign.FALLS, "10", 60, false),
                symptom("swings", "pressure", Sign.SWINGS, "10", 60, false),
                symptom("still", "pressure", Sign.STILL, null, 60, false),
                new Symptom("bad", NAME, "state", Sign.STATE, null, List.of(2.0), 0, false));
        var here = Neighbourhood.HERE;
        var patterns = List.of(
                pattern("hot", "station", 3, 0, List.of(part("high", here, 1), part("low", here, 1)), List.of()),
                pattern(
                        "worse",
                        "station",
                        1,
                        0,
                        List.of(part("high", here, 1), part("low", here, 1), part("bad", here, 1)),
                        List.of()),
                pattern(
                        "burst",
                        "station",
                        1,
                        0,
                        List.of(part("jumps", here, 1), part("drops", Neighbourhood.DOWNSTREAM, 2)),
                        List.of(part("bad", here, 1))),
                pattern(
                        "hit",
                        "house",
                        2,
                        0,
                        List.of(part("drops", here, 1), part("jumps", Neighbourhood.UPSTREAM, 1)),
                        List.of()),
                pattern("loose", "house", 4, 1, List.of(part("still", here, 1), part("swings", here, 1)), List.of()));
        return new Domain(
                "testing",
                NAME,
                "1",
                NAME,
                List.of(),
                types,
                metrics,
                Map.of("station", types.get(0), "house", types.get(1)),
                Map.of("flow", metrics.get(0), "pressure", metrics.get(1), "state", metrics.get(2)),
                symptoms,
                patterns,
                List.of(),
                List.of(),
                Map.of(),
                Map.of());
    }

    static DomainPacks packs() {
        return DomainPacks.of(List.of(DOMAIN), List.of());
    }

    private static Metric metric(String code) {
        var range = new Range(0, 100);
        return new Metric(code, NAME, "1", range, range, 10, Metric.Kind.ANALOG, Map.of(), 1, List.of());
    }

    private static FacilityType type(String id) {
        return new FacilityType(id, NAME, Map.of("big", 80.0), Operating.WHILE_REPORTING, List.of());
    }

    private static Symptom symptom(
            String id, String metric, Sign sign, @Nullable String value, int seconds, boolean relative) {
        return new Symptom(id, NAME, metric, sign, value, List.of(), seconds, relative);
    }

    private static Part part(String symptom, Neighbourhood at, int points) {
        return new Part(symptom, at, points);
    }

    private static Pattern pattern(
            String id, String type, int grade, int atLeast, List<Part> parts, List<Part> unless) {
        return new Pattern(id, NAME, List.of(type), 120, parts, atLeast, unless, grade, List.of(), null, "test", "K");
    }

    static FacilityAsset asset(String id, String type, Map<String, Double> parameters, String... upstream) {
        return new FacilityAsset(id, "testing", type, "d1", parameters, List.of(), true, false, List.of(upstream));
    }
}
