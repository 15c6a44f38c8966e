package io.yiwang.ingest.decode;

import io.yiwang.model.RejectReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of one payload while it is read, for dialects that give each value a device and a time of its own: values of one device
 * and one time become one {@link Message}, in the order in which the first of each came. None has a counter, so content identifies them.
 *
 * <p>A value whose name its message has already opens a second message of the same time, and so does one too many for a message. What
 * is wrong is gathered by reason: a payload of a thousand bad records is one flaw that counts a thousand values.
 */
public final class Readings {
    private static final int NAMED_DETAILS = 3;

    private record At(String device, long eventTimeMillis) {}

    private static final class Wrong {
        private final StringBuilder details = new StringBuilder();
        private int sentences;
        private int values;
    }

    private final Map<At, List<Map<String, Measured>>> byPlace = new LinkedHashMap<>();
    private final Map<RejectReason, Wrong> wrong = new EnumMap<>(RejectReason.class);
    private int messageCount;

    /** @param device whose value it is; empty = the sender's own */
    public void add(String device, long eventTimeMillis, Measured value) {
        var messages = byPlace.computeIfAbsent(new At(device, eventTimeMillis), at -> new ArrayList<>(1));
        var last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        if (last == null || last.size() >= JsonDecoder.MAX_VALUES || last.containsKey(value.name())) {
            if (messageCount >= JsonDecoder.MAX_MESSAGES) {
                flaw(
                        RejectReason.TOO_MANY_VALUES,
                        "values of more than " + JsonDecoder.MAX_MESSAGES + " devices and times in one payload",
                        1);
                return;
            }
            messageCount++;
            last = new LinkedHashMap<>();
            messages.add(last);
        }
        last.put(value.name(), value);
    }

    /** Something that cannot be used, {@code values} of them; only the first sentences of each reason are kept. */
    public void flaw(RejectReason reason, String sentence, int values) {
        var same = wrong.computeIfAbsent(reason, r -> new Wrong());
        same.values += values;
        if (same.sentences < NAMED_DETAILS && same.details.indexOf(sentence) < 0) {
            same.details.append(same.sentences == 0 ? "" : "; ").append(sentence);
            same.sentences++;
        }
    }

    /** Whether the payload held nothing at all. */
    public boolean isEmpty() {
        return byPlace.isEmpty() && wrong.isEmpty();
    }

    public Decoded.Messages messages(List<Reply> replies) {
        var messages = new ArrayList<Message>(messageCount);
        byPlace.forEach((at, ofOne) -> ofOne.forEach(values -> {
            if (!values.isEmpty()) {
                messages.add(
                        new Message(at.device(), "", 0, at.eventTimeMillis(), 0, new ArrayList<>(values.values())));
            }
        }));
        var flaws = new ArrayList<Decoded.Flaw>(wrong.size());
        wrong.forEach(
                (reason, same) -> flaws.add(new Decoded.Flaw(reason, same.details.toString(), "", 0, 0, same.values)));
        return new Decoded.Messages(messages, flaws, replies);
    }
}
