package io.yiwang.sim.exam;

import org.jspecify.annotations.Nullable;

/** The exam cannot be held or breaks off; the message is a sentence for people. */
final class ExamFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    ExamFailure(String message) {
        super(message);
    }

    ExamFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
