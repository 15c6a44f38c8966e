package io.yiwang.streams.backtest;

/**
 * One time that an alarm was open.
 *
 * @param series its name; {@value #TOGETHER} when the series no longer fit together
 * @param startMillis when it was raised, epoch ms
 * @param endMillis when it cleared, epoch ms; {@link #OPEN} when it had not at the end of the file
 * @param peak worst value of the series; NaN when the alarm has none
 * @param kind what it is: spike, shift, … of what is learned, joint, the side of a limit, or what is wrong with an instrument
 * @param grade 1 (worst) to 4
 * @param score 0.5 to 1
 */
record Episode(String series, long startMillis, long endMillis, double peak, String kind, int grade, double score) {
    static final String TOGETHER = "*";
    static final long OPEN = Long.MAX_VALUE;
}
