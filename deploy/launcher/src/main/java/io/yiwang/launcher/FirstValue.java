package io.yiwang.launcher;

import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;

/** Reads the answer of {@code GET /api/facilities}. */
final class FirstValue {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private FirstValue() {}

    /** Whether any facility has a value that is younger than {@code start}. */
    static boolean since(Instant start, String facilities) {
        for (var facility : JSON.readTree(facilities)) {
            var time = facility.path("lastTime");
            if (time.isString() && Instant.parse(time.asString()).isAfter(start)) {
                return true;
            }
        }
        return false;
    }
}
