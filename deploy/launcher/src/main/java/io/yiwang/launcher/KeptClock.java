package io.yiwang.launcher;

import io.yiwang.model.clock.CityClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clock that a data folder's city was begun with, in {@code DIR/clock}. It is fixed at the first start and never moves: what is
 * stored, in which order alarms came and what a replay of the log concludes all depend on it. It runs on while the city is stopped.
 */
final class KeptClock {
    private static final String WALL = "wall";

    private final Path file;
    /** Made by every city's first start: a folder that has it but no clock was begun on the wall clock. */
    private final Path begun;

    KeptClock(DataFolder data) {
        file = data.of("clock");
        begun = data.adminPassword();
    }

    /**
     * The clock to start with.
     *
     * @param asked what {@code --clock} says, null when nothing
     * @param now the wall moment of this start
     * @throws Refusal when it is not a clock, or another than the data were begun with
     */
    CityClock settle(@Nullable String asked, ZoneId zone, Instant now) {
        var wish = asked == null ? null : parse(asked, zone, now);
        var kept = read();
        if (kept == null) {
            kept = wish == null ? CityClock.wallClock() : wish;
            write(kept);
        } else if (wish != null && !wish.isSameWish(kept)) {
            throw new Refusal("The city in " + file.getParent() + " runs "
                    + (kept.isWallClock()
                            ? "on the wall clock"
                            : "on the clock " + kept.wish() + ", begun " + kept.anchor()
                                    + "; leave out --clock to go on with it")
                    + ". It cannot change to " + wish.wish()
                    + ": begin another city with --data DIR, or empty this one with './yiwang reset'.");
        }
        return kept;
    }

    /** The clock of a city that was begun; for the tools that speak of its time. */
    CityClock current() {
        var kept = read();
        return kept == null ? CityClock.wallClock() : kept;
    }

    private static CityClock parse(String asked, ZoneId zone, Instant now) {
        try {
            return CityClock.parse(asked, zone, now.truncatedTo(ChronoUnit.MILLIS));
        } catch (IllegalArgumentException e) {
            throw new Refusal("--clock: " + e.getMessage() + ".");
        }
    }

    private @Nullable CityClock read() {
        try {
            if (!Files.exists(file)) {
                return Files.exists(begun) ? CityClock.wallClock() : null;
            }
            var text = Files.readString(file).strip();
            return text.equals(WALL) ? CityClock.wallClock() : CityClock.of(text);
        } catch (IOException | IllegalArgumentException e) {
            throw new Refusal("The city's clock in " + file + " cannot be read (" + e.getMessage()
                    + "). Put it back as it was, or empty the folder with './yiwang reset'.");
        }
    }

    private void write(CityClock clock) {
        try {
            Files.writeString(file, (clock.isWallClock() ? WALL : clock.toString()) + "\n");
        } catch (IOException e) {
            throw new Refusal("The city's clock cannot be written to " + file + " (" + e.getMessage() + ").");
        }
    }
}
