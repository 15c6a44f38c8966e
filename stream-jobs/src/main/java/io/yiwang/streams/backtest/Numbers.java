package io.yiwang.streams.backtest;

import ch.randelshofer.fastdoubleparser.JavaDoubleParser;

/** Reads the numbers of cells; not thread-safe. What is missing and what is no number are two things. */
final class Numbers {
    private static final String[] GAPS = {"-", "--", "na", "n/a", "#n/a", "nan", "null", "none", "\\n"};
    private static final double[] POWERS = new double[23];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = 10 * POWERS[i - 1];
        }
    }

    private final boolean decimalComma;
    private char[] scratch = new char[32];

    /** @param decimalComma numbers have a comma where others have a point */
    Numbers(boolean decimalComma) {
        this.decimalComma = decimalComma;
    }

    /** What a cell is. */
    enum Kind {
        /** Nothing was measured. */
        GAP,
        NUMBER,
        /** Something else: text, or a number that is not finite. */
        OTHER
    }

    /** The number of the cell that was last found to be one. */
    private double number;

    double number() {
        return number;
    }

    Kind read(String cell) {
        var chars = cell.toCharArray();
        return read(chars, 0, chars.length);
    }

    /** True and false are 1 and 0. */
    Kind read(char[] text, int from, int length) {
        int end = from + length;
        while (from < end && text[from] <= ' ') {
            from++;
        }
        while (end > from && text[end - 1] <= ' ') {
            end--;
        }
        if (from == end) {
            return Kind.GAP;
        }
        return plain(text, from, end) ? Kind.NUMBER : rare(text, from, end);
    }

    /**
     * Most cells: a sign, at most 18 digits, perhaps a point. If digits and power of ten are exact doubles, so is their quotient to the
     * nearest (Clinger's fast path).
     */
    private boolean plain(char[] text, int from, int end) {
        boolean negative = text[from] == '-';
        int i = negative ? from + 1 : from;
        if (end - i > 17) {
            return false;
        }
        char point = decimalComma ? ',' : '.';
        long digits = 0;
        int count = 0;
        int pointAt = -1;
        for (; i < end; i++) {
            char c = text[i];
            if (c >= '0' && c <= '9') {
                digits = 10 * digits + c - '0';
                count++;
            } else if (c == point && pointAt < 0) {
                pointAt = i;
            } else {
                return false;
            }
        }
        if (count == 0 || digits > 1L << 53) {
            return false;
        }
        double value = pointAt < 0 ? digits : digits / POWERS[end - 1 - pointAt];
        number = negative ? -value : value;
        return true;
    }

    private Kind rare(char[] text, int from, int end) {
        int length = end - from;
        for (var gap : GAPS) {
            if (is(gap, text, from, length)) {
                return Kind.GAP;
            }
        }
        if (is("true", text, from, length) || is("false", text, from, length)) {
            number = length == 4 ? 1 : 0;
            return Kind.NUMBER;
        }
        char first = text[from];
        if (first != '-' && first != '+' && first != '.' && first != ',' && (first < '0' || first > '9')) {
            // Also NaN and Infinity, which a file may hold but nobody measures.
            return Kind.OTHER;
        }
        try {
            double value =
                    decimalComma ? withPoint(text, from, length) : JavaDoubleParser.parseDouble(text, from, length);
            if (!Double.isFinite(value)) {
                return Kind.OTHER;
            }
            number = value;
            return Kind.NUMBER;
        } catch (NumberFormatException e) {
            return Kind.OTHER;
        }
    }

    private double withPoint(char[] text, int from, int length) {
        if (scratch.length < length) {
            scratch = new char[2 * length];
        }
        for (int i = 0; i < length; i++) {
            scratch[i] = text[from + i] == ',' ? '.' : text[from + i];
        }
        return JavaDoubleParser.parseDouble(scratch, 0, length);
    }

    private static boolean is(String word, char[] text, int from, int length) {
        if (length != word.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text[from + i];
            if ((c >= 'A' && c <= 'Z' ? (char) (c + 32) : c) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
