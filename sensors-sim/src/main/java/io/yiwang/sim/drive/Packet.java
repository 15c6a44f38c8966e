package io.yiwang.sim.drive;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * What is sent at once: a message, or an array of messages that waited, oldest first.
 *
 * @param number within the outbox
 */
record Packet(long number, List<Outgoing> messages) {
    Packet {
        messages = List.copyOf(messages);
    }

    byte[] payload() {
        if (messages.size() == 1) {
            return messages.get(0).payload();
        }
        var array = new ByteArrayOutputStream();
        var before = '[';
        for (var message : messages) {
            array.write(before);
            array.writeBytes(message.payload());
            before = ',';
        }
        array.write(']');
        return array.toByteArray();
    }
}
