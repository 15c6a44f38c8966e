package io.yiwang.sim.load;

/**
 * Decides which messages say that something is wrong. One device per facility, the first, goes bad in turn and is good again
 * with its next message after {@link #HOLD_NANOS}. Pure: depends on due times only.
 */
final class AlarmFlips {
    static final long HOLD_NANOS = 1_500_000_000L;

    private final double spacingNanos;
    private final long turnNanos;
    private final int devicesPerFacility;
    private final long untilNanos;

    /**
     * @param perSecond alarms to raise per second; 0 = none. Bounded so that a facility has time to return in between, see
     *     {@link #perSecond}
     * @param runNanos length of the run; none is raised so late that it could not return within it
     */
    AlarmFlips(double perSecond, int facilities, int devicesPerFacility, long devicePeriodNanos, long runNanos) {
        this.untilNanos = runNanos - HOLD_NANOS - 2 * devicePeriodNanos;
        this.devicesPerFacility = devicesPerFacility;
        double shortestTurn = 2.0 * (HOLD_NANOS + devicePeriodNanos);
        this.turnNanos = perSecond <= 0 ? 0 : (long) Math.max(facilities / perSecond * 1e9, shortestTurn);
        this.spacingNanos = (double) turnNanos / facilities;
    }

    /** Alarms really raised per second. */
    double perSecond() {
        return turnNanos == 0 ? 0 : 1e9 / spacingNanos;
    }

    /** Whether the message that {@code device} has to send at {@code dueNanos} after the start is a bad one. */
    boolean isBad(int device, long dueNanos) {
        if (turnNanos == 0 || device % devicesPerFacility != 0) {
            return false;
        }
        long begin = (long) (device / devicesPerFacility * spacingNanos) + turnNanos / 2;
        long within = dueNanos - begin;
        long sinceRaise = within % turnNanos;
        return within >= 0 && sinceRaise < HOLD_NANOS && dueNanos - sinceRaise <= untilNanos;
    }
}
