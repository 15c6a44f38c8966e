package io.yiwang.sim.drive;

import java.util.List;

/**
 * One telemetry message of a device, the same bytes however often it is sent.
 *
 * @param seq its number within the device's start, from 1
 * @param tsMillis the reading's time by the device's clock, epoch ms
 * @param metrics what it carries values of
 * @param copy whether it is there once more: nobody waits for it
 */
record Outgoing(long seq, long tsMillis, List<String> metrics, byte[] payload, boolean copy) {
    Outgoing again() {
        return new Outgoing(seq, tsMillis, metrics, payload, true);
    }
}
