package io.yiwang.sim.replay;

/** A replay that cannot begin or go on; the message says what to do. */
final class CannotReplay extends RuntimeException {
    private static final long serialVersionUID = 1;

    CannotReplay(String message) {
        super(message);
    }
}
