package io.yiwang.sim.load;

/**
 * The result of a load run.
 *
 * @param rate messages acknowledged per second of the run
 * @param acknowledged due → PUBACK, ms
 * @param acknowledgedFromSend really sent → PUBACK: how much a generator that waits would have hidden
 * @param cpuMicrosPerMessage of the generator's process
 */
public record LoadReport(
        String run,
        int devices,
        int valuesPerMessage,
        double seconds,
        long offered,
        long sent,
        long acked,
        long refused,
        long resent,
        long unsent,
        long unacknowledged,
        long reconnects,
        double rate,
        Lateness lateness,
        Percentiles acknowledged,
        Percentiles acknowledgedFromSend,
        double cpuMicrosPerMessage) {

    String table() {
        return ("run %s: %d devices, %d values per message, %.1f s%n"
                                + "offered %d, sent %d, acknowledged %d (%.1f per second)%n"
                                + "refused %d, sent again %d, not sent %d, unacknowledged at the end %d, reconnects %d%n%n")
                        .formatted(
                                run,
                                devices,
                                valuesPerMessage,
                                seconds,
                                offered,
                                sent,
                                acked,
                                rate,
                                refused,
                                resent,
                                unsent,
                                unacknowledged,
                                reconnects)
                + Percentiles.head()
                + acknowledged.row("acknowledged")
                + acknowledgedFromSend.row("  from the real sending")
                + lateness.millis().row("generator late")
                + "%n%s%nGenerator: %.1f µs CPU per message.%n".formatted(lateness.sentence(), cpuMicrosPerMessage);
    }
}
