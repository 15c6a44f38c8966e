package io.yiwang.ingest.decode.sparkplug;

import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload.Metric;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload.PropertySet;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload.PropertyValue;

/** What a metric on the wire says. Numbers of datatypes: Sparkplug B 3.0, 6.4.16. */
final class Datatypes {
    static final int INT8 = 1;
    static final int INT16 = 2;
    static final int INT32 = 3;
    static final int INT64 = 4;
    static final int UINT8 = 5;
    static final int UINT16 = 6;
    static final int UINT32 = 7;
    static final int UINT64 = 8;
    static final int FLOAT = 9;
    static final int DOUBLE = 10;
    static final int BOOLEAN = 11;

    /** OPC's quality codes: all from here to the next are "good". */
    private static final long GOOD = 192;

    private static final long AFTER_GOOD = 256;

    private Datatypes() {}

    /**
     * The value of a metric. One that is declared null has no reading and is {@link Content#OFFLINE}; text, time stamps, arrays, tables and
     * a number that its datatype cannot hold are {@link Content#OTHER}.
     */
    static Measured measured(BornMetric born, Metric metric) {
        if (metric.getIsNull() || metric.getValueCase() == Metric.ValueCase.VALUE_NOT_SET) {
            return new Measured(born.name(), Content.OFFLINE, 0, false);
        }
        int datatype = metric.hasDatatype() && metric.getDatatype() != 0 ? metric.getDatatype() : born.datatype();
        boolean doubtful = metric.hasProperties() && isDoubtful(metric.getProperties());
        return switch (metric.getValueCase()) {
            case INT_VALUE -> integer(born, datatype, Integer.toUnsignedLong(metric.getIntValue()), true, doubtful);
            case LONG_VALUE -> integer(born, datatype, metric.getLongValue(), false, doubtful);
            // 21.3 as a float is 21.299999237...: the device meant the shortest number that is this float.
            case FLOAT_VALUE -> real(born, Double.parseDouble(Float.toString(metric.getFloatValue())), doubtful);
            case DOUBLE_VALUE -> real(born, metric.getDoubleValue(), doubtful);
            case BOOLEAN_VALUE ->
                new Measured(born.name(), Content.TRUTH, metric.getBooleanValue() ? 1 : 0, doubtful, born.unit(), null);
            default -> new Measured(born.name(), Content.OTHER, 0, doubtful);
        };
    }

    private static Measured real(BornMetric born, double number, boolean doubtful) {
        return Double.isFinite(number)
                ? new Measured(born.name(), Content.NUMBER, number + 0.0, doubtful, born.unit(), null)
                : new Measured(born.name(), Content.NOT_FINITE, 0, doubtful, born.unit(), null);
    }

    /**
     * Signed types travel as the two's complement of their own width or of 32 or 64 bits: encoders differ.
     *
     * @param of32 the number was in the 32-bit field, and {@code bits} is it without sign
     */
    private static Measured integer(BornMetric born, int datatype, long bits, boolean of32, boolean doubtful) {
        long signed = of32 ? (int) bits : bits;
        return switch (datatype) {
            case INT8 -> narrow(born, signed, (byte) signed, 0xffL, doubtful);
            case INT16 -> narrow(born, signed, (short) signed, 0xffffL, doubtful);
            case INT32 -> narrow(born, signed, (int) signed, 0xffff_ffffL, doubtful);
            case INT64 -> real(born, signed, doubtful);
            case UINT8 -> unsigned(born, bits, 0xffL, doubtful);
            case UINT16 -> unsigned(born, bits, 0xffffL, doubtful);
            case UINT32 -> unsigned(born, bits, 0xffff_ffffL, doubtful);
            case UINT64 -> real(born, unsigned(bits), doubtful);
            case FLOAT, DOUBLE -> real(born, signed, doubtful);
            case BOOLEAN ->
                signed == 0 || signed == 1
                        ? new Measured(born.name(), Content.TRUTH, signed, doubtful, born.unit(), null)
                        : new Measured(born.name(), Content.OTHER, 0, doubtful);
            // Without a datatype nobody knows whether there is a sign; a time stamp or an enumeration of text is no
            // number.
            default -> new Measured(born.name(), Content.OTHER, 0, doubtful);
        };
    }

    /** A signed number: as it is when it fits, from its own width when it was sent without the sign's extension. */
    private static Measured narrow(BornMetric born, long sent, long folded, long mask, boolean doubtful) {
        boolean fits = sent == folded || (sent & mask) == sent;
        return fits
                ? new Measured(born.name(), Content.NUMBER, folded, doubtful, born.unit(), null)
                : new Measured(born.name(), Content.OTHER, 0, doubtful);
    }

    private static Measured unsigned(BornMetric born, long sent, long most, boolean doubtful) {
        return sent >= 0 && sent <= most
                ? new Measured(born.name(), Content.NUMBER, sent, doubtful, born.unit(), null)
                : new Measured(born.name(), Content.OTHER, 0, doubtful);
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : (bits >>> 1 | bits & 1) * 2.0;
    }

    /** Whether a {@code Quality} property says anything but good. */
    private static boolean isDoubtful(PropertySet properties) {
        int count = Math.min(properties.getKeysCount(), properties.getValuesCount());
        for (int i = 0; i < count; i++) {
            var value = properties.getValues(i);
            if (properties.getKeys(i).equalsIgnoreCase("quality")) {
                long code = value.getValueCase() == PropertyValue.ValueCase.INT_VALUE
                        ? Integer.toUnsignedLong(value.getIntValue())
                        : value.getValueCase() == PropertyValue.ValueCase.LONG_VALUE ? value.getLongValue() : GOOD;
                return code < GOOD || code >= AFTER_GOOD;
            }
        }
        return false;
    }

    /** The unit that a birth's properties give, in UCUM; empty when none that is known. */
    static String unit(Metric metric) {
        if (!metric.hasProperties()) {
            return "";
        }
        var properties = metric.getProperties();
        int count = Math.min(properties.getKeysCount(), properties.getValuesCount());
        int best = Integer.MAX_VALUE;
        var unit = "";
        for (int i = 0; i < count; i++) {
            int rank = EngineeringUnits.rank(properties.getKeys(i));
            if (rank >= 0 && rank < best && properties.getValues(i).hasStringValue()) {
                best = rank;
                unit = EngineeringUnits.ucum(properties.getValues(i).getStringValue());
            }
        }
        return unit;
    }
}
