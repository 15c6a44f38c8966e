package io.yiwang.sim.fault;

/**
 * How a device's messages go at a moment.
 *
 * @param silent it says nothing, and what it measures is lost
 * @param clockMillis its clock is ahead by so much
 * @param held it cannot send and keeps its messages
 * @param copies every message goes so many times more
 * @param disorder messages overtake each other by up to so many
 */
public record Manner(boolean silent, long clockMillis, boolean held, int copies, int disorder) {
    public static final Manner USUAL = new Manner(false, 0, false, 0, 0);

    private static final double MILLIS_PER_SECOND = 1000;

    Manner under(Strike strike, long millis) {
        var size = strike.run().size(strike.effect());
        return switch (strike.effect().op()) {
            case DROP -> new Manner(true, clockMillis, held, copies, disorder);
            case CLOCK ->
                new Manner(
                        silent,
                        clockMillis + Math.round(size * strike.run().shape(millis) * MILLIS_PER_SECOND),
                        held,
                        copies,
                        disorder);
            case BACKFILL -> new Manner(silent, clockMillis, true, copies, disorder);
            case DUPLICATE -> new Manner(silent, clockMillis, held, copies + (int) Math.rint(size), disorder);
            case SHUFFLE ->
                new Manner(silent, clockMillis, held, copies, Math.max(disorder, Math.max(1, (int) Math.rint(size))));
            case ADD, ADD_SPAN, ADD_SIGMA, MUL, SET, SATURATE, FREEZE, NOISE, RESET -> this;
        };
    }
}
