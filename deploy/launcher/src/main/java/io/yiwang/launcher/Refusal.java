package io.yiwang.launcher;

/** The command cannot do what was asked. The message is a whole sentence that says what to do; no stack trace is shown. */
final class Refusal extends RuntimeException {
    Refusal(String message) {
        super(message);
    }
}
