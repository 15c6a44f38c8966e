package io.yiwang.ingest.loss;

import static io.yiwang.ingest.TestingCity.METRIC;

import io.yiwang.model.RejectReason;
import java.nio.charset.StandardCharsets;

/**
 * One message as its device writes it down: made once, sent until it is answered.
 *
 * @param eventTimeMillis epoch ms
 */
record Sent(MessageKey key, String facility, Kind kind, long eventTimeMillis, double value) {
    enum Kind {
        GOOD(null),
        UNKNOWN_METRIC(RejectReason.UNKNOWN_METRIC),
        GARBAGE(RejectReason.MALFORMED);

        /** Null: it must be stored. */
        final RejectReason reason;

        Kind(RejectReason reason) {
            this.reason = reason;
        }
    }

    private static final String GARBAGE = "garbage ";

    byte[] payload() {
        return switch (kind) {
            case GOOD -> json(METRIC);
            case UNKNOWN_METRIC -> json("no_such_metric");
            case GARBAGE ->
                (GARBAGE + key.device() + " " + key.boot() + " " + key.seq()).getBytes(StandardCharsets.UTF_8);
        };
    }

    private byte[] json(String metric) {
        return "{\"ts\":%d,\"boot\":\"%s\",\"seq\":%d,\"values\":{\"%s\":%s}}"
                .formatted(eventTimeMillis, key.boot(), key.seq(), metric, value)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Whose garbage it is; null when it is not ours. */
    static MessageKey ofGarbage(String payload) {
        var words = payload.split(" ");
        return words.length == 4 && payload.startsWith(GARBAGE)
                ? new MessageKey(words[1], words[2], Long.parseLong(words[3]))
                : null;
    }
}
