package io.yiwang.streams.rates;

import io.yiwang.streams.rates.ScopeState.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Adds up the contributions to one scope over minutes, hours and days: sums of numerators over sums of denominators, never means
 * of ratios. Contributions wait for their deadline, so that what is told at a deadline does not depend on how far ahead of the
 * others one partition was read. Integers only: the order of contributions does not matter.
 */
final class ScopeTotals {
    private final Windows windows;
    private final long allowanceMillis;
    private final long keptMillis;

    /**
     * @param allowanceMillis as for {@link FacilityMinutes}
     * @param historyMinutes how late contributions may come
     */
    ScopeTotals(Windows windows, long allowanceMillis, long historyMinutes) {
        this.windows = windows;
        this.allowanceMillis = allowanceMillis;
        keptMillis = (historyMinutes + 5) * FacilityMinutes.MINUTE_MILLIS + allowanceMillis;
    }

    /** Takes in a contribution; {@link #conclude} is due at its deadline. */
    void add(ScopeState state, ScopeDelta delta) {
        var sums = state.pending
                .computeIfAbsent(delta.deadlineMillis(), d -> new ScopeState.Pending())
                .deltas
                .computeIfAbsent(delta.minuteMillis(), m -> new long[Amounts.SIZE]);
        Amounts.add(sums, delta.delta());
    }

    /** Tells what is new at the deadlines up to {@code logMillis}; results in the order of periods, windows and codes. */
    List<RateResult> conclude(String scope, ScopeState state, long logMillis) {
        var told = new ArrayList<RateResult>();
        for (var deadline : new TreeSet<>(state.pending.keySet()).headSet(logMillis, true)) {
            closeUntil(scope, state, deadline - 1, told);
            var changed = new ArrayList<TreeMap<Long, boolean[]>>();
            Windows.PERIODS.forEach(period -> changed.add(new TreeMap<>()));
            state.pending.remove(deadline).deltas.forEach((minute, delta) -> {
                for (var window : windows.of(minute)) {
                    var totals = state.of(window.period()).computeIfAbsent(window.startMillis(), s -> new Totals());
                    totals.endMillis = window.endMillis();
                    Amounts.add(totals.sums, delta);
                    var codes = changed.get(window.period())
                            .computeIfAbsent(window.startMillis(), s -> new boolean[Amounts.CODES.size()]);
                    for (int i = 0; i < Amounts.SIZE; i++) {
                        codes[i / Amounts.COMPLETENESS] |= delta[i] != 0;
                    }
                }
            });
            for (int period = 0; period < changed.size(); period++) {
                for (var window : changed.get(period).entrySet()) {
                    for (int code = 0; code < window.getValue().length; code++) {
                        if (window.getValue()[code]) {
                            changed(scope, state, period, window.getKey(), code, deadline, told);
                        }
                    }
                }
            }
            closeUntil(scope, state, deadline, told);
        }
        closeUntil(scope, state, logMillis, told);
        forget(state, logMillis);
        return told;
    }

    /** Log clocks at which windows of the minute close or are forgotten, epoch ms; {@link #conclude} is due then. */
    List<Long> deadlines(long minuteMillis) {
        var deadlines = new ArrayList<Long>();
        for (var window : windows.of(minuteMillis)) {
            deadlines.add(window.endMillis() + allowanceMillis);
            if (window.period() > 0) {
                deadlines.add(window.endMillis() + keptMillis + 1);
            }
        }
        return deadlines;
    }

    boolean isEmpty(ScopeState state) {
        return state.pending.isEmpty() && state.minutes.isEmpty() && state.hours.isEmpty() && state.days.isEmpty();
    }

    private void changed(
            String scope, ScopeState state, int period, long start, int code, long deadline, List<RateResult> told) {
        var totals = state.of(period).get(start);
        boolean over = totals.endMillis + allowanceMillis <= deadline;
        if (over) {
            totals.revisions[code]++;
        }
        told.add(result(scope, period, start, totals, code));
    }

    /** Closes the windows that nothing new closed. */
    private void closeUntil(String scope, ScopeState state, long deadline, List<RateResult> told) {
        for (int period = 0; period < Windows.PERIODS.size(); period++) {
            List<Long> due = null;
            for (var entry : state.of(period).entrySet()) {
                var totals = entry.getValue();
                if (totals.endMillis + allowanceMillis <= deadline && isOpen(totals)) {
                    due = due == null ? new ArrayList<>() : due;
                    due.add(entry.getKey());
                }
            }
            if (due != null) {
                due.sort(null);
                for (long start : due) {
                    var totals = state.of(period).get(start);
                    for (int code = 0; code < totals.revisions.length; code++) {
                        if (totals.revisions[code] == 0) {
                            totals.revisions[code] = 1;
                            if (totals.sums[code * Amounts.COMPLETENESS + Amounts.EXPECTED] > 0) {
                                told.add(result(scope, period, start, totals, code));
                            }
                        }
                    }
                }
            }
        }
    }

    private static boolean isOpen(Totals totals) {
        for (int revision : totals.revisions) {
            if (revision == 0) {
                return true;
            }
        }
        return false;
    }

    private void forget(ScopeState state, long logMillis) {
        for (int period = 0; period < Windows.PERIODS.size(); period++) {
            state.of(period).values().removeIf(totals -> totals.endMillis + keptMillis < logMillis && !isOpen(totals));
        }
    }

    private static RateResult result(String scope, int period, long start, Totals totals, int code) {
        int at = code * Amounts.COMPLETENESS;
        return new RateResult(
                scope,
                Amounts.CODES.get(code),
                Windows.PERIODS.get(period),
                start,
                totals.endMillis,
                totals.sums[at + Amounts.NUMERATOR],
                totals.sums[at + Amounts.DENOMINATOR],
                totals.sums[at + Amounts.KNOWN],
                totals.sums[at + Amounts.EXPECTED],
                totals.revisions[code] > 0,
                totals.revisions[code]);
    }
}
