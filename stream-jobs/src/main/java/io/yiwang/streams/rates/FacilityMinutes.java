package io.yiwang.streams.rates;

import io.yiwang.streams.rates.FacilityState.Cell;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts one facility minute by minute: seconds in operation, and readings received. Each minute is concluded once the log clock
 * has passed its end by an allowance, told as a contribution, and told again as a difference when late readings change it.
 *
 * <p>A minute is kept as bits: which seconds had a reading, which of these say running, which slots were filled. Setting a bit
 * twice is setting it once and order does not matter, so duplicates and late readings need no care. A reading governs the seconds
 * from its own to the next reading's, at most for three periods; then the state is unknown. Of two readings in one second, running
 * wins. A facility runs while one source runs, and is known to stand only while all are known to stand.
 *
 * <p>Slot k of a point with period p is [k·p, (k+1)·p) seconds since the epoch and is due in the minute of its last second. Slots
 * that a closed door may have swallowed are unknown, not missing.
 *
 * <p>A function of the log alone: what is concluded at a deadline counts exactly the readings in front of it in the log.
 */
final class FacilityMinutes {
    static final long MINUTE_MILLIS = 60_000;
    /** Readings further ahead of the log clock than this are not believed, minutes. */
    private static final long FUTURE_MINUTES = 15;

    private static final long ALL = (1L << 60) - 1;

    private final long allowanceMillis;
    private final long historyMinutes;

    /**
     * @param allowanceMillis how long after its end a minute is concluded
     * @param historyMinutes how many concluded minutes can still be corrected
     */
    FacilityMinutes(long allowanceMillis, long historyMinutes) {
        this.allowanceMillis = allowanceMillis;
        this.historyMinutes = historyMinutes;
    }

    /** Counts from the first whole minute after {@code logMillis}, unless it counts from earlier or a minute was concluded. */
    void begin(FacilityState state, long logMillis) {
        long start = Math.floorDiv(logMillis, MINUTE_MILLIS) + 1;
        if (state.start == FacilityState.NONE || (start < state.start && state.concluded == state.start - 1)) {
            state.start = start;
            state.concluded = start - 1;
            state.pruned = start - 1;
        }
    }

    /**
     * Concludes every minute whose deadline is not after {@code logMillis}, in order. Call before whatever has that log
     * clock, and behind {@link #begin}.
     */
    List<Contribution> conclude(Plan plan, FacilityState state, long logMillis) {
        if (nextDeadlineMillis(state) > logMillis) {
            return List.of();
        }
        var told = new ArrayList<Contribution>();
        while (nextDeadlineMillis(state) <= logMillis) {
            long deadline = nextDeadlineMillis(state);
            long newest = state.concluded + 1;
            cell(state, newest).scheduled = plan.inService;
            for (long minute = Math.min(state.dirtyFrom, newest); minute <= newest; minute++) {
                var delta = count(plan, state, minute);
                if (!Amounts.isZero(delta)) {
                    told.add(new Contribution(
                            plan.facility, plan.domain, plan.district, minute * MINUTE_MILLIS, deadline, delta));
                }
            }
            state.dirtyFrom = Long.MAX_VALUE;
            state.concluded = newest;
            prune(state);
        }
        return told;
    }

    /** Log clock at which the next minute is due. */
    long nextDeadlineMillis(FacilityState state) {
        return (state.concluded + 2) * MINUTE_MILLIS + allowanceMillis;
    }

    /**
     * Takes in one good reading.
     *
     * @return false when it is too late or too far ahead to be counted
     */
    boolean read(
            Plan plan,
            FacilityState state,
            String device,
            String metric,
            long eventMillis,
            long logMillis,
            double number) {
        var point = plan.point(device, metric);
        if (point == null) {
            return true;
        }
        long second = Math.floorDiv(eventMillis, 1000L);
        if (Math.floorDiv(second, 60L) > Math.floorDiv(logMillis, MINUTE_MILLIS) + FUTURE_MINUTES) {
            return false;
        }
        if (point.state() >= 0) {
            start(state, point.state(), second, plan.operating.runs(number));
        }
        for (int track : point.presence()) {
            start(state, track, second, true);
        }
        return point.slot() < 0 || slot(state, point.slot(), plan.slotPeriods[point.slot()], second);
    }

    /** Takes in that no telemetry could arrive for a while. */
    void doorsWereClosed(FacilityState state, long endMillis, long lengthMillis) {
        long from = Math.floorDiv(endMillis - lengthMillis, 1000L);
        long to = -Math.floorDiv(-endMillis, 1000L);
        int size = state.breaks.length;
        state.breaks = Arrays.copyOf(state.breaks, size + 2);
        state.breaks[size] = from;
        state.breaks[size + 1] = to;
        dirty(state, Math.floorDiv(from, 60L));
    }

