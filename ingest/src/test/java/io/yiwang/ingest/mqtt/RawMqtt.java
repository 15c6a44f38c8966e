package io.yiwang.ingest.mqtt;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** MQTT 3.1.1 packets by hand, for what a well-behaved client refuses to send. */
final class RawMqtt {
    private RawMqtt() {}

    /** CONNECT: "MQTT", level 4, user and password and clean session (0xc2), keep alive 60 s, client id = user. */
    static byte[] connect(String id, String secret) {
        return connect(id, secret, 60);
    }

    static byte[] connect(String id, String secret, int keepAliveSeconds) {
        var body = new ByteArrayOutputStream();
        text(body, "MQTT");
        body.write(4);
        body.write(0xc2);
        body.write(0);
        body.write(keepAliveSeconds);
        text(body, id);
        text(body, id);
        text(body, secret);
        return packet(0x10, body.toByteArray());
    }

    /** PUBLISH with QoS 1. */
    static byte[] publish(String topic, int packetId, byte[] payload) {
        var body = new ByteArrayOutputStream();
        text(body, topic);
        body.write(packetId >> 8);
        body.write(packetId);
        body.writeBytes(payload);
        return packet(0x32, body.toByteArray());
    }

    /** PUBLISH with QoS 1 that says it is a repetition. */
    static byte[] publishAgain(String topic, int packetId, byte[] payload) {
        var packet = publish(topic, packetId, payload);
        packet[0] |= 0x08;
        return packet;
    }

    /** PUBLISH with {@code flags}: 0x00 QoS 0, 0x02 QoS 1, 0x04 QoS 2, 0x01 retain. */
    static byte[] publish(int flags, String topic, int packetId, byte[] payload) {
        if (flags > 1) {
            var packet = publish(topic, packetId, payload);
            packet[0] = (byte) (0x30 | flags);
            return packet;
        }
        var body = new ByteArrayOutputStream();
        text(body, topic);
        body.writeBytes(payload);
        return packet(0x30 | flags, body.toByteArray());
    }

    static byte[] ping() {
        return packet(0xc0, new byte[0]);
    }

    /** MQTT 5 CONNECT: level 5, user and password and clean start, keep alive 60 s, no properties, client id = user. */
    static byte[] connect5(String id, String secret) {
        var body = new ByteArrayOutputStream();
        text(body, "MQTT");
        body.write(5);
        body.write(0xc2);
        body.write(0);
        body.write(60);
        body.write(0);
        text(body, id);
        text(body, id);
        text(body, secret);
        return packet(0x10, body.toByteArray());
    }

    /**
     * MQTT 5 PUBLISH with QoS 1.
     *
     * @param alias topic alias; 0 = none
     */
    static byte[] publish5(String topic, int alias, int packetId, byte[] payload) {
        var body = new ByteArrayOutputStream();
        text(body, topic);
        body.write(packetId >> 8);
        body.write(packetId);
        if (alias == 0) {
            body.write(0);
        } else {
            body.write(3);
            body.write(0x23);
            body.write(alias >> 8);
            body.write(alias);
        }
        body.writeBytes(payload);
        return packet(0x32, body.toByteArray());
    }

    /** The beginning of a PUBLISH that announces {@code length} bytes. */
    static byte[] publishHeader(String topic, int packetId, int length) {
        var out = new ByteArrayOutputStream();
        out.write(0x32);
        length(out, length);
        text(out, topic);
        out.write(packetId >> 8);
        out.write(packetId);
        return out.toByteArray();
    }

    /** SUBSCRIBE to one filter with QoS 1. */
    static byte[] subscribe(String filter, int packetId) {
        var body = new ByteArrayOutputStream();
        body.write(packetId >> 8);
        body.write(packetId);
        text(body, filter);
        body.write(1);
        return packet(0x82, body.toByteArray());
    }

    private static byte[] packet(int type, byte[] body) {
        var out = new ByteArrayOutputStream();
        out.write(type);
        length(out, body.length);
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static void length(ByteArrayOutputStream out, int length) {
        int left = length;
        do {
            out.write(left > 127 ? (left & 0x7f) | 0x80 : left);
            left >>= 7;
        } while (left > 0);
    }

    private static void text(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(bytes.length >> 8);
        out.write(bytes.length);
        out.writeBytes(bytes);
    }
}
