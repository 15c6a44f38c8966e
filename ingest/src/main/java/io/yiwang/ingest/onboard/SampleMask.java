package io.yiwang.ingest.onboard;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The beginning of a payload without the secrets that dialects carry in it. */
final class SampleMask {
    static final int LONGEST_BYTES = 1024;

    private static final String MASKED = "***";
    /** The password of HJ 212: {@code …;PW=123456;MN=…}. */
    private static final Pattern HJ212 = Pattern.compile("(\\bPW=)[^;&]*");
    /** A member of a JSON object that says by its name that it is a secret; its text may be cut off. */
    private static final Pattern JSON = Pattern.compile(
            "(\"[^\"]*(?:passw|pwd|secret|token|api_?key)[^\"]*\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*",
            Pattern.CASE_INSENSITIVE);
    /** Longer than any mask's context: what is cut must not cut a secret's name off its value. */
    private static final int LOOKED_AT_BYTES = 4 * LONGEST_BYTES;

    private SampleMask() {}

    /** @param secret what was shown beside the payload; masked as well wherever it stands */
    static byte[] sample(byte[] payload, byte @Nullable [] secret) {
        // Byte for byte, so that what is no text comes out as it went in.
        var text = new String(payload, 0, Math.min(payload.length, LOOKED_AT_BYTES), StandardCharsets.ISO_8859_1);
        if (secret != null && secret.length > 0) {
            text = text.replace(new String(secret, StandardCharsets.ISO_8859_1), MASKED);
        }
        text = HJ212.matcher(text).replaceAll("$1" + MASKED);
        text = JSON.matcher(text).replaceAll("$1" + MASKED);
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length <= LONGEST_BYTES ? bytes : Arrays.copyOf(bytes, LONGEST_BYTES);
    }
}
