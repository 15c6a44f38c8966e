package io.yiwang.ingest.decode;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.JsonScanner.Malformed;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.model.RejectReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The default format: {@code {"ts": epoch ms, "boot": text, "seq": integer, "values": {metric: number or bool}, "quality":
 * {metric: "good" or other text}}}, or an array of such objects.
 *
 * <p>{@code boot} and {@code seq} identify a message only together; with one of them alone both count as absent. Fields of other
 * names are read over but must be well-formed JSON.
 */
public final class JsonDecoder implements Decoder {
    public static final int MAX_MESSAGES = 1000;
    public static final int MAX_VALUES = 256;
    private static final int MAX_BOOT = 64;
    /** Up to so many values a scan of the list finds a duplicate faster than a hash set. */
    private static final int FEW = 8;

    @Override
    public Decoded decode(Arrival arrival) {
        var in = new JsonScanner(arrival.payload());
        var messages = new ArrayList<Message>(1);
        var flaws = new ArrayList<Decoded.Flaw>(0);
        try {
            if (in.consumeIf('[')) {
                if (in.consumeIf(']')) {
                    return new Decoded.Unreadable(RejectReason.MISSING_FIELD, "the array holds no message");
                }
                int count = 0;
                do {
                    if (++count > MAX_MESSAGES) {
                        return new Decoded.Unreadable(
                                RejectReason.TOO_MANY_VALUES, "more than " + MAX_MESSAGES + " messages in one array");
                    }
                    message(in, 2, messages, flaws);
                } while (in.consumeIf(','));
                in.expect(']');
            } else {
                message(in, 1, messages, flaws);
            }
            in.expectEnd();
        } catch (Malformed e) {
            return new Decoded.Unreadable(RejectReason.MALFORMED, e.getMessage());
        }
        return new Decoded.Messages(messages, flaws);
    }

    private static void message(JsonScanner in, int depth, List<Message> messages, List<Decoded.Flaw> flaws)
            throws Malformed {
        in.expect('{');
        var draft = new Draft();
        if (!in.consumeIf('}')) {
            do {
                draft.field(in, in.name(), depth);
            } while (in.consumeIf(','));
            in.expect('}');
        }
        draft.finish(messages, flaws);
    }

    /** A message while it is read. */
    private static final class Draft {
        private final Set<String> names = new HashSet<>(8);
        private @Nullable Long eventTimeMillis;
        private @Nullable String boot;
        private @Nullable Long seq;
        private @Nullable List<Measured> values;
        private int valueCount;
        private Map<String, Boolean> doubtful = Map.of();
        private @Nullable RejectReason reason;
        private String detail = "";

        void field(JsonScanner in, String name, int depth) throws Malformed {
            if (!names.add(name)) {
                throw new Malformed("name '" + name + "' is there twice");
            }
            switch (name) {
                case "ts" -> eventTimeMillis = integer(in, name, depth);
                case "seq" -> {
                    seq = integer(in, name, depth);
                    if (seq != null && seq < 0) {
                        flaw(RejectReason.WRONG_TYPE, "seq is negative: " + seq);
                    }
                }
                case "boot" -> {
                    if (in.peek() == '"') {
                        boot = in.string(MAX_BOOT);
                    } else {
                        in.skip(depth);
                        flaw(RejectReason.WRONG_TYPE, "boot is not text");
                    }
                }
                case "values" -> {
                    if (in.peek() == '{') {
                        values(in, depth);
                    } else {
                        in.skip(depth);
                        flaw(RejectReason.WRONG_TYPE, "values is not an object");
                    }
                }
                case "quality" -> {
                    if (in.peek() == '{') {
                        quality(in, depth);
                    } else {
                        in.skip(depth);
                        flaw(RejectReason.WRONG_TYPE, "quality is not an object");
                    }
                }
                default -> in.skip(depth);
            }
        }

        private @Nullable Long integer(JsonScanner in, String name, int depth) throws Malformed {
            if (!in.isAtNumber()) {
                in.skip(depth);
            } else if (in.readNumber() && in.isIntegral()) {
                return in.integer();
            }
            flaw(RejectReason.WRONG_TYPE, name + " is not a whole number");
            return null;
        }

