package io.yiwang.streams.backtest;

/** How the series of one device are judged, row by row. What they raise goes to the {@link Episodes} that it was made with. */
interface Course {
    /**
     * Judges a row; rows come in the order of their times.
     *
     * @param millis epoch ms
     * @param values by series; NaN = nothing measured. Not kept
     */
    void on(long millis, double[] values);

    /** Nothing could arrive since the row before, however long that is ago: it is no silence. Said before the row that ends it. */
    void resume(long millis);

    /** How unusual the newest value of a series is, whether or not it is an alarm: 0 ordinary, about 0.5 at its threshold, 1 never seen. */
    double unusual(int series);

    /** The same of how the series fit together; NaN while that is not learned. */
    double unusualTogether();
}
