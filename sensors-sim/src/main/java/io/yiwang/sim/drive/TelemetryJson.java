package io.yiwang.sim.drive;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A device's message as JSON: {@code {"ts", "boot", "seq", "values"}}. */
final class TelemetryJson {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final double EXACT = 1L << 53;

    private TelemetryJson() {}

    private record Message(long ts, String boot, long seq, Map<String, Number> values) {}

    /** UTF-8; whole numbers are written without a fraction. */
    static byte[] write(long tsMillis, String boot, long seq, Map<String, Double> values) {
        var numbers = new LinkedHashMap<String, Number>();
        values.forEach((metric, value) -> numbers.put(
                metric, value == Math.rint(value) && Math.abs(value) < EXACT ? (Number) value.longValue() : value));
        return JSON.writeValueAsBytes(new Message(tsMillis, boot, seq, numbers));
    }
}
