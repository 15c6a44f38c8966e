package io.yiwang.ingest.decode.hj212;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A data area taken apart: {@code DataTime=…;w01018-Rtd=23.4,w01018-Flag=N;…}.
 *
 * <p>Every attribute names its factor, so it does not matter whether a comma or a semicolon separates, nor in which order they come.
 *
 * @param dataTime as written; null when it does not say
 * @param items attributes by kind by factor, in the order of writing
 * @param flaws what could not be read, a sentence each
 */
record DataArea(@Nullable String dataTime, Map<String, Map<String, String>> items, List<String> flaws) {

    /** Kinds of attributes, in the standard's spelling. */
    private static final Map<String, String> KINDS = List.of(
                    "Rtd",
                    "Avg",
                    "Min",
                    "Max",
                    "Cou",
                    "Flag",
                    "EFlag",
                    "SampleTime",
                    "RS",
                    "RT",
                    "ZsRtd",
                    "ZsAvg",
                    "ZsMin",
                    "ZsMax",
                    "Data",
                    "DayData",
                    "NightData")
            .stream()
            .collect(Collectors.toUnmodifiableMap(kind -> kind.toLowerCase(Locale.ROOT), Function.identity()));

    /** Fields that say something about the message, not about the site. */
    private static final Set<String> ASIDE = Set.of(
            "polid",
            "begintime",
            "endtime",
            "restarttime",
            "systemtime",
            "rtdinterval",
            "mininterval",
            "rf",
            "qnrtn",
            "exertn",
            "overtime",
            "recount",
            "vaseno");

    private static final String DATA_TIME = "datatime";
    private static final int LONGEST_NAME = 64;

    /** A flag is one letter, so an item that ends with one ends there. */
    private static final Pattern ENDS_WITH_FLAG =
            Pattern.compile(".*-\\s*Flag\\s*=\\s*[A-Za-z]\\s*;?\\s*", Pattern.DOTALL);

    private static final Pattern BEGINS_WITH_NAME = Pattern.compile(
            "\\s*(DataTime|([a-z][0-9]{5}|SB[0-9]+|L[A-Za-z0-9]{0,3})-(Rtd|Avg|Min|Max|Cou|Flag|SampleTime|RS|RT|Zs[A-Za-z]+)) *=.*",
            Pattern.DOTALL);

    static DataArea read(String text) {
        String dataTime = null;
        var items = new LinkedHashMap<String, Map<String, String>>();
        var flaws = new ArrayList<String>(0);
        for (var field : text.split("[;,]")) {
            if (field.isBlank()) {
                continue;
            }
            int equals = field.indexOf('=');
            var name = equals < 0 ? "" : Segment.withoutBlanks(field.substring(0, equals));
            if (name.isEmpty() || name.length() > LONGEST_NAME) {
                flaws.add("'" + shortened(field) + "' is no name=value");
                continue;
            }
            var value = field.substring(equals + 1).strip();
            var lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals(DATA_TIME)) {
                if (dataTime != null && !dataTime.equals(value)) {
                    flaws.add("DataTime is there twice");
                }
                dataTime = dataTime == null ? value : dataTime;
                continue;
            }
            if (ASIDE.contains(lower)) {
                continue;
            }
            int dash = name.lastIndexOf('-');
            var kind = KINDS.get(lower.substring(dash + 1));
            // What no attribute is known for is a name of its own, which the ledger may know.
            var code = dash <= 0 || kind == null ? name : name.substring(0, dash);
            var before = items.computeIfAbsent(code, key -> new LinkedHashMap<>(4))
                    .putIfAbsent(dash <= 0 || kind == null ? "" : kind, value);
            if (before != null && !before.equals(value)) {
                flaws.add(name + " is there twice, " + shortened(before) + " and " + shortened(value));
            }
        }
        return new DataArea(dataTime, items, flaws);
    }

    /** Whether an area that is cut off here is certainly cut between two items. */
    static boolean isClosed(String text) {
        return text.isBlank() || ENDS_WITH_FLAG.matcher(text).matches();
    }

    /** Two areas of one split message in one; the cut may lie anywhere, also within a number. */
    static String joined(String first, String second) {
        return isClosed(first) || BEGINS_WITH_NAME.matcher(second).matches() ? first + ";" + second : first + second;
    }

    /** Without the item that a cut at the end may have hurt. */
    static String withoutLast(String text) {
        int semicolon = text.lastIndexOf(';');
        return semicolon < 0 ? "" : text.substring(0, semicolon);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
