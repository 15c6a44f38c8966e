package io.yiwang.servers;

/** A server could not be started; the message says what to do about it. */
public final class ServerFailure extends RuntimeException {
    public ServerFailure(String message) {
        super(message);
    }

    public ServerFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
