package io.yiwang.ingest.decode.hj212;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;

/** Times as loggers write them: China's, {@code yyyyMMddHHmmss} with or without milliseconds, and no zone. */
public final class LoggerTime {
    /** China has one time and no summer. */
    static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS");

    private LoggerTime() {}

    /** Epoch ms; empty when it is no time that a calendar has. */
    static OptionalLong millis(String text) {
        int length = text.length();
        if (length != 14 && length != 17) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        try {
            var time = LocalDateTime.of(
                    Integer.parseInt(text.substring(0, 4)),
                    Integer.parseInt(text.substring(4, 6)),
                    Integer.parseInt(text.substring(6, 8)),
                    Integer.parseInt(text.substring(8, 10)),
                    Integer.parseInt(text.substring(10, 12)),
                    Integer.parseInt(text.substring(12, 14)));
            long millis = length == 17 ? Integer.parseInt(text.substring(14)) : 0;
            return OptionalLong.of(time.toInstant(CHINA).toEpochMilli() + millis);
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    /** As DataTime and SystemTime are written. */
    public static String seconds(long epochMillis) {
        return SECONDS.format(Instant.ofEpochMilli(epochMillis).atOffset(CHINA));
    }

    /** As QN is written. */
    public static String number(long epochMillis) {
        return MILLIS.format(Instant.ofEpochMilli(epochMillis).atOffset(CHINA));
    }
}
