package io.yiwang.ingest.mqtt;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides about network connections when they are accepted, before TLS and MQTT have cost anything: how many there may be, in all and
 * from one address, and how fast one address may open them.
 */
final class ConnectionLimits {
    enum Verdict {
        ADMITTED,
        TOO_MANY,
        TOO_MANY_OF_ADDRESS,
        TOO_FAST
    }

    /** From so many addresses on, those that have nothing to remember are forgotten. */
    private static final int MANY_ADDRESSES = 4096;

    private final int most;
    private final int mostOfAddress;
    private final double attemptsPerSecond;
    private final double burst;
    private final Map<InetAddress, Neighbour> neighbours = new HashMap<>();
    private int open;
    private int sweepAt = MANY_ADDRESSES;

    private static final class Neighbour {
        private final TokenBucket attempts;
        private int open;

        Neighbour(TokenBucket attempts) {
            this.attempts = attempts;
        }
    }

    /**
     * @param most connections at one time
     * @param mostOfAddress connections at one time from one address
     * @param attemptsPerSecond connections that one address may open per second when it goes on and on
     * @param burst how many it may open at once
     */
    ConnectionLimits(int most, int mostOfAddress, double attemptsPerSecond, double burst) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
        this.attemptsPerSecond = attemptsPerSecond;
        this.burst = burst;
    }

    /** Decides about a new connection; {@link #ended} must follow an admitted one. */
    synchronized Verdict admit(InetAddress address, long nowNanos) {
        var neighbour = neighbours.get(address);
        if (neighbour == null) {
            sweep(nowNanos);
            neighbour = new Neighbour(new TokenBucket(attemptsPerSecond, burst, nowNanos));
            neighbours.put(address, neighbour);
        }
        if (!neighbour.attempts.tryTake(nowNanos)) {
            return Verdict.TOO_FAST;
        }
        if (neighbour.open >= mostOfAddress) {
            return Verdict.TOO_MANY_OF_ADDRESS;
        }
        if (open >= most) {
            return Verdict.TOO_MANY;
        }
        neighbour.open++;
        open++;
        return Verdict.ADMITTED;
    }

    synchronized void ended(InetAddress address) {
        var neighbour = neighbours.get(address);
        if (neighbour != null && neighbour.open > 0) {
            neighbour.open--;
            open--;
        }
    }

    synchronized int open() {
        return open;
    }

    /** Addresses that are remembered. */
    synchronized int addresses() {
        return neighbours.size();
    }

    private void sweep(long nowNanos) {
        if (neighbours.size() >= sweepAt) {
            neighbours.values().removeIf(neighbour -> neighbour.open == 0 && neighbour.attempts.isFull(nowNanos));
            sweepAt = Math.max(MANY_ADDRESSES, 2 * neighbours.size());
        }
    }
}
