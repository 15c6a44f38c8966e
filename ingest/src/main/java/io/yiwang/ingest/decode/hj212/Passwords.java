package io.yiwang.ingest.decode.hj212;

/** The passwords in frames. */
public final class Passwords {
    private Passwords() {}

    /** A copy in which every character of every PW is an asterisk. */
    public static byte[] masked(byte[] frames) {
        var masked = frames.clone();
        for (int i = 0; i + 2 < masked.length; i++) {
            boolean isName = (masked[i] == 'P' || masked[i] == 'p')
                    && (masked[i + 1] == 'W' || masked[i + 1] == 'w')
                    && (i == 0 || !Character.isLetter(masked[i - 1]));
            if (!isName) {
                continue;
            }
            int at = afterBlanks(masked, i + 2);
            if (at == masked.length || masked[at] != '=') {
                continue;
            }
            for (at++; at < masked.length && !isEnd(masked[at]); at++) {
                masked[at] = '*';
            }
        }
        return masked;
    }

    private static int afterBlanks(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static boolean isEnd(byte octet) {
        return octet == ';' || octet == ',' || octet == '&' || octet == '\r' || octet == '\n' || octet == '#';
    }
}
