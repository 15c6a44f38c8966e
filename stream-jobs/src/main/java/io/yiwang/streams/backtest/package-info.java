/** Decides what the detect job would have said of recorded readings: the job's own logic without Flink, broker or city. */
@NullMarked
package io.yiwang.streams.backtest;

import org.jspecify.annotations.NullMarked;
