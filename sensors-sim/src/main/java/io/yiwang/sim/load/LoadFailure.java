package io.yiwang.sim.load;

import org.jspecify.annotations.Nullable;

/** A load run cannot be made or cannot go on; the message is a sentence for people. */
public final class LoadFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LoadFailure(String message) {
        super(message);
    }

    public LoadFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
