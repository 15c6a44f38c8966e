package io.yiwang.ingest.decode.hj212;

import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Spread;
import io.yiwang.model.RejectReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The items of a data area as values.
 *
 * <p>A value is doubtful unless its flag is N or it has none: F (source stopped), M (maintenance), S (set by hand), D (fault),
 * C (calibration), T (over range), B (no contact to the instrument) and letters that nobody knows are no measurements to judge by.
 */
final class Items {
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");
    private static final Pattern NOT_FINITE = Pattern.compile("(?i)[+-]?(nan|inf|infinity)");
    private static final String NORMAL = "N";
    /** As many as a message may hold. */
    private static final int MOST_VALUES = 256;

    /** Takes what cannot be used. */
    interface Flaws {
        void add(RejectReason reason, String detail, int values);
    }

    private final String system;
    private final DataArea area;

    /** @param system ST, which completes codes without their letter */
    Items(String system, DataArea area) {
        this.system = system;
        this.area = area;
    }

    /** Readings by their time: that of their sample where they have one, else {@code dataMillis}. */
    Map<Long, List<Measured>> byTime(long dataMillis, Flaws flaws) {
        var byTime = new LinkedHashMap<Long, List<Measured>>();
        var names = new HashSet<String>();
        int count = 0;
        for (var item : area.items().entrySet()) {
            var values = once(readings(Factor.completed(item.getKey(), system), item.getValue()), names, flaws);
            count += values.size();
            if (count > MOST_VALUES) {
                flaws.add(
                        RejectReason.TOO_MANY_VALUES,
                        "more than " + MOST_VALUES + " values in one frame",
                        values.size());
                continue;
            }
            var sampled = item.getValue().get("SampleTime");
            long millis = dataMillis;
            if (sampled != null && !sampled.isEmpty()) {
                var sample = LoggerTime.millis(sampled);
                if (sample.isEmpty()) {
                    flaws.add(
                            RejectReason.MALFORMED,
                            item.getKey() + "-SampleTime is no time of the form yyyyMMddHHmmss",
                            values.size());
                    continue;
                }
                millis = sample.getAsLong();
            }
            if (!values.isEmpty()) {
                byTime.computeIfAbsent(millis, time -> new ArrayList<>()).addAll(values);
            }
        }
        return byTime;
    }

    /** Values over the interval of the frame. */
    List<Measured> overInterval(Flaws flaws) {
        var all = new ArrayList<Measured>();
        var names = new HashSet<String>();
        for (var item : area.items().entrySet()) {
            var values = once(means(Factor.completed(item.getKey(), system), item.getValue()), names, flaws);
            if (all.size() + values.size() > MOST_VALUES) {
                flaws.add(
                        RejectReason.TOO_MANY_VALUES,
                        "more than " + MOST_VALUES + " values in one frame",
                        values.size());
            } else {
                all.addAll(values);
            }
        }
        return all;
    }

    /** Those whose names no earlier item has: a code with its letter and without is one name. */
    private static List<Measured> once(List<Measured> values, Set<String> names, Flaws flaws) {
        var kept = new ArrayList<Measured>(values.size());
        for (var value : values) {
            if (names.add(value.name())) {
                kept.add(value);
            } else {
                flaws.add(RejectReason.MALFORMED, value.name() + " is there twice", 1);
            }
        }
        return kept;
    }

    private static List<Measured> readings(String code, Map<String, String> attributes) {
        var values = new ArrayList<Measured>(1);
        take(values, code, attributes, null, "Rtd", "Avg", "");
        take(values, code + "-Zs", attributes, null, "ZsRtd", "ZsAvg");
        rest(values, code, attributes, values.isEmpty());
        return values;
    }

    private static List<Measured> means(String code, Map<String, String> attributes) {
        var values = new ArrayList<Measured>(1);
        take(values, code, attributes, spread(attributes, "Min", "Max", "Cou"), "Avg", "Rtd", "");
        take(values, code + "-Zs", attributes, spread(attributes, "ZsMin", "ZsMax", null), "ZsAvg", "ZsRtd");
        rest(values, code, attributes, values.isEmpty());
        return values;
    }

    /** What is a value by itself; the parts of a spread only where nothing has taken them. */
    private static void rest(List<Measured> values, String code, Map<String, String> attributes, boolean withSpread) {
        for (var kind : List.of("RS", "RT", "DayData", "NightData")) {
            take(values, code + "-" + kind, attributes, null, kind);
        }
        if (withSpread) {
            take(values, code, attributes, null, "Data");
            for (var kind : List.of("Cou", "Min", "Max")) {
                take(values, code + "-" + kind, attributes, null, kind);
            }
        }
    }

    /** Adds the first of these kinds that is there, under {@code name}. */
    private static void take(
            List<Measured> values,
            String name,
            Map<String, String> attributes,
            @Nullable Spread spread,
            String... kinds) {
        for (var kind : kinds) {
            var text = attributes.get(kind);
            if (text == null) {
                continue;
            }
            var flag = attributes.get("Flag");
            boolean doubtful = flag != null && !flag.isEmpty() && !flag.equalsIgnoreCase(NORMAL);
            var content = content(text);
            var unit = name.indexOf('-') < 0 ? Factor.unit(name) : "";
            var known = spread == null || (spread.min() == null && spread.max() == null && spread.total() == null)
                    ? null
                    : spread;
            values.add(
                    new Measured(name, content, content == Content.NUMBER ? number(text) : 0, doubtful, unit, known));
            return;
        }
    }

    private static Spread spread(Map<String, String> attributes, String min, String max, @Nullable String total) {
        return new Spread(
                finite(attributes.get(min)),
                finite(attributes.get(max)),
                total == null ? null : finite(attributes.get(total)));
    }

    private static @Nullable Double finite(@Nullable String text) {
        return text != null && content(text) == Content.NUMBER ? number(text) : null;
    }

    private static Content content(String text) {
        if (NUMBER.matcher(text).matches()) {
            return Double.isFinite(Double.parseDouble(text)) ? Content.NUMBER : Content.NOT_FINITE;
        }
        return NOT_FINITE.matcher(text).matches() ? Content.NOT_FINITE : Content.OTHER;
    }

    private static double number(String text) {
        // Plus zero: never negative zero.
        return Double.parseDouble(text) + 0.0;
    }
}
