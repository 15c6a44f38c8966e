package io.yiwang.sim.bench;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * One of those that the load generator drives.
 *
 * @param broker where devices connect
 * @param counted process ids of what it costs, by name
 * @param arrived messages that came where they should, ever; asked twice in a window, so it is cheap and may be off by the ticks of a few seconds
 * @param inTelemetry whether its messages end in topic {@code telemetry}, where each can be found by its device and counter
 */
record IngestCandidate(
        String name, InetSocketAddress broker, Map<String, Long> counted, LongSupplier arrived, boolean inTelemetry) {}
