package io.yiwang.dashboard.newcomers;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** What strangers wrote, made fit to be looked at: nothing in it steers a terminal, turns text around or hides. */
final class Plain {
    private Plain() {}

    static String text(String text) {
        var plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isHidden(c)) {
                plain.append("\\u{").append(Integer.toHexString(c)).append('}');
            } else {
                plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }

    /** Text as it is, line by line; what is no text byte by byte. A character that the end cuts off is left out. */
    static String sample(byte[] payload) {
        var text = CharBuffer.allocate(payload.length);
        // Not told that this is the end, the decoder leaves a character that is cut off where it is.
        var result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(payload), text, false);
        if (!result.isError()) {
            return text.flip().toString().lines().map(Plain::text).collect(Collectors.joining("\n"));
        }
        var plain = new StringBuilder();
        for (byte b : payload) {
            if (b >= 0x20 && b < 0x7f && b != '\\') {
                plain.append((char) b);
            } else {
                plain.append(String.format("\\x%02x", b));
            }
        }
        return plain.toString();
    }

    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> c != '\t';
            default -> false;
        };
    }
}
