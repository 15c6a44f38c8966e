package io.yiwang.ingest.decode.senml;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Decoder;
import io.yiwang.ingest.decode.JsonScanner;
import io.yiwang.ingest.decode.JsonScanner.Malformed;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Readings;
import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SenML JSON: an array of records whose base fields ({@code bn bt bu bv bs bver}) hold on for the records after them.
 *
 * <p>A record's value {@code v}, {@code vb}, {@code vs} or {@code vd} is a value of the point that its name means. Its sum {@code s} is a
 * value of its own, of the point {@code <point>:sum}, which the ledger may give to a counter. A base value or base sum is only added to a
 * value or sum that is there. Records of one device and time are one message. A flaw of a record leaves the others; a base field that
 * cannot be read, a version above 10 and a label ending in {@code _} that is not known make the whole pack unreadable, as the standard
 * asks for.
 */
public final class SenmlDecoder implements Decoder {
    /** Ends the point of a sum. */
    public static final String SUM = ":sum";

    static final int MAX_NAME = 128;
    static final int MAX_VERSION = 10;
    /** Times below this many seconds are relative to now (RFC 8428, 4.5.3). */
    static final double ABSOLUTE_SECONDS = 1L << 28;

    private static final int MAX_UNIT = 64;

    private final SenmlNames names;

    public SenmlDecoder(SenmlNames names) {
        this.names = names;
    }

    /** The pack as a whole cannot be taken. No stack trace: it is an outcome. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final RejectReason reason;

        Refused(RejectReason reason, String detail) {
            super(detail, null, false, false);
            this.reason = reason;
        }
    }

    @Override
    public Decoded decode(Arrival arrival) {
        var in = new JsonScanner(arrival.payload());
        var pack = new Pack(
                arrival.receivedMillis(),
                DeviceTopic.parse(arrival.topic()).map(DeviceTopic::device).orElse(arrival.client()));
        try {
            in.expect('[');
            if (in.consumeIf(']')) {
                return new Decoded.Unreadable(RejectReason.MISSING_FIELD, "the pack holds no record");
            }
            do {
                pack.record(in);
            } while (in.consumeIf(','));
            in.expect(']');
            in.expectEnd();
        } catch (Malformed e) {
            return new Decoded.Unreadable(RejectReason.MALFORMED, e.getMessage());
        } catch (Refused e) {
            return new Decoded.Unreadable(e.reason, e.getMessage());
        }
        return pack.readings.isEmpty()
                ? new Decoded.Unreadable(RejectReason.MISSING_FIELD, "the pack holds no value")
                : pack.readings.messages(List.of());
    }

    /** A pack while it is read: the base fields as they stand. */
    private final class Pack {
        private final long receivedMillis;
        private final String sender;
        private final Readings readings = new Readings();
        private String baseName = "";
        private String baseUnit = "";
        private double baseTime;
        private double baseValue;
        private double baseSum;

        Pack(long receivedMillis, String sender) {
            this.receivedMillis = receivedMillis;
            this.sender = sender;
        }

        void record(JsonScanner in) throws Malformed, Refused {
            var record = new Draft();
            in.expect('{');
            if (!in.consumeIf('}')) {
                do {
                    field(in, in.name(), record);
                } while (in.consumeIf(','));
                in.expect('}');
            }
            finish(record);
        }

        private void field(JsonScanner in, String label, Draft record) throws Malformed, Refused {
            if (!record.labels.add(label)) {
                throw new Malformed("label '" + label + "' is there twice in one record");
            }
            switch (label) {
                case "bn" -> baseName = baseText(in, label, MAX_NAME);
                case "bu" -> baseUnit = baseText(in, label, MAX_UNIT);
                case "bt" -> baseTime = baseNumber(in, label);
                case "bv" -> baseValue = baseNumber(in, label);
                case "bs" -> baseSum = baseNumber(in, label);
                case "bver" -> {
                    double version = baseNumber(in, label);
                    if (version > MAX_VERSION || version < 1) {
                        throw new Refused(
                                RejectReason.UNSUPPORTED, "SenML version " + version + "; at most " + MAX_VERSION);
                    }
                }
                case "n" -> record.name = text(in, label, record, MAX_NAME);
                case "u" -> record.unit = text(in, label, record, MAX_UNIT);
                case "t" -> record.time = number(in, label, record);
                case "ut" -> number(in, label, record);
                case "s" -> {
                    record.values++;
                    record.sum = number(in, label, record);
                }
                case "v" -> value(in, record);
                case "vb" -> {
                    record.readings++;
                    record.values++;
                    if (in.consumeLiteral("true")) {
                        record.content = Content.TRUTH;
                        record.number = 1;
                    } else if (in.consumeLiteral("false")) {
                        record.content = Content.TRUTH;
                    } else {
                        record.flaw(RejectReason.WRONG_TYPE, "vb is neither true nor false");
                        in.skip(2);
                    }
                }
                case "vs", "vd" -> {
                    record.readings++;
                    record.values++;
                    record.content = Content.OTHER;
                    if (in.peek() != '"') {
                        record.flaw(RejectReason.WRONG_TYPE, label + " is not text");
                    }
                    in.skip(2);
                }
                default -> {
                    if (label.endsWith("_")) {
                        throw new Refused(
                                RejectReason.UNSUPPORTED, "label '" + label + "' must be understood and is not");
                    }
                    in.skip(2);
                }
            }
        }

