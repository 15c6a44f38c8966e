package io.yiwang.dashboard.live;

import org.jspecify.annotations.Nullable;

/** Writes JSON piece by piece: rows are small, many and all alike, so no object is made for them. */
final class JsonText {
    private final StringBuilder text = new StringBuilder(96);

    /** Text that already is JSON. */
    JsonText raw(String json) {
        text.append(json);
        return this;
    }

    JsonText string(@Nullable String value) {
        if (value == null) {
            return raw("null");
        }
        text.append('"');
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
        return this;
    }

    JsonText number(long value) {
        text.append(value);
        return this;
    }

    /** Null for what is not finite. */
    JsonText number(double value) {
        if (!Double.isFinite(value)) {
            return raw("null");
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            text.append((long) value);
        } else {
            text.append(value);
        }
        return this;
    }

    JsonText numberOrNull(@Nullable Long value) {
        return value == null ? raw("null") : number(value.longValue());
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
