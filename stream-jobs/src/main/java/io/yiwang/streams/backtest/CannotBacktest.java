package io.yiwang.streams.backtest;

/** A back-test that cannot be made as asked; the message says to people what to do. */
final class CannotBacktest extends RuntimeException {
    private static final long serialVersionUID = 1;

    CannotBacktest(String message) {
        super(message);
    }
}