    /** Takes over a changed catalogue entry: what was concluded stays as it is, open minutes are counted by the new plan. */
    void replan(FacilityState state, Plan before, Plan after) {
        if (before.countsLike(after)) {
            return;
        }
        var tracks = places(before.trackKeys, after.trackKeys);
        var slots = places(before.slotKeys, after.slotKeys);
        state.cells.forEach((minute, cell) -> {
            if (minute <= state.concluded) {
                cell.frozen = true;
            }
            cell.starts = moved(cell.starts, tracks, 0);
            cell.runs = moved(cell.runs, tracks, 0);
            cell.carry = moved(cell.carry, tracks, FacilityState.NONE);
            cell.slots = moved(cell.slots, slots, 0);
        });
        state.carry = moved(state.carry, tracks, FacilityState.NONE);
        state.dirtyFrom = Long.MAX_VALUE;
    }

    private static int[] places(List<String> before, List<String> after) {
        return after.stream().mapToInt(before::indexOf).toArray();
    }

    private static long[] moved(long[] old, int[] places, long nothing) {
        var moved = new long[places.length];
        for (int i = 0; i < places.length; i++) {
            moved[i] = places[i] >= 0 && places[i] < old.length ? old[places[i]] : nothing;
        }
        return moved;
    }

    private void start(FacilityState state, int track, long second, boolean running) {
        long minute = Math.floorDiv(second, 60L);
        if (minute <= state.pruned) {
            // Before what is remembered only the newest reading matters.
            long reading = 2 * second + (running ? 1 : 0);
            state.carry = grown(state.carry, track, FacilityState.NONE);
            if (reading > state.carry[track]) {
                state.carry[track] = reading;
                dirty(state, state.pruned + 1);
            }
            return;
        }
        var cell = cell(state, minute);
        cell.starts = grown(cell.starts, track, 0);
        cell.runs = grown(cell.runs, track, 0);
        long bit = 1L << Math.floorMod(second, 60L);
        if ((cell.starts[track] & bit) == 0 || (running && (cell.runs[track] & bit) == 0)) {
            cell.starts[track] |= bit;
            if (running) {
                cell.runs[track] |= bit;
            }
            dirty(state, minute);
        }
    }

    private static boolean slot(FacilityState state, int slot, int period, long second) {
        long number = Math.floorDiv(second, (long) period);
        long due = Math.floorDiv((number + 1) * period - 1, 60L);
        if (due <= state.pruned) {
            return false;
        }
        var cell = cell(state, due);
        cell.slots = grown(cell.slots, slot, 0);
        long bit = 1L << (number - firstDue(due, period));
        if ((cell.slots[slot] & bit) == 0) {
            cell.slots[slot] |= bit;
            dirty(state, due);
        }
        return true;
    }

    private static long firstDue(long minute, int period) {
        return -Math.floorDiv(-(60 * minute + 1), (long) period) - 1;
    }

    private static long lastDue(long minute, int period) {
        return Math.floorDiv(60 * (minute + 1), (long) period) - 1;
    }

    private static void dirty(FacilityState state, long minute) {
        if (minute <= state.concluded) {
            state.dirtyFrom = Math.min(state.dirtyFrom, Math.max(minute, state.pruned + 1));
        }
    }

    /** The minute's new amounts minus those last told. Also renews what the minute carries on. */
    private static long[] count(Plan plan, FacilityState state, long minute) {
        var cell = cell(state, minute);
        var delta = new long[Amounts.SIZE];
        if (cell.frozen) {
            return delta;
        }
        var amounts = new long[Amounts.SIZE];
        seconds(plan, state, minute, cell, amounts);
        if (cell.scheduled) {
            readings(plan, state, minute, cell, amounts);
        } else {
            Arrays.fill(amounts, 0);
        }
        for (int i = 0; i < Amounts.SIZE; i++) {
            delta[i] = amounts[i] - (cell.amounts.length == 0 ? 0 : cell.amounts[i]);
        }
        cell.amounts = amounts;
        return delta;
    }

