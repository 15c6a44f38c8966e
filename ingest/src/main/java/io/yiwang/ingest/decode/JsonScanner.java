package io.yiwang.ingest.decode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;

/**
 * A strict reader of JSON (RFC 8259) over bytes: UTF-8 only, no byte order mark, no duplicate names, bounded depth and lengths.
 *
 * <p>Own code because this runs once per message on the way to the acknowledgement: numbers and names are taken straight from
 * the bytes, without a token object or a tree in between. Its strictness is tested against a general parser.
 */
public final class JsonScanner {
    public static final int MAX_DEPTH = 16;
    public static final int MAX_NAME = 64;
    public static final int MAX_STRING = 1024;
    public static final int MAX_NUMBER = 64;

    /** What is wrong with the bytes. Carries no stack trace: it is an outcome, not a fault of the program. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        public Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /** Powers of ten that a double holds exactly. */
    private static final double[] EXACT_POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private static final long EXACT_INTEGERS = 1L << 53;

    private final byte[] bytes;
    private int at;
    private double number;
    private long integer;
    private boolean integral;

    public JsonScanner(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The next byte after white space without consuming it, -1 at the end. */
    public int peek() {
        while (at < bytes.length) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b & 0xff;
            }
            at++;
        }
        return -1;
    }

    public boolean consumeIf(char expected) {
        if (peek() == expected) {
            at++;
            return true;
        }
        return false;
    }

    public void expect(char expected) throws Malformed {
        if (!consumeIf(expected)) {
            throw unexpected("'" + expected + "'");
        }
    }

    public void expectEnd() throws Malformed {
        if (peek() != -1) {
            throw new Malformed("something follows the document at byte " + at);
        }
    }

    /** A field name and its colon. */
    public String name() throws Malformed {
        var name = string(MAX_NAME);
        expect(':');
        return name;
    }

    /** A string of at most {@code maxChars} UTF-16 units. */
    public String string(int maxChars) throws Malformed {
        expect('"');
        int from = at;
        while (at < bytes.length) {
            byte b = bytes[at];
            if (b == '"') {
                if (at - from > maxChars) {
                    throw new Malformed("text at byte " + from + " is longer than " + maxChars);
                }
                return new String(bytes, from, at++ - from, StandardCharsets.ISO_8859_1);
            }
            if (b == '\\' || b < 0) {
                return richString(from, maxChars);
            }
            if (b < 0x20) {
                throw new Malformed("control character in text at byte " + at);
            }
            at++;
        }
        throw new Malformed("text at byte " + from + " has no end");
    }

    /** A string with escapes or characters beyond ASCII. */
    private String richString(int from, int maxChars) throws Malformed {
        var text = new StringBuilder();
        int run = from;
        while (at < bytes.length) {
            byte b = bytes[at];
            if (b == '"') {
                text.append(utf8(run, at++));
                checkText(text, from, maxChars);
                return text.toString();
            }
            if (b == '\\') {
                text.append(utf8(run, at));
                at++;
                text.append(escaped());
                run = at;
            } else if (b >= 0 && b < 0x20) {
                throw new Malformed("control character in text at byte " + at);
            } else {
                at++;
            }
            if (text.length() > maxChars) {
                throw new Malformed("text at byte " + from + " is longer than " + maxChars);
            }
        }
        throw new Malformed("text at byte " + from + " has no end");
    }

    private static void checkText(CharSequence text, int from, int maxChars) throws Malformed {
        if (text.length() > maxChars) {
            throw new Malformed("text at byte " + from + " is longer than " + maxChars);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new Malformed("half a character in text at byte " + from);
            }
        }
    }

    private String utf8(int from, int to) throws Malformed {
        if (from == to) {
            return "";
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("text at byte " + from + " is not UTF-8");
        }
    }

    private char escaped() throws Malformed {
        if (at >= bytes.length) {
            throw new Malformed("document ends within text");
        }
        int start = at;
        switch (bytes[at++]) {
            case '"':
                return '"';
            case '\\':
                return '\\';
            case '/':
                return '/';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                int value = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = at < bytes.length ? Character.digit(bytes[at++], 16) : -1;
                    if (digit < 0) {
                        throw new Malformed("unknown escape in text at byte " + start);
                    }
                    value = value << 4 | digit;
                }
                return (char) value;
            default:
                throw new Malformed("unknown escape in text at byte " + start);
        }
    }

    /**
     * A number; then {@link #number()}, {@link #isIntegral()} and {@link #integer()} tell its value.
     *
     * @return false when it is well formed but no double can hold it
     */
    public boolean readNumber() throws Malformed {
        peek();
        int from = at;
        boolean negative = at < bytes.length && bytes[at] == '-';
        if (negative) {
            at++;
        }
        long mantissa = 0;
        int significant = 0;
        int firstDigit = at;
        while (at < bytes.length && isDigit(bytes[at])) {
            if (significant < 18) {
                mantissa = mantissa * 10 + (bytes[at] - '0');
            }
            if (mantissa != 0) {
                significant++;
            }
            at++;
        }
        int whole = at - firstDigit;
        if (whole == 0 || (whole > 1 && bytes[firstDigit] == '0')) {
            at = from;
            throw unexpected("a value");
        }
        int exponent = 0;
        integral = true;
        if (at < bytes.length && bytes[at] == '.') {
            integral = false;
            int point = ++at;
            while (at < bytes.length && isDigit(bytes[at])) {
                if (significant < 18) {
                    mantissa = mantissa * 10 + (bytes[at] - '0');
                    exponent--;
                }
                if (mantissa != 0) {
                    significant++;
                }
                at++;
            }
            if (at == point) {
                throw new Malformed("number at byte " + from + " has no digit after its point");
            }
        }
        if (at < bytes.length && (bytes[at] == 'e' || bytes[at] == 'E')) {
            integral = false;
            at++;
            boolean down = at < bytes.length && bytes[at] == '-';
            if (at < bytes.length && (bytes[at] == '-' || bytes[at] == '+')) {
                at++;
            }
            int power = 0;
            int first = at;
            while (at < bytes.length && isDigit(bytes[at])) {
                power = Math.min(power * 10 + (bytes[at] - '0'), 100_000);
                at++;
            }
            if (at == first) {
                throw new Malformed("number at byte " + from + " has no exponent");
            }
            exponent += down ? -power : power;
        }
        if (at - from > MAX_NUMBER) {
            throw new Malformed("number at byte " + from + " is longer than " + MAX_NUMBER);
        }
        if (significant <= 18 && mantissa <= EXACT_INTEGERS && exponent >= -22 && exponent <= 22) {
            // Both operands are exact doubles, so the one rounding of the operation is the correct one (Clinger, 1990).
            double magnitude = exponent < 0 ? mantissa / EXACT_POWERS[-exponent] : mantissa * EXACT_POWERS[exponent];
            number = negative ? -magnitude : magnitude;
        } else {
            number = Double.parseDouble(new String(bytes, from, at - from, StandardCharsets.ISO_8859_1));
        }
        number += 0.0; // turns -0.0 into 0.0
        integral &= significant <= 18;
        integer = integral ? (negative ? -mantissa : mantissa) : 0;
        return !Double.isInfinite(number);
    }

    public double number() {
        return number;
    }

    /** Whether the number was written without point and exponent and has at most 18 digits. */
    public boolean isIntegral() {
        return integral;
    }

    public long integer() {
        return integer;
    }

    /** Consumes {@code literal} if it comes next. */
    public boolean consumeLiteral(String literal) {
        peek();
        if (bytes.length - at < literal.length()) {
            return false;
        }
        for (int i = 0; i < literal.length(); i++) {
            if (bytes[at + i] != literal.charAt(i)) {
                return false;
            }
        }
        at += literal.length();
        return true;
    }

    /** Whether a number comes next, well formed or not. */
    public boolean isAtNumber() {
        int next = peek();
        return next == '-' || (next >= '0' && next <= '9');
    }

    /** Consumes a value of any kind. {@code depth} is that of the value's surroundings. */
    public void skip(int depth) throws Malformed {
        if (depth >= MAX_DEPTH) {
            throw new Malformed("nested deeper than " + MAX_DEPTH + " at byte " + at);
        }
        switch (peek()) {
            case '"' -> string(MAX_STRING);
            case '{' -> {
                at++;
                var names = new HashSet<String>();
                if (!consumeIf('}')) {
                    do {
                        var name = name();
                        if (!names.add(name)) {
                            throw new Malformed("name '" + name + "' is there twice");
                        }
                        skip(depth + 1);
                    } while (consumeIf(','));
                    expect('}');
                }
            }
            case '[' -> {
                at++;
                if (!consumeIf(']')) {
                    do {
                        skip(depth + 1);
                    } while (consumeIf(','));
                    expect(']');
                }
            }
            default -> {
                if (isAtNumber()) {
                    readNumber();
                } else if (!consumeLiteral("true") && !consumeLiteral("false") && !consumeLiteral("null")) {
                    throw unexpected("a value");
                }
            }
        }
    }

    private Malformed unexpected(String expected) {
        return new Malformed(
                peek() == -1
                        ? "document ends where " + expected + " should be"
                        : "expected " + expected + " at byte " + at);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
