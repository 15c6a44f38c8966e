package io.yiwang.streams.backtest;

import java.lang.management.ManagementFactory;

/** How long a run takes, and how much of one core that is: on a busy machine only the second says something. */
final class Stopwatch {
    private static final double NANOS = 1e9;

    private final long startNanos = System.nanoTime();
    private final long startCpuNanos = cpuNanos();

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    double seconds() {
        return (System.nanoTime() - startNanos) / NANOS;
    }

    /** Of the thread that asks, which must be the one that began. */
    double cpuSeconds() {
        return (cpuNanos() - startCpuNanos) / NANOS;
    }
}
