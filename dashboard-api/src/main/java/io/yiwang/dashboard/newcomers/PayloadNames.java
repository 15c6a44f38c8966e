package io.yiwang.dashboard.newcomers;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names of what a payload seems to measure, whatever dialect it is, and though its end may be cut off. Judges nothing: ingest
 * decides what a payload says, this only helps a person to guess.
 */
final class PayloadNames {
    /** @param unit as the payload has it; empty = not said */
    record Named(String name, String unit) {}

    private static final int MOST = 256;
    /** {@code w01018-Rtd=23.4} and its kin. */
    private static final Pattern HJ212 = Pattern.compile("([A-Za-z][A-Za-z0-9]*)-(?:Rtd|Avg|Min|Max|Cou|ZsRtd)=");
    /** What stands as text within bytes: the names of a Sparkplug birth. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_./ -]{2,63}");
    /** Members of messages that are not what is measured. */
    private static final Set<String> FRAME =
            Set.of("ts", "t", "time", "timestamp", "boot", "seq", "bt", "bv", "bver", "ut", "v", "vb", "s", "bs", "id");

    private PayloadNames() {}

    static List<Named> of(byte[] payload) {
        var text = new String(payload, StandardCharsets.ISO_8859_1);
        var start = text.stripLeading();
        if (start.startsWith("##") || start.contains("-Rtd=") || start.contains("-Avg=")) {
            return distinct(HJ212.matcher(text)
                    .results()
                    .map(found -> new Named(found.group(1), ""))
                    .toList());
        }
        if (start.startsWith("{") || start.startsWith("[")) {
            return distinct(json(payload));
        }
        return distinct(WORD.matcher(text)
                .results()
                .map(found -> new Named(found.group().strip(), ""))
                .toList());
    }

    /** Members with a number or a truth, and the names of SenML records. */
    private static List<Named> json(byte[] payload) {
        var names = new ArrayList<Named>();
        var mapper = JsonMapper.shared();
        try (var parser = mapper.createParser(new ByteArrayInputStream(payload))) {
            var base = "";
            String name = null;
            var unit = "";
            var member = "";
            for (var token = parser.nextToken(); token != null && names.size() < MOST; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    member = parser.currentName();
                } else if (token == JsonToken.START_OBJECT) {
                    name = null;
                    unit = "";
                } else if (token == JsonToken.END_OBJECT) {
                    if (name != null) {
                        names.add(new Named(last(base + name), unit));
                        name = null;
                    }
                } else if (token == JsonToken.VALUE_STRING) {
                    switch (member) {
                        case "bn" -> base = parser.getString();
                        case "n" -> name = parser.getString();
                        case "u", "unit" -> unit = parser.getString();
                        default -> {
                            // Says nothing about a quantity.
                        }
                    }
                } else if (isQuantity(token) && !FRAME.contains(member)) {
                    names.add(new Named(member, ""));
                }
            }
        } catch (JacksonException e) {
            // The end is cut off, or it only began like JSON: what was found so far counts.
        }
        return names;
    }

    private static boolean isQuantity(JsonToken token) {
        return token.isNumeric() || token.isBoolean();
    }

    /** SenML names carry the device before the quantity. */
    private static String last(String name) {
        int at = Math.max(name.lastIndexOf(':'), name.lastIndexOf('/'));
        return at < 0 || at == name.length() - 1 ? name : name.substring(at + 1);
    }

    private static List<Named> distinct(List<Named> names) {
        Map<String, Named> byName = new LinkedHashMap<>();
        names.stream().limit(MOST).forEach(named -> byName.putIfAbsent(named.name(), named));
        return List.copyOf(byName.values());
    }
}