        private void values(JsonScanner in, int depth) throws Malformed {
            in.expect('{');
            var read = new ArrayList<Measured>(4);
            values = read;
            Set<String> many = Set.of();
            if (in.consumeIf('}')) {
                return;
            }
            do {
                var metric = in.name();
                valueCount++;
                if (valueCount == FEW + 1) {
                    many = new HashSet<>();
                    for (var value : read) {
                        many.add(value.name());
                    }
                }
                if (valueCount <= FEW ? has(read, metric) : !many.add(metric)) {
                    throw new Malformed("metric '" + metric + "' is there twice");
                }
                var value = value(in, metric, depth);
                if (valueCount <= MAX_VALUES) {
                    read.add(value);
                }
            } while (in.consumeIf(','));
            in.expect('}');
        }

        private static boolean has(List<Measured> values, String metric) {
            for (var value : values) {
                if (value.name().equals(metric)) {
                    return true;
                }
            }
            return false;
        }

        private static Measured value(JsonScanner in, String metric, int depth) throws Malformed {
            // JSON has no word for these, but devices write them: the value is bad, its neighbours need not be.
            if (in.consumeLiteral("NaN") || in.consumeLiteral("Infinity") || in.consumeLiteral("-Infinity")) {
                return new Measured(metric, Content.NOT_FINITE, 0, false);
            }
            if (in.isAtNumber()) {
                return in.readNumber()
                        ? new Measured(metric, Content.NUMBER, in.number(), false)
                        : new Measured(metric, Content.NOT_FINITE, 0, false);
            }
            if (in.consumeLiteral("true")) {
                return new Measured(metric, Content.TRUTH, 1, false);
            }
            if (in.consumeLiteral("false")) {
                return new Measured(metric, Content.TRUTH, 0, false);
            }
            in.skip(depth + 1);
            return new Measured(metric, Content.OTHER, 0, false);
        }

        private void quality(JsonScanner in, int depth) throws Malformed {
            in.expect('{');
            if (in.consumeIf('}')) {
                return;
            }
            doubtful = new HashMap<>();
            do {
                var metric = in.name();
                boolean bad = false;
                if (in.peek() == '"') {
                    bad = !in.string(JsonScanner.MAX_STRING).equalsIgnoreCase("good");
                } else {
                    in.skip(depth + 1);
                    flaw(RejectReason.WRONG_TYPE, "quality of " + metric + " is not text");
                }
                if (doubtful.put(metric, bad) != null) {
                    throw new Malformed("quality of '" + metric + "' is there twice");
                }
            } while (in.consumeIf(','));
            in.expect('}');
        }

        /** The first flaw names the reason. */
        private void flaw(RejectReason found, String sentence) {
            if (reason == null) {
                reason = found;
                detail = sentence;
            }
        }

        void finish(List<Message> messages, List<Decoded.Flaw> flaws) {
            if (valueCount > MAX_VALUES) {
                flaw(RejectReason.TOO_MANY_VALUES, valueCount + " values in one message; at most " + MAX_VALUES);
            }
            if (eventTimeMillis == null) {
                flaw(RejectReason.MISSING_FIELD, "ts is missing");
            }
            if (values == null || values.isEmpty()) {
                flaw(RejectReason.MISSING_FIELD, values == null ? "values is missing" : "values is empty");
            }
            boolean counted = boot != null && !boot.isEmpty() && seq != null && seq >= 0;
            var knownBoot = counted && boot != null ? boot : "";
            long knownSeq = counted && seq != null ? seq : 0;
            long knownTime = eventTimeMillis == null ? 0 : eventTimeMillis;
            if (reason != null || values == null) {
                flaws.add(new Decoded.Flaw(
                        reason == null ? RejectReason.MISSING_FIELD : reason,
                        detail,
                        knownBoot,
                        knownSeq,
                        knownTime,
                        valueCount));
                return;
            }
            if (!doubtful.isEmpty()) {
                values.replaceAll(value -> doubtful.getOrDefault(value.name(), false)
                        ? new Measured(value.name(), value.content(), value.number(), true)
                        : value);
            }
            messages.add(new Message(knownBoot, knownSeq, knownTime, values));
        }
    }
}