    private static void seconds(Plan plan, FacilityState state, long minute, Cell cell, long[] amounts) {
        int tracks = plan.holds.length;
        var before = minute - 1 <= state.pruned ? state.carry : cell(state, minute - 1).carry;
        var carry = new long[tracks];
        var known = new long[tracks];
        var running = new long[tracks];
        for (int track = 0; track < tracks; track++) {
            long hold = plan.holds[track];
            long last = track < before.length ? before[track] : FacilityState.NONE;
            if (last != FacilityState.NONE) {
                govern(known, running, track, 0, (last >> 1) + hold - 60 * minute, (last & 1) == 1);
            }
            long starts = track < cell.starts.length ? cell.starts[track] : 0;
            for (long rest = starts; rest != 0; rest &= rest - 1) {
                int second = Long.numberOfTrailingZeros(rest);
                boolean runs = (cell.runs[track] >> second & 1) == 1;
                govern(known, running, track, second, second + hold, runs);
                last = 2 * (60 * minute + second) + (runs ? 1 : 0);
            }
            carry[track] = last;
        }
        cell.carry = carry;

        long runs = 0;
        long allKnown = plan.sources.isEmpty() ? 0 : ALL;
        for (var source : plan.sources) {
            long present = 0;
            for (int track : source.presence()) {
                present |= running[track];
            }
            long sourceKnown = source.state() < 0 ? present : known[source.state()];
            long sourceRuns = source.state() < 0 ? present : running[source.state()];
            if (source.state() >= 0 && plan.holds[source.state()] == Plan.FOREVER) {
                sourceKnown &= present;
                sourceRuns &= present;
            }
            runs |= sourceRuns;
            allKnown &= sourceKnown;
        }
        amounts[Amounts.NUMERATOR] = Long.bitCount(runs);
        amounts[Amounts.DENOMINATOR] = Long.bitCount(runs | allKnown);
        amounts[Amounts.KNOWN] = Long.bitCount(runs | allKnown);
        amounts[Amounts.EXPECTED] = 60;
    }

    /** From second {@code from} of the minute on the reading rules, until {@code end} (excluded); behind that nothing is known. */
    private static void govern(long[] known, long[] running, int track, int from, long end, boolean runs) {
        long earlier = (1L << from) - 1;
        long held = end <= from ? 0 : (end >= 60 ? ALL : (1L << end) - 1) & ~earlier;
        known[track] = known[track] & earlier | held;
        running[track] = running[track] & earlier | (runs ? held : 0);
    }

    private static void readings(Plan plan, FacilityState state, long minute, Cell cell, long[] amounts) {
        long received = 0;
        long expected = 0;
        long unknown = 0;
        for (int slot = 0; slot < plan.slotPeriods.length; slot++) {
            int period = plan.slotPeriods[slot];
            long first = firstDue(minute, period);
            long last = lastDue(minute, period);
            long bits = slot < cell.slots.length ? cell.slots[slot] : 0;
            for (long number = first; number <= last; number++) {
                if (number * period < 60 * state.start) {
                    continue;
                }
                expected++;
                if ((bits >> (number - first) & 1) == 1) {
                    received++;
                } else if (closed(state, number * period, (number + 1) * period)) {
                    unknown++;
                }
            }
        }
        amounts[Amounts.COMPLETENESS + Amounts.NUMERATOR] = received;
        amounts[Amounts.COMPLETENESS + Amounts.DENOMINATOR] = expected - unknown;
        amounts[Amounts.COMPLETENESS + Amounts.KNOWN] = expected - unknown;
        amounts[Amounts.COMPLETENESS + Amounts.EXPECTED] = expected;
    }

    private static boolean closed(FacilityState state, long from, long to) {
        for (int i = 0; i < state.breaks.length; i += 2) {
            if (state.breaks[i] < to && from < state.breaks[i + 1]) {
                return true;
            }
        }
        return false;
    }

    private void prune(FacilityState state) {
        long horizon = state.concluded - historyMinutes;
        while (state.pruned < horizon) {
            state.pruned++;
            var cell = state.cells.remove(state.pruned);
            if (cell != null) {
                state.carry = cell.carry;
            }
        }
        if (state.breaks.length > 0) {
            // A slot of a long period may lie across a break that ended a while ago, so breaks outlive the minutes by a
            // day.
            long oldest = 60 * (state.pruned - 1440);
            if (state.breaks[1] < oldest) {
                state.breaks = Arrays.copyOfRange(state.breaks, 2, state.breaks.length);
            }
        }
    }

    private static Cell cell(FacilityState state, long minute) {
        return state.cells.computeIfAbsent(minute, m -> new Cell());
    }

    private static long[] grown(long[] array, int index, long nothing) {
        if (index < array.length) {
            return array;
        }
        var grown = Arrays.copyOf(array, index + 1);
        Arrays.fill(grown, array.length, grown.length, nothing);
        return grown;
    }
}
