package io.yiwang.streams.kafka;

import io.yiwang.model.clock.CityClock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command line option that says which time it is in the city. */
public final class ClockOption {
    @Option(
            names = "--clock",
            paramLabel = "FROM,SPEED,ANCHOR",
            description = "the city's clock when it is not the wall clock, as 'up --clock' starts it")
    private @Nullable String clock;

    /** @throws IllegalArgumentException when it has another form */
    public CityClock clock() {
        return clock == null ? CityClock.wallClock() : CityClock.of(clock);
    }

    @Override
    public String toString() {
        return clock == null ? "on the wall" : clock;
    }
}
