package io.yiwang.model.id;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** How ids are made and what they may look like. */
public final class Ids {
    /** Facility, device, district ids: safe in MQTT topics, Kafka keys, InfluxDB tags and URLs. */
    public static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final int LONGEST = 64;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private Ids() {}

    /** The same as {@link #ID}, which would take longer than all else that is done with a topic. */
    public static boolean isValid(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '-' || c == '_')) {
                return false;
            }
        }
        return !id.isEmpty() && id.length() <= LONGEST;
    }

    /** A point is a device's metric. Device ids hold no dot, so the id splits uniquely. */
    public static String point(String device, String metric) {
        return device + "." + metric;
    }

    /** Kafka key of an alarm: at most one alarm is open for it. */
    public static String alarmKey(String facility, String rule) {
        return facility + "|" + rule;
    }

    /** The alarm's id: 16 hex digits of SHA-256 over facility, rule and onset. */
    public static String alarm(String facility, String rule, long onsetMillis) {
        var digest = sha256().digest((facility + "|" + rule + "|" + onsetMillis).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 8);
    }

    public static String rateKey(String scope, String code, String period, long windowStartMillis) {
        return scope + "|" + code + "|" + period + "|" + windowStartMillis;
    }

    /**
     * Time of a message in InfluxDB, ns: two messages of one millisecond stay two, and a replay overwrites itself.
     *
     * @param seq the message's counter, 0 when the device has none
     */
    public static long influxNanos(long eventTimeMillis, long seq) {
        return Math.addExact(Math.multiplyExact(eventTimeMillis, NANOS_PER_MILLI), Math.floorMod(seq, NANOS_PER_MILLI));
    }

    /** What is kept of a device's secret. */
    public static byte[] secretHash(byte[] salt, byte[] secret) {
        var digest = sha256();
        digest.update(salt);
        return digest.digest(secret);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
