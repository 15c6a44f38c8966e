package io.yiwang.ingest.mqtt;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** MQTT 3.1.1 packets by hand, for what a well-behaved client refuses to send. */
final class RawMqtt {
    private RawMqtt() {}

    /** CONNECT: "MQTT", level 4, user and password and clean session (0xc2), keep alive 60 s, client id = user. */
    static byte[] connect(String id, String secret) {
        var body = new ByteArrayOutputStream();
        text(body, "MQTT");
        body.write(4);
        body.write(0xc2);
        body.write(0);
        body.write(60);
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
