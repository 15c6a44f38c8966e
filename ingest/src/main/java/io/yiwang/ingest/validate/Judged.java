package io.yiwang.ingest.validate;

import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import java.util.List;

/**
 * The verdict on one payload.
 *
 * @param accepted messages that go on, in the order of the payload; a value out of range is in it without its number
 * @param rejected what does not, with reason
 * @param values how many values the payload was understood to hold; {@code values = good + sum of rejected.value_count}
 * @param good how many of them go on with their number, or as the word that there is none because the device is gone
 */
public record Judged(List<Telemetry> accepted, List<Rejected> rejected, int values, int good) {
    public Judged {
        accepted = List.copyOf(accepted);
        rejected = List.copyOf(rejected);
    }
}
