package io.yiwang.ingest.onboard;

import org.jspecify.annotations.Nullable;

/**
 * Somebody wants in and is not known, or has a secret that does not fit.
 *
 * @param id what it calls itself; anything
 * @param door {@link #MQTT}, {@link #BRIDGE} or {@link #HJ212}
 * @param address where it comes from; empty when a broker stands between
 * @param secret that it showed; null when none
 * @param certificate subject of its verified certificate; empty without
 * @param topic where it published; empty when it was turned away before
 * @param payload what it published; empty when it was turned away before
 * @param user user name that it gave; null when the door has no such thing
 */
public record Knock(
        String id,
        String door,
        String address,
        byte @Nullable [] secret,
        String certificate,
        String topic,
        byte[] payload,
        long millis,
        @Nullable String user) {
    public static final String MQTT = "mqtt";
    public static final String BRIDGE = "bridge";
    public static final String HJ212 = "hj212";

    /** At a door that asks for no user name. */
    public Knock(
            String id,
            String door,
            String address,
            byte @Nullable [] secret,
            String certificate,
            String topic,
            byte[] payload,
            long millis) {
        this(id, door, address, secret, certificate, topic, payload, millis, null);
    }

    /** At the MQTT door, which turned it away before it could publish. */
    public static Knock atTheDoor(
            String id,
            @Nullable String user,
            byte @Nullable [] secret,
            String certificate,
            String address,
            long millis) {
        return new Knock(id, MQTT, address, secret, certificate, "", new byte[0], millis, user);
    }
}
