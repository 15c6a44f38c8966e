package io.yiwang.sim.bench;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Understands the frames of the live websocket as far as the benchmark needs them. Not thread-safe. */
final class LiveFrames {
    private final Window values;
    private final Raises raises;
    private final Map<String, Long> newest = new HashMap<>();
    private final Map<String, Map<String, Integer>> columns = new HashMap<>();
    private final Map<String, Long> sequence = new HashMap<>();

    LiveFrames(Window values, Raises raises) {
        this.values = values;
        this.raises = raises;
    }

    /** What the client has to do next. */
    enum Answer {
        NOTHING,
        PONG,
        /** A delta is missing: subscribe to its channel again. */
        SUBSCRIBE_AGAIN
    }

    Answer on(JsonNode frame, long nowMicros) {
        var type = frame.path("t").asString("");
        return switch (type) {
            case "snap" -> {
                snapshot(frame, nowMicros);
                yield Answer.NOTHING;
            }
            case "d" -> delta(frame, nowMicros);
            case "hb" -> Answer.PONG;
            case "err" -> throw new IllegalStateException("the live websocket refuses: " + frame);
            default -> Answer.NOTHING;
        };
    }

    private void snapshot(JsonNode frame, long nowMicros) {
        var channel = frame.path("c").asString();
        var names = new HashMap<String, Integer>();
        int index = 0;
        for (var column : frame.path("cols")) {
            names.put(column.asString(), index++);
        }
        columns.put(channel, names);
        sequence.put(channel, frame.path("q").asLong());
        rows(channel, frame, nowMicros, false);
    }

    private Answer delta(JsonNode frame, long nowMicros) {
        var channel = frame.path("c").asString();
        long last = sequence.getOrDefault(channel, 0L);
        if (frame.path("p").asLong() > last) {
            return Answer.SUBSCRIBE_AGAIN;
        }
        if (frame.path("q").asLong() > last) {
            sequence.put(channel, frame.path("q").asLong());
            rows(channel, frame, nowMicros, true);
        }
        return Answer.NOTHING;
    }

    private void rows(String channel, JsonNode frame, long nowMicros, boolean live) {
        var names = columns.getOrDefault(channel, Map.of());
        if (names.containsKey("alarm")) {
            frame.path("u").forEach(row -> alarm(row.path(names.get("alarm")), nowMicros));
        } else if (names.containsKey("point") && names.containsKey("time")) {
            frame.path("u").forEach(row -> value(row, names, nowMicros, live));
        }
    }

    /** A snapshot's values may be of any age: only what a delta shows for the first time counts. */
    private void value(JsonNode row, Map<String, Integer> names, long nowMicros, boolean live) {
        var time = row.path(names.get("time"));
        if (time.isNumber()) {
            var point = row.path(names.get("point")).asString();
            if (time.asLong() > newest.getOrDefault(point, Long.MIN_VALUE)) {
                newest.put(point, time.asLong());
                if (live) {
                    values.record(time.asLong(), nowMicros);
                }
            }
        }
    }

    private void alarm(JsonNode alarm, long nowMicros) {
        var onset = alarm.path("onset");
        if (onset.isString()) {
            raises.announced(
                    alarm.path("id").asString(),
                    alarm.path("facility").asString(""),
                    alarm.path("rule").asString(""),
                    Instant.parse(onset.asString()).toEpochMilli(),
                    nowMicros);
        }
    }
}
