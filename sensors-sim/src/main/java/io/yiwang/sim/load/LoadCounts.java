package io.yiwang.sim.load;

/**
 * Messages so far.
 *
 * @param offered due
 * @param sent left for the broker at least once
 * @param acked confirmed by it
 * @param refused answered with an error; never counted as acked
 * @param resent sent once more after a reconnect
 * @param unsent dropped before the first try, because too many waited for a connection
 * @param waiting due but not yet confirmed
 */
public record LoadCounts(
        long offered, long sent, long acked, long refused, long resent, long unsent, long waiting, long reconnects) {}
