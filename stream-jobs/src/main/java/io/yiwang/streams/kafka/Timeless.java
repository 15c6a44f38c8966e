package io.yiwang.streams.kafka;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * For a compacted topic that has no time of its own. Holds time back until the topic has been silent for a moment, which is when its
 * old records have been read: timers must not find a city without facilities. After that it never does.
 */
final class Timeless<T> implements WatermarkGenerator<T> {
    private static final long SILENCE_NANOS = 2_000_000_000L;

    private long newestNanos = System.nanoTime();
    private boolean loaded;

    @Override
    public void onEvent(T record, long timestamp, WatermarkOutput output) {
        newestNanos = System.nanoTime();
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        loaded |= System.nanoTime() - newestNanos > SILENCE_NANOS;
        if (loaded) {
            output.emitWatermark(Watermark.MAX_WATERMARK);
        }
    }
}
