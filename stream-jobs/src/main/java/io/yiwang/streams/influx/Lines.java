package io.yiwang.streams.influx;

/**
 * A batch in line protocol under construction. A line is {@link #begin}, tags in ascending order of their names, fields,
 * {@link #end}; a line without fields leaves no trace. Reused from batch to batch; not thread-safe.
 */
public final class Lines {
    private static final double[] POWERS = {1, 10, 100, 1000, 1e4, 1e5, 1e6};
    /** Integers up to here are exact doubles. */
    private static final double EXACT = 1L << 53;

    private final StringBuilder text = new StringBuilder(1 << 16);
    private int count;
    private int lineStart;
    private boolean hasField;

    public Lines begin(String measurement) {
        lineStart = text.length();
        hasField = false;
        name(measurement, false);
        return this;
    }

    /** An empty value is left out: InfluxDB has no empty tags. */
    public Lines tag(String name, String value) {
        if (!value.isEmpty()) {
            text.append(',');
            name(name, true);
            text.append('=');
            name(value, true);
        }
        return this;
    }

    /** A value that is not finite has no place in InfluxDB and is left out. */
    public Lines field(String name, double value) {
        if (Double.isFinite(value)) {
            fieldName(name, "");
            number(value);
        }
        return this;
    }

    /** The field {@code name + suffix}; the same as {@link #field(String, double)} without building that name. */
    public Lines field(String name, String suffix, double value) {
        if (Double.isFinite(value)) {
            fieldName(name, suffix);
            number(value);
        }
        return this;
    }

    /** The integer field {@code name + suffix}. */
    public Lines integer(String name, String suffix, long value) {
        fieldName(name, suffix);
        text.append(value).append('i');
        return this;
    }

    /** @param nanos time of the point, ns since the epoch */
    public void end(long nanos) {
        if (hasField) {
            text.append(' ').append(nanos).append('\n');
            count++;
        } else {
            text.setLength(lineStart);
        }
    }

    /** Number of finished lines. */
    public int count() {
        return count;
    }

    /** The finished lines, each ending in a line feed. */
    public String text() {
        return text.toString();
    }

    public void clear() {
        text.setLength(0);
        count = 0;
    }

    private void fieldName(String name, String suffix) {
        text.append(hasField ? ',' : ' ');
        hasField = true;
        name(name, true);
        text.append(suffix).append('=');
    }

    private void name(String name, boolean escapeEquals) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c == ',' || c == '=' || c == '\\') {
                escaped(name, escapeEquals);
                return;
            }
        }
        text.append(name);
    }

    /** Rare: ids and codes have no such characters. Line breaks and backslashes cannot be escaped safely and become '_'. */
    private void escaped(String name, boolean escapeEquals) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < ' ' || c == '\\') {
                text.append('_');
            } else {
                if (c == ' ' || c == ',' || (c == '=' && escapeEquals)) {
                    text.append('\\');
                }
                text.append(c);
            }
        }
    }

    /**
     * Most readings have few decimals. If {@code v = n / 10^k} exactly as doubles, with n and 10^k exact, then v is the double
     * nearest to that decimal, so the decimal reads back as v; writing n is many times cheaper than Double.toString.
     */
    private void number(double value) {
        for (int decimals = 0; decimals < POWERS.length; decimals++) {
            double scaled = Math.rint(value * POWERS[decimals]);
            if (Math.abs(scaled) >= EXACT) {
                break;
            }
            if (scaled / POWERS[decimals] == value) {
                decimal((long) scaled, decimals);
                return;
            }
        }
        text.append(value);
    }

    private void decimal(long unscaled, int decimals) {
        if (unscaled < 0) {
            text.append('-');
            unscaled = -unscaled;
        }
        if (decimals == 0) {
            text.append(unscaled);
            return;
        }
        long power = (long) POWERS[decimals];
        text.append(unscaled / power).append('.');
        long fraction = unscaled % power;
        for (long digit = power / 10; digit > 0; digit /= 10) {
            text.append((char) ('0' + fraction / digit % 10));
        }
    }
}
