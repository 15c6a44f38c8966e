package io.yiwang.sim.fault;

import io.yiwang.sim.fault.Faults.Impossible;
import io.yiwang.sim.signal.Hash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults that happen by themselves: a Poisson stream over the city, drawn minute by minute from the seed, so that the same city at
 * the same time has the same faults. A facility has one of them at a time. Called by one thread.
 */
public final class RandomFaults {
    private static final Logger LOG = LoggerFactory.getLogger(RandomFaults.class);
    private static final long MINUTE_MILLIS = 60_000;
    private static final double MINUTES_PER_DAY = 24 * 60;
    private static final double MILDEST = 0.2;
    private static final double SHORTEST_MINUTES = 3;
    private static final double LONGEST_MINUTES = 60;

    private final Faults faults;
    private final List<String> facilities;
    private final double perMinute;
    private final long seed;
    private long nextMinute = Long.MIN_VALUE;

    /**
     * @param perFacilityAndDay how many on average
     * @throws IllegalArgumentException when that makes no sense
     */
    public RandomFaults(Faults faults, Collection<String> facilities, double perFacilityAndDay, long seed) {
        if (!(perFacilityAndDay >= 0 && perFacilityAndDay <= MINUTES_PER_DAY)) {
            throw new IllegalArgumentException(
                    "a fault rate is 0 to 1440 per facility and day, not " + perFacilityAndDay);
        }
        this.faults = faults;
        this.facilities = facilities.stream().sorted().toList();
        this.perMinute = perFacilityAndDay * facilities.size() / MINUTES_PER_DAY;
        this.seed = Hash.of(seed, "random faults");
    }

    /** Makes happen what happens until then; the first call only says when it is. */
    public void advance(long nowMillis) {
        var minute = Math.floorDiv(nowMillis, MINUTE_MILLIS);
        if (nextMinute == Long.MIN_VALUE || perMinute == 0) {
            nextMinute = minute + 1;
        }
        for (; nextMinute <= minute; nextMinute++) {
            for (var drawn : drawn(nextMinute)) {
                begin(drawn);
            }
        }
    }

    private record Drawn(long millis, Random random) {}

    private List<Drawn> drawn(long minute) {
        var random = new Random(Hash.mix(seed, minute));
        var drawn = new ArrayList<Drawn>();
        // Knuth: count how many uniform factors keep the product above e^-rate.
        var product = random.nextDouble();
        while (product > Math.exp(-perMinute)) {
            drawn.add(new Drawn(minute * MINUTE_MILLIS, new Random(random.nextLong())));
            product *= random.nextDouble();
        }
        return drawn;
    }

    private void begin(Drawn drawn) {
        var random = drawn.random;
        var facility = facilities.get(random.nextInt(facilities.size()));
        var possible = faults.possibleAt(facility);
        if (possible.isEmpty() || faults.activeAt(facility, drawn.millis)) {
            return;
        }
        var fault = possible.get(random.nextInt(possible.size()));
        var minutes = SHORTEST_MINUTES * Math.pow(LONGEST_MINUTES / SHORTEST_MINUTES, random.nextDouble());
        var severity = Math.rint((MILDEST + (1 - MILDEST) * random.nextDouble()) * 100) / 100;
        var duration = Duration.ofSeconds(Math.round(60 * minutes));
        try {
            faults.start(
                    new FaultOrder(fault.id(), facility, null, null, severity, duration, null, "random"), drawn.millis);
        } catch (Impossible e) {
            LOG.warn("no random fault {} at {}: {}", fault.id(), facility, e.getMessage());
        }
    }
}