        private void value(JsonScanner in, Draft record) throws Malformed {
            record.readings++;
            record.values++;
            if (in.consumeLiteral("NaN") || in.consumeLiteral("Infinity") || in.consumeLiteral("-Infinity")) {
                record.content = Content.NOT_FINITE;
            } else if (in.isAtNumber()) {
                record.content = in.readNumber() ? Content.NUMBER : Content.NOT_FINITE;
                record.number = in.number();
            } else {
                record.flaw(RejectReason.WRONG_TYPE, "v is not a number");
                in.skip(2);
            }
        }

        private String baseText(JsonScanner in, String label, int most) throws Malformed, Refused {
            if (in.peek() != '"') {
                throw new Refused(RejectReason.WRONG_TYPE, label + " is not text");
            }
            return in.string(most);
        }

        private double baseNumber(JsonScanner in, String label) throws Malformed, Refused {
            if (!in.isAtNumber() || !in.readNumber()) {
                throw new Refused(RejectReason.WRONG_TYPE, label + " is not a number that can be held");
            }
            return in.number();
        }

        private String text(JsonScanner in, String label, Draft record, int most) throws Malformed {
            if (in.peek() == '"') {
                return in.string(most);
            }
            in.skip(2);
            record.flaw(RejectReason.WRONG_TYPE, label + " is not text");
            return "";
        }

        private @Nullable Double number(JsonScanner in, String label, Draft record) throws Malformed {
            if (!in.isAtNumber()) {
                in.skip(2);
            } else if (in.readNumber()) {
                return in.number();
            }
            record.flaw(RejectReason.WRONG_TYPE, label + " is not a number that can be held");
            return null;
        }

        /** Resolves the record (RFC 8428, 4.6) and takes what it says. */
        private void finish(Draft record) {
            if (record.values == 0 && record.reason == null && record.isOnlyBase()) {
                return;
            }
            var name = baseName + record.name;
            if (record.reason == null) {
                if (record.values == 0) {
                    record.flaw(RejectReason.MISSING_FIELD, "the record of '" + name + "' holds no value");
                } else if (record.readings > 1) {
                    record.flaw(RejectReason.MALFORMED, "the record of '" + name + "' holds more than one value");
                } else if (!isLegal(name)) {
                    record.flaw(
                            name.isEmpty() ? RejectReason.MISSING_FIELD : RejectReason.MALFORMED,
                            name.isEmpty() ? "a record has no name" : "'" + name + "' is not a SenML name");
                }
            }
            if (record.reason != null) {
                readings.flaw(record.reason, record.detail, record.values);
                return;
            }
            long eventTimeMillis = eventTimeMillis(baseTime + (record.time == null ? 0 : record.time));
            var meaning = names.of(sender, name);
            var unit = record.unit.isEmpty() ? baseUnit : record.unit;
            if (record.content != null) {
                boolean isNumber = record.content == Content.NUMBER;
                readings.add(
                        meaning.device(),
                        eventTimeMillis,
                        measured(
                                meaning.point(),
                                record.content,
                                isNumber ? record.number + baseValue : record.number,
                                isNumber ? SenmlUnits.ucum(unit) : ""));
            }
            if (record.sum != null) {
                readings.add(
                        meaning.device(),
                        eventTimeMillis,
                        measured(
                                meaning.point() + SUM,
                                Content.NUMBER,
                                record.sum + baseSum,
                                SenmlUnits.ucumOfSum(unit)));
            }
        }

        private long eventTimeMillis(double seconds) {
            long millis = Math.round(seconds * 1000);
            return seconds < ABSOLUTE_SECONDS ? receivedMillis + millis : millis;
        }
    }

    private static Measured measured(String point, Content content, double number, String unit) {
        return Double.isFinite(number) && content != Content.NOT_FINITE
                ? new Measured(point, content, number + 0.0, false, unit, null)
                : new Measured(point, Content.NOT_FINITE, 0, false, unit, null);
    }

    /** Letters, digits and {@code - : . / _}, beginning with a letter or digit (RFC 8428, 4.5.1). */
    private static boolean isLegal(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && (i == 0 || "-:./_".indexOf(c) < 0)) {
                return false;
            }
        }
        return true;
    }

    /** A record while it is read. */
    private static final class Draft {
        private final Set<String> labels = new HashSet<>(8);
        private String name = "";
        private String unit = "";
        private @Nullable Double time;
        private @Nullable Double sum;
        private @Nullable Content content;
        private double number;
        /** Value fields, of which a record has at most one. */
        private int readings;
        /** Value fields and the sum. */
        private int values;

        private @Nullable RejectReason reason;
        private String detail = "";

        /** The first flaw names the reason. */
        void flaw(RejectReason found, String sentence) {
            if (reason == null) {
                reason = found;
                detail = sentence;
            }
        }

        boolean isOnlyBase() {
            return !labels.contains("n") && !labels.contains("u") && !labels.contains("t") && !labels.contains("ut");
        }
    }
}
