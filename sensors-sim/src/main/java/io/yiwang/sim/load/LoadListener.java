package io.yiwang.sim.load;

/** Hears of what a load run does, on the generator's own thread: answer at once. */
public interface LoadListener {
    /** A device is about to say that something is wrong, having been good before. */
    void raising(LoadDevice device, long tsMillis);

    LoadListener NONE = (device, tsMillis) -> {};
}
