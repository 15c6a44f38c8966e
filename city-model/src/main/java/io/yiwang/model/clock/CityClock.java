package io.yiwang.model.clock;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Objects;

/**
 * The time of the city: at the wall moment {@code anchor} it was {@code from} there, and since then its clock runs {@code speed} times
 * as fast as the wall clock. It runs on while the city is stopped, as time does. A city on the wall clock has {@code from} =
 * {@code anchor} and speed 1.
 *
 * <p>Every process of a city is given the same three values, so all of them tell the same time without talking to each other.
 *
 * @param from time in the city at {@code anchor}
 * @param anchor wall moment, whole milliseconds
 * @param speed city seconds per second, {@value #SLOWEST} to {@value #FASTEST}
 * @param wall where the time of the people comes from
 */
public record CityClock(Instant from, Instant anchor, double speed, InstantSource wall)
        implements InstantSource, Serializable {
    public static final double SLOWEST = 0.1;
    public static final double FASTEST = 1000;

    /** What {@link #parse} takes, for messages to people. */
    public static final String FORM =
            "FROM[,SPEED] with FROM like 2026-01-10T06:00, 2026-01-10T06:00+08:00 or 2026-01-09T22:00Z,"
                    + " SPEED from 0.1 to 1000";

    private static final Instant EARLIEST = Instant.parse("1980-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    public CityClock {
        Objects.requireNonNull(from);
        Objects.requireNonNull(anchor);
        Objects.requireNonNull(wall);
        if (!(speed >= SLOWEST && speed <= FASTEST)) {
            throw new IllegalArgumentException("a clock runs 0.1 to 1000 times as fast as the wall clock, not "
                    + number(speed) + " times; write " + FORM);
        }
        if (from.isBefore(EARLIEST) || from.isAfter(LATEST)) {
            throw new IllegalArgumentException(
                    "a city's clock begins between 1980 and 2200, not " + from + "; write " + FORM);
        }
    }

    /** The clock of a city that lives now. */
    public static CityClock wallClock() {
        return new CityClock(
                Instant.parse("2000-01-01T00:00:00Z"),
                Instant.parse("2000-01-01T00:00:00Z"),
                1,
                InstantSource.system());
    }

    /**
     * The clock that people write: {@code FROM[,SPEED]}; a FROM without offset is in the city's time zone.
     *
     * @param anchor the wall moment at which it begins
     * @throws IllegalArgumentException with a sentence for people
     */
    public static CityClock parse(String text, ZoneId zone, Instant anchor) {
        var parts = text.strip().split(",", -1);
        if (parts.length > 2) {
            throw new IllegalArgumentException("'" + text + "' has more than one comma; write " + FORM);
        }
        return new CityClock(
                moment(parts[0].strip(), zone),
                anchor,
                parts.length == 1 ? 1 : speed(parts[1].strip()),
                InstantSource.system());
    }

    /**
     * The clock that {@link #toString} wrote: {@code FROM,SPEED,ANCHOR}, as one process tells another.
     *
     * @throws IllegalArgumentException when it is not that
     */
    public static CityClock of(String text) {
        var parts = text.strip().split(",", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is not FROM,SPEED,ANCHOR like 2026-01-09T22:00:00Z,60,"
                    + "2026-07-01T08:00:00Z; people start a city with `up --clock`, which says it to every part");
        }
        var utc = ZoneId.of("Z");
        return new CityClock(
                moment(parts[0].strip(), utc),
                moment(parts[2].strip(), utc),
                speed(parts[1].strip()),
                InstantSource.system());
    }

    /** The same clock read beside another wall clock, for tests. */
    public CityClock beside(InstantSource otherWall) {
        return new CityClock(from, anchor, speed, otherWall);
    }

    /** Now in the city. */
    @Override
    public Instant instant() {
        return at(wall.instant());
    }

    /** Time in the city at a wall moment. */
    public Instant at(Instant wallMoment) {
        long wallMillis = wallMoment.toEpochMilli() - anchor.toEpochMilli();
        return speed == 1
                ? from.plus(Duration.between(anchor, wallMoment))
                : from.plusMillis(Math.round(wallMillis * speed));
    }

    /** Wall moment at which it is {@code cityMoment} in the city; the inverse of {@link #at} to a millisecond. */
    public Instant wallAt(Instant cityMoment) {
        long cityMillis = cityMoment.toEpochMilli() - from.toEpochMilli();
        return speed == 1
                ? anchor.plus(Duration.between(from, cityMoment))
                : anchor.plusMillis(Math.round(cityMillis / speed));
    }

    /** How long people wait while {@code inTheCity} passes there. */
    public Duration onTheWall(Duration inTheCity) {
        return speed == 1 ? inTheCity : Duration.ofNanos(Math.round(inTheCity.toNanos() / speed));
    }

    /** How much time passes in the city while people wait {@code onTheWall}. */
    public Duration inTheCity(Duration onTheWall) {
        return speed == 1 ? onTheWall : Duration.ofMillis(Math.round(onTheWall.toMillis() * speed));
    }

    /**
     * By how much longer the way of a reading from its device to a verdict takes in the city than on the wall, for a way of a
     * second: what deadlines that wait for a next reading must add, so that a fast city is not all late and silent. Zero up to
     * speed 1.
     */
    public Duration deliverySlack() {
        var second = Duration.ofSeconds(1);
        return speed <= 1 ? Duration.ZERO : inTheCity(second).minus(second);
    }

    /** Whether the city lives now. */
    public boolean isWallClock() {
        return speed == 1 && from.equals(anchor);
    }

    /** Whether the other clock was asked for with the same words, whenever it was started. */
    public boolean isSameWish(CityClock other) {
        return isWallClock() == other.isWallClock()
                && (isWallClock() || (from.equals(other.from) && speed == other.speed));
    }

    /** What people write for this clock: {@code FROM,SPEED} in UTC. */
    public String wish() {
        return from + "," + number(speed);
    }

    /** {@code FROM,SPEED,ANCHOR}, which {@link #of} reads. */
    @Override
    public String toString() {
        return wish() + "," + anchor;
    }

    private static Instant moment(String text, ZoneId zone) {
        try {
            return hasOffset(text)
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).atZone(zone).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'" + text + "' is not a date and time; write " + FORM, e);
        }
    }

    private static boolean hasOffset(String text) {
        var time = text.substring(Math.max(0, text.indexOf('T')));
        return text.indexOf('T') > 0
                && (time.endsWith("Z") || time.endsWith("z") || time.indexOf('+') > 0 || time.indexOf('-') > 0);
    }

    private static double speed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a speed; write " + FORM, e);
        }
    }

    private static String number(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : String.valueOf(value);
    }
}
