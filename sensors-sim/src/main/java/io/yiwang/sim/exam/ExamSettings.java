package io.yiwang.sim.exam;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/**
 * What an exam is like.
 *
 * @param facilities how many sit it
 * @param learnDays simulated days without faults before it
 * @param days simulated days with faults
 * @param severities each fault happens at each of them
 * @param repeats how often a fault of a pack happens at each severity, {@code commonRepeats} one of the common pack, each at another place
 * @param gap how long a facility and those around it are left alone between two faults
 * @param longestRiseShare faults that grow over weeks and months grow within this share of the exam, as they would not fit into it otherwise
 * @param faults ids of the faults; empty = all
 * @param seed of the city and the plan
 */
record ExamSettings(
        int facilities,
        int learnDays,
        int days,
        List<Double> severities,
        int repeats,
        int commonRepeats,
        Duration gap,
        double longestRiseShare,
        Set<String> faults,
        long seed,
        ZoneId zone) {

    /** A Monday, with the heating on. */
    private static final Instant BEGIN = Instant.parse("2026-11-01T16:00:00Z");

    ExamSettings {
        severities = List.copyOf(severities);
        faults = Set.copyOf(faults);
        if (facilities < 1 || facilities > 2000 || days < 1 || days > 365 || learnDays < 0 || learnDays > 365) {
            throw new IllegalArgumentException(
                    "an exam has 1 to 2000 facilities, 1 to 365 days and 0 to 365 days to learn");
        }
    }

    long beginMillis() {
        return BEGIN.toEpochMilli();
    }

    /** When faults begin to happen. */
    long examMillis() {
        return beginMillis() + Duration.ofDays(learnDays).toMillis();
    }

    long endMillis() {
        return examMillis() + Duration.ofDays(days).toMillis();
    }

    Duration longestRise() {
        return Duration.ofMinutes((long) (longestRiseShare * days * 24 * 60));
    }
}
