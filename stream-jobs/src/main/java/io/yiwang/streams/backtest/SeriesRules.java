package io.yiwang.streams.backtest;

import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Side;
import io.yiwang.model.domain.YamlFile;
import io.yiwang.model.domain.YamlFile.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Limits and physical ranges of the series of a file, as people write them: YAML or JSON, a mapping for each series with {@code range}
 * and any of {@code ll}, {@code l}, {@code h}, {@code hh}, {@code x}, each a number or a mapping.
 *
 * @param bySeries of the series that are named
 */
record SeriesRules(Map<String, OfSeries> bySeries) {
    static final SeriesRules NONE = new SeriesRules(Map.of());

    private static final List<Side> ASCENDING = List.of(Side.LL, Side.L, Side.H, Side.HH, Side.X);
    private static final double DEFAULT_DEADBAND = 0.01;
    private static final int LONGEST_DELAY_SECONDS = 30 * 86_400;

    /** @param range outside it a value is not a value; null = any number is one */
    record OfSeries(@Nullable Range range, List<Limit> limits) {
        static final OfSeries NONE = new OfSeries(null, List.of());
    }

    OfSeries of(String series) {
        return bySeries.getOrDefault(series, OfSeries.NONE);
    }

    /**
     * @param series what the file has
     * @throws IllegalArgumentException with file, line, column and reason of everything that cannot hold
     */
    static SeriesRules read(Path file, List<String> series) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var yaml = YamlFile.read(in, file.toString());
            var reading = new Reading(series);
            var rules = reading.file(yaml.root());
            if (!reading.problems.isEmpty()) {
                throw yaml.refusal(reading.problems);
            }
            return new SeriesRules(rules);
        }
    }

    private static final class Reading {
        private final List<String> series;
        private final List<Problem> problems = new ArrayList<>();

        Reading(List<String> series) {
            this.series = series;
        }

        Map<String, OfSeries> file(JsonNode root) {
            var rules = new LinkedHashMap<String, OfSeries>();
            if (!root.isObject()) {
                refuse("", "write a mapping for each series, such as 'Level: {range: [0, 20], h: 5}'");
                return rules;
            }
            root.properties().forEach(entry -> {
                var at = "/" + entry.getKey().replace("~", "~0").replace("/", "~1");
                if (!series.contains(entry.getKey())) {
                    refuse(at, "'" + entry.getKey() + "' is no series of the file; it has " + series);
                } else {
                    rules.put(entry.getKey(), ofSeries(entry.getValue(), at));
                }
            });
            return rules;
        }

        private OfSeries ofSeries(JsonNode node, String at) {
            if (!node.isObject()) {
                refuse(at, "write a mapping with range, ll, l, h, hh or x");
                return OfSeries.NONE;
            }
            Range range = null;
            var limits = new ArrayList<Limit>();
            for (var entry : node.properties()) {
                var here = at + "/" + entry.getKey();
                var side = side(entry.getKey());
                if (entry.getKey().equals("range")) {
                    range = range(entry.getValue(), here);
                } else if (side != null) {
                    var limit = limit(side, entry.getValue(), here);
                    if (limit != null) {
                        limits.add(limit);
                    }
                } else {
                    refuse(here, "'" + entry.getKey() + "' is not known here; known are range, ll, l, h, hh and x");
                }
            }
            checkOrder(limits, range, at);
            return new OfSeries(range, limits);
        }

        private static @Nullable Side side(String word) {
            return ASCENDING.stream()
                    .filter(side -> side.code().equals(word))
                    .findFirst()
                    .orElse(null);
        }

        private @Nullable Range range(JsonNode node, String at) {
            if (!node.isArray()
                    || node.size() != 2
                    || !node.get(0).isNumber()
                    || !node.get(1).isNumber()
                    || node.get(0).asDouble() >= node.get(1).asDouble()) {
                refuse(at, "a range is two numbers, the lower one first, such as [0, 20]");
                return null;
            }
            return new Range(node.get(0).asDouble(), node.get(1).asDouble());
        }

        private @Nullable Limit limit(Side side, JsonNode node, String at) {
            if (node.isNumber()) {
                return limit(side, node.asDouble(), usualGrade(side), 0, 0, null);
            }
            if (!node.isObject()) {
                refuse(at, "write a number, or a mapping with value, grade, onDelay, offDelay, deadband");
                return null;
            }
            Double value = null;
            Double deadband = null;
            int grade = usualGrade(side);
            int onDelay = 0;
            int offDelay = 0;
            for (var entry : node.properties()) {
                var here = at + "/" + entry.getKey();
                var part = entry.getValue();
                switch (entry.getKey()) {
                    case "value" -> value = number(part, here);
                    case "deadband" -> deadband = atLeastZero(part, here);
                    case "grade" -> grade = whole(part, here, 1, 4, grade);
                    case "onDelay" -> onDelay = whole(part, here, 0, LONGEST_DELAY_SECONDS, 0);
                    case "offDelay" -> offDelay = whole(part, here, 0, LONGEST_DELAY_SECONDS, 0);
                    default ->
                        refuse(
                                here,
                                "'" + entry.getKey()
                                        + "' is not known here; known are value, grade, onDelay, offDelay and deadband");
                }
            }
            if (value == null) {
                if (!node.has("value")) {
                    refuse(at, "limit " + side.code() + " has no value");
                }
                return null;
            }
            return limit(side, value, grade, onDelay, offDelay, deadband);
        }

        private static int usualGrade(Side side) {
            return switch (side) {
                case X -> 1;
                case HH, LL -> 2;
                default -> 3;
            };
        }

        private static Limit limit(
                Side side, double value, int grade, int onDelay, int offDelay, @Nullable Double deadband) {
            return new Limit(
                    side,
                    Double.toString(value),
                    List.of(),
                    grade,
                    onDelay,
                    offDelay,
                    deadband == null ? DEFAULT_DEADBAND * Math.abs(value) : deadband,
                    Limit.RAW,
                    "rules of the back-test",
                    "K");
        }

        private void checkOrder(List<Limit> limits, @Nullable Range range, String at) {
            Limit before = null;
            for (var side : ASCENDING) {
                for (var limit : limits) {
                    if (limit.side() != side) {
                        continue;
                    }
                    if (before != null && value(before) > value(limit)) {
                        refuse(
                                at + "/" + side.code(),
                                side.code() + " " + value(limit) + " lies below "
                                        + before.side().code() + " " + value(before));
                    }
                    if (range != null && !range.contains(value(limit))) {
                        refuse(
                                at + "/" + side.code(),
                                side.code() + " " + value(limit) + " lies outside the range " + range
                                        + ", so that it could never be met");
                    }
                    before = limit;
                }
            }
        }

        private static double value(Limit limit) {
            return limit.value() == null ? Double.NaN : Double.parseDouble(limit.value());
        }

        private @Nullable Double number(JsonNode node, String at) {
            if (!node.isNumber()) {
                refuse(at, "'" + node.asString("") + "' is not a number");
                return null;
            }
            return node.asDouble();
        }

        private @Nullable Double atLeastZero(JsonNode node, String at) {
            var number = number(node, at);
            if (number != null && number < 0) {
                refuse(at, "must not be below 0");
                return null;
            }
            return number;
        }

        private int whole(JsonNode node, String at, int least, int most, int otherwise) {
            if (!node.isIntegralNumber() || node.asLong() < least || node.asLong() > most) {
                refuse(at, String.format(Locale.ROOT, "must be a whole number from %d to %d", least, most));
                return otherwise;
            }
            return node.asInt();
        }

        private void refuse(String pointer, String reason) {
            problems.add(new Problem(pointer, reason));
        }
    }
}
